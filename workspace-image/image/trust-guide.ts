/**
 * The one extension of ours: in a folder that is not trusted yet it stands in the assistant's place, says why that is
 * not there and asks for the trust. Where the assistant is
 * in the editor it also passes a new key on. One for each choice of assistant, since its words are in its manifest.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SOURCES = resolve(__dirname, '..', 'trust-guide');

/** A choice of assistant, as the image has to know it. */
export interface ImageChoice {
  /** Of `ai_assistant`. */
  readonly value: string;
  readonly label: string;
  readonly description: string;
  /** Ids of the extensions it brings. */
  readonly extensions: readonly string[];
  /** False: no AI, so there is nothing to trust a folder for. */
  readonly hasAssistant: boolean;
}

/** The extension's files by name. */
export function trustGuide({ label, description, extensions }: ImageChoice): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(join(SOURCES, 'package.json'), 'utf8')) as {
    readonly contributes: Readonly<Record<string, unknown>>;
  };
  const isInEditor = extensions.length > 0;
  const contents = [
    isInEditor
      ? `${label} is not shown yet, because this folder is not trusted.`
      : `${label} works in the terminal, which the editor opens in a trusted folder only.`,
    'An assistant changes files here and runs commands, and so do tasks and settings that a repository brings. So the editor asks once for each folder.',
    '[Trust This Folder…](command:contractor-workspace.trustFolder)',
    ...(isInEditor ? [] : [`Then open one by the menu (Terminal, New Terminal) and start ${label} there.`]),
    'Not sure? Look at the files first: they can be read without trust.',
    ...(isInEditor ? [`You chose ${label}: ${description}.`] : []),
  ];
  const completed = {
    ...manifest,
    contributes: {
      ...manifest.contributes,
      viewsContainers: { activitybar: [{ id: 'contractor-workspace', title: label, icon: '$(shield)' }] },
      viewsWelcome: [{ view: 'contractor-workspace.trust', contents: contents.join('\n') }],
    },
    trustGuide: {
      status: `${label}: trust this folder to use it`,
      question: `${label} changes files of this folder and runs commands in it.`,
      extensions,
    },
  };
  return new Map([
    ['package.json', `${JSON.stringify(completed, undefined, 2)}\n`],
    ...['extension.cjs', 'new-key.cjs'].map((name): [string, string] => [
      name,
      readFileSync(join(SOURCES, name), 'utf8'),
    ]),
  ]);
}
