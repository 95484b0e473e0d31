import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Configuration } from '../configuration';
import { checkFolder, entriesOf } from '../template-folder';
import { checkArchive, checkPaths, pushedEntries } from './archive';
import type { Finding, Subject } from './check';
import { checkCode } from './form';
import { checkGroups } from './groups';
import { checkLockFile } from './lock-file';
import { readListing } from './listing';
import { checkMachinePaths } from './machine-paths';
import { checkScripts } from './scripts';
import { checkSecrets } from './secrets';
import { checkName, isTemplateName } from './template-name';
import { checkVariables } from './variables';

/** What was found in one folder, and how it is pushed. */
export interface Preflight {
  readonly template: string;
  readonly folder: string;
  readonly findings: readonly Finding[];
  /** The command that pushes it; nothing while there is an error. */
  readonly push?: string;
  /** The command that gives it its display name, description and icon in Coder's list; nothing where none are stated. */
  readonly edit?: string;
}

/**
 * Looks at a folder as Coder would get it.
 *
 * @param more what was found outside of the folder and counts for it, too
 * @throws Error when there is no such folder, or no such file of variables
 */
export async function preflight(subject: Subject, more: readonly Finding[] = []): Promise<Preflight> {
  const { folder, name } = subject;
  checkFolder(folder);
  const pushed = pushedEntries(entriesOf(folder));
  const files = new Map(pushed.map(({ path }) => [path, readFileSync(join(folder, path), 'utf8')]));
  const configuration = await Configuration.read(files);
  const variables = await checkVariables(subject, configuration);
  // The lock file may be made here, and then counts for the archive.
  const lock = await checkLockFile(subject, configuration);
  const entries = entriesOf(folder);
  const listing = readListing(files);
  const findings = [
    checkName(name),
    ...listing.findings,
    checkArchive(entries),
    ...checkPaths(entries),
    ...checkCode(configuration, files),
    ...checkScripts(configuration, files),
    ...checkGroups(configuration),
    ...variables,
    ...lock,
    checkSecrets(files),
    ...more,
    checkMachinePaths(folder, files),
  ];
  const isClear = !findings.some(({ state }) => state === 'error');
  const edit = listing.words.length > 0 ? { edit: editLine(subject, listing.words) } : {};
  return {
    template: name,
    folder: shown(folder),
    findings,
    ...(isClear ? { push: pushLine(subject), ...edit } : {}),
  };
}

/** Paths below the working folder are shown as people type them. */
function shown(folder: string): string {
  const path = relative(process.cwd(), resolve(folder));
  return path === '' ? '.' : path.startsWith('..') ? resolve(folder) : path;
}

const quoted = (word: string): string =>
  /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const nameIn = (name: string): string => (isTemplateName(name) ? name : '<name>');

const editLine = ({ name }: Subject, words: readonly string[]): string =>
  ['coder', 'templates', 'edit', nameIn(name), ...words].map(quoted).join(' ');

export function pushLine({ folder, name, variablesFile }: Subject): string {
  const words = ['coder', 'templates', 'push', nameIn(name), '-d', shown(folder)];
  if (variablesFile !== undefined) words.push('--variables-file', variablesFile);
  return words.map(quoted).join(' ');
}
