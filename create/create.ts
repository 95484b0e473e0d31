/** Makes a template repository of one's own; what is there already stays as it is. */
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isTemplateName, LONGEST_NAME } from '../synth/template-name';
import { CliError, UsageError } from '../terminal/fault';
import { fileFault } from '../terminal/file-fault';
import { forTerminal } from '../terminal/terminal-text';
import { repositoryFiles } from './files';

export interface CreateWords {
  /** Name of the template in Coder. @default - the folder's */
  readonly name?: string;
  /** What package.json names for this package. @default - this version of it */
  readonly package?: string;
  readonly json?: boolean;
}

/** What npm takes in the place of a version: `0.1.0`, `file:../archive.tgz`, an https address. */
const SOURCE = /^(\d+\.\d+\.\d+(-[\w.]{1,40})?|file:[^"\\\s]{1,400}\.tgz|https:\/\/[^"\\\s@?]{1,400})$/;

const shown = (text: string): string => forTerminal(JSON.stringify(text.slice(0, 200)));

/**
 * @throws UsageError for a name that Coder would not take
 * @throws CliError that names what is in the way; nothing is written then
 */
export function createRepository(folder: string, words: CreateWords): void {
  if (folder === '') throw new UsageError('Name the folder of the new repository, such as "my-template".');
  const root = resolve(folder);
  const name = templateName(words.name, basename(root));
  const { version, engines } = manifest();
  const source = words.package ?? version;
  if (!SOURCE.test(source))
    throw new UsageError(
      `--package must be an exact version, "file:" and the path of a .tgz, or an https address, got ${shown(source)}.`,
    );
  const files = repositoryFiles({ name, source, node: engines.node });
  const there = [...files.keys()].filter((path) => isThere(join(root, path)));
  if (there.length > 0)
    throw new CliError(
      `${forTerminal(folder)} has ${there.join(', ')} already, and nothing is overwritten: name another folder, or move ${there.length === 1 ? 'it' : 'them'} away.`,
    );
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { flag: 'wx' });
    }
  } catch (fault) {
    throw new CliError(
      fileFault(fault) ?? `${forTerminal(folder)} cannot be written to: name another folder.`,
    );
  }
  const paths = [...files.keys()];
  process.stdout.write(
    words.json
      ? `${JSON.stringify({ folder: root, name, files: paths }, null, 2)}\n`
      : said(folder, name, paths),
  );
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function templateName(given: string | undefined, folder: string): string {
  const name = given ?? folder;
  if (isTemplateName(name)) return name;
  const what = given === undefined ? `the folder's name, ${shown(name)},` : `--name ${shown(name)}`;
  throw new UsageError(
    `A template's name must be letters and digits joined by single hyphens, at most ${LONGEST_NAME}, and ${what} is not: give another one with --name.`,
  );
}

function manifest(): { readonly version: string; readonly engines: { readonly node: string } } {
  return JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as ReturnType<
    typeof manifest
  >;
}

function said(folder: string, name: string, paths: readonly string[]): string {
  const way = relative(process.cwd(), resolve(folder)) || '.';
  const next = [
    ...(way === '.' ? [] : [`cd ${forTerminal(way)}`]),
    'npm install',
    'npm test',
    'npm run synth',
  ];
  return `Made the template "${name}":\n${paths.map((path) => `  ${path}\n`).join('')}Next:\n${next.map((line) => `  ${line}\n`).join('')}README.md says how to go on.\n`;
}
