/** The build context: everything `docker build` needs, as files by path, the same bytes from the same inputs. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { create } from 'handlebars';
import type { EditorEdit } from './editor-edits';
import { mergeParts, type MergedParts, type NamedParts } from './merge';
import {
  ABSENT_PROGRAMS,
  EDITOR_PORT,
  FORBIDDEN_PROGRAMS,
  REQUIRED_PROGRAMS,
  WORKSPACE_HOME,
  type ImagePins,
} from './pins';
import { REVIEW_FOLDER, reviewProgram } from './review-program';
import { trustGuide, type ImageChoice } from './trust-guide';

const SOURCES = resolve(__dirname, '..');

export interface ImageContextProps {
  readonly pins: ImagePins;
  readonly parts: readonly NamedParts[];
  /** What the form offers: each gets the extensions that it brings and no other's. */
  readonly choices: readonly ImageChoice[];
  /** What is changed in the editor's own program. */
  readonly edits: readonly EditorEdit[];
  /** Lower-case ids of extensions that must not be in the image. */
  readonly removedExtensions: readonly string[];
  /** Settings among the parts whose extension is removed: the editor does not know them. */
  readonly foreignSettings: readonly string[];
  /** Certificates in PEM form that the site trusts besides the public ones. @default - none */
  readonly certificates?: readonly string[];
  /** Paths of local VSIX files. @default - none */
  readonly vsix?: readonly string[];
}

