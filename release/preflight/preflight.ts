import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Configuration } from '../configuration';
import { checkFolder, entriesOf } from '../template-folder';
import { checkArchive, checkPaths, pushedEntries } from './archive';
import type { Finding, Subject } from './check';
import { checkCode } from './form';
import { checkGroups } from './groups';
import { checkLockFile } from './lock-file';
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
  const findings = [
    checkName(name),
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
  return { template: name, folder: shown(folder), findings, ...(isClear ? { push: pushLine(subject) } : {}) };
}

/** Paths below the working folder are shown as people type them. */
function shown(folder: string): string {
  const path = relative(process.cwd(), resolve(folder));
  return path === '' ? '.' : path.startsWith('..') ? resolve(folder) : path;
}

const quoted = (word: string): string =>
  /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export function pushLine({ folder, name, variablesFile }: Subject): string {
  const words = ['coder', 'templates', 'push', isTemplateName(name) ? name : '<name>', '-d', shown(folder)];
  if (variablesFile !== undefined) words.push('--variables-file', variablesFile);
  return words.map(quoted).join(' ');
}