interface ContextFile {
  readonly content: string | Buffer;
  /** @default 0o644 */
  readonly mode?: number;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const source = (path: string): string => readFileSync(join(SOURCES, path), 'utf8');

/** Every file below a folder of the sources, with its own mode: executable or not. */
function sourceFiles(folder: string): [string, ContextFile][] {
  return readdirSync(join(SOURCES, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(SOURCES, folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => {
      const mode = statSync(path).mode & 0o100 ? 0o755 : 0o644;
      return [relative(join(SOURCES, folder), path), { content: readFileSync(path, 'utf8'), mode }];
    });
}

/** Renders a file of the sources. No HTML is made, so nothing is escaped. */
const rendered = (path: string, values: Readonly<Record<string, unknown>> = {}): string =>
  create().compile(source(path), { noEscape: true, strict: true })({
    home: WORKSPACE_HOME,
    port: EDITOR_PORT,
    ...values,
  });

/** The edits as the step and the check of the image read them; a comment in the program tells what was edited. */
const editsOf = ({ edits }: ImageContextProps): Record<string, string>[] =>
  edits.map(({ part, file, find, replace, hint }) => ({
    part,
    file,
    find: find.source,
    replace,
    hint,
    mark: `/*contractor-workspace: ${part}*/`,
  }));

/** The extensions of each choice that brings any. */
const extensionsByChoice = ({ choices }: ImageContextProps): Record<string, readonly string[]> =>
  Object.fromEntries(
    choices.filter(({ hasAssistant }) => hasAssistant).map(({ value, extensions }) => [value, extensions]),
  );

/** What the check in the image holds it against. */
const expectations = (props: ImageContextProps, parts: MergedParts): Record<string, unknown> => ({
  codeServer: props.pins.codeServer,
  required: REQUIRED_PROGRAMS,
  absent: [...FORBIDDEN_PROGRAMS, ...ABSENT_PROGRAMS],
  packages: parts.packages,
  extensions: parts.extensions,
  choices: extensionsByChoice(props),
  edits: editsOf(props).map(({ part, file, find, mark }) => ({ part, file, find, mark })),
  removedExtensions: props.removedExtensions,
  foreignSettings: props.foreignSettings,
  files: parts.files.map(({ path }) => path),
});

/** Has a folder for each choice of assistant with what the editor comes with there: links, and our own extension. */
const CHOICES_FOLDER = '/opt/workspace/extensions';

const COMMANDS_FOLDER = '/opt/workspace/commands';

/** Coder leaves out of a template what begins with a dot; "finish.sh" gives such a folder of /etc/<program> its name. */
const withoutHidden = (path: string): string => path.replace(/^(\/etc\/[\w-]+\/)\./, '$1dot.');

/** Where things lie, for ai-doctor: its `report.sh` names what it reads. */
const WHEREABOUTS = {
  editor_port: EDITOR_PORT,
  editor_data: '/var/lib/code-server',
  machine_settings: '/var/lib/code-server/Machine/settings.json',
  extensions: `${WORKSPACE_HOME}/.local/share/code-server/extensions`,
  choices: CHOICES_FOLDER,
  code_server: '/opt/workspace/code-server/node_modules/code-server',
  opencode_config: '/etc/opencode/opencode.json',
  claude_settings: '/etc/claude-code/managed-settings.json',
  review: `${COMMANDS_FOLDER}/${REVIEW_FOLDER}`,
};

/**
 * @returns files by path below the context
 * @throws Error that names every fault of the parts
 */
export function imageContext(props: ImageContextProps): ReadonlyMap<string, ContextFile> {
  const parts = mergeParts(props.parts, props.removedExtensions);
  const empty = { content: 'Empty when nothing was given.\n' };
  const files: [string, ContextFile][] = [
    [
      'Dockerfile',
      { content: rendered('Dockerfile.hbs', { pins: props.pins, parts, forbidden: FORBIDDEN_PROGRAMS }) },
    ],
    [
      'extensions.json',
      {
        content: json({
          extensions: parts.extensions,
          choices: extensionsByChoice(props),
          removed: props.removedExtensions,
        }),
      },
    ],
    ['edits.json', { content: json(editsOf(props)) }],
    ...props.choices
      .filter(({ hasAssistant }) => hasAssistant)
      .flatMap((choice) =>
        [...trustGuide(choice)].map(([name, content]): [string, ContextFile] => [
          `rootfs${CHOICES_FOLDER}/${choice.value}/contractor-workspace.trust-guide/${name}`,
          { content },
        ]),
      ),
    ['certificates/README', empty],
    ...(props.certificates ?? []).map((content, index): [string, ContextFile] => [
      `certificates/site-${String(index + 1).padStart(3, '0')}.crt`,
      { content },
    ]),
    ['vsix/README', empty],
    ...(props.vsix ?? []).map((path): [string, ContextFile] => [
      `vsix/${basename(path)}`,
      { content: readFileSync(path) },
    ]),
    ...sourceFiles('image/steps').map(([path, file]): [string, ContextFile] => [`steps/${path}`, file]),
    ...sourceFiles('tools').map(([path, file]): [string, ContextFile] => [
      `rootfs${COMMANDS_FOLDER}/${path}`,
      file,
    ]),
    ...[...reviewProgram()].map(([path, content]): [string, ContextFile] => [
      `rootfs${COMMANDS_FOLDER}/${REVIEW_FOLDER}/${path}`,
      { content },
    ]),
    ['rootfs/opt/workspace/check-image', { content: source('image/steps/check-image.mjs'), mode: 0o755 }],
    ['rootfs/opt/workspace/image.json', { content: json(expectations(props, parts)) }],
    [
      'rootfs/usr/local/share/contractor-workspace/image.json',
      { content: json({ ...WHEREABOUTS, absent_extensions: props.removedExtensions }) },
    ],
    ['rootfs/etc/code-server/config.yaml', { content: rendered('settings/code-server.yaml.hbs') }],
    ['rootfs/etc/code-server/user-settings.json', { content: source('settings/user-settings.json') }],
    ['rootfs/etc/profile.d/workspace.sh', { content: source('settings/profile.sh') }],
    ['rootfs/var/lib/code-server/Machine/settings.json', { content: json(parts.settings) }],
    ...parts.files.map(({ path, content, mode }): [string, ContextFile] => [
      `rootfs${withoutHidden(path)}`,
      { content, mode: parseInt(mode, 8) },
    ]),
  ];
  return new Map(files.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Writes a context and nothing else into the folder; modes do not depend on the umask. */
export function writeContext(folder: string, files: ReadonlyMap<string, ContextFile>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, { content, mode = 0o644 }] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, mode);
  }
  const folders = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const entry of folders) chmodSync(join(entry.parentPath, entry.name), 0o755);
}
