/** What assistants offer beside talking: reviewers by checklists and commands, from files that are the same for all. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkTypes } from '../../common/validation';

/**
 * @example
 *   { ours: true, folder: 'assistants' }
 */
export interface WorkflowsProps {
  /** Those of ours: reviewers by each checklist of `prompts/review`, commands of `prompts/commands`. @default true */
  readonly ours?: boolean;
  /**
   * Folder with more of them: checklists in `review/*.md`, commands in `commands/*.md`, written as ours are. One of a
   * name of ours takes its place.
   *
   * @default - no more
   */
  readonly folder?: string;
}

/** Reviews, and has no tool to change anything. */
export interface Reviewer {
  /** `review`, `review-security` */
  readonly name: string;
  /** For people: "Review: security". */
  readonly title: string;
  readonly description: string;
  readonly text: string;
}

/** What a client puts in for what a person adds, and for what has changed. */
export interface CommandPlaces {
  readonly arguments: string;
  readonly changes: string;
}

export interface Command {
  readonly name: string;
  readonly description: string;
  /** What may stand behind it. */
  readonly hint: string;
  /** Name of the reviewer that it is for. @default - whoever is at work */
  readonly reviewer?: string;
  readonly text: (places: CommandPlaces) => string;
}

export interface Workflows {
  readonly reviewers: readonly Reviewer[];
  readonly commands: readonly Command[];
  /** Names of commands of ours that these leave away: a file that an earlier template wrote has to go. */
  readonly leftAway: readonly string[];
}

const PROMPTS = join(__dirname, '..', '..', '..', 'prompts');
/** In the order they are shown. */
const CHECKLISTS = ['security', 'code-quality', 'performance', 'testing'] as const;
const COMMANDS = ['review', 'test', 'comment', 'refactor'] as const;
const ALL = 'review';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** Bytes of one file, and files of a folder: all are part of the start-up script. */
const LONGEST = 16 * 1024;
const MOST = 20;

/** @throws Error that names the file that cannot be used, and why */
export function workflowsOf(given: WorkflowsProps = {}, owner: string): Workflows {
  const { ours = true, folder } = checkTypes<WorkflowsProps>(owner, 'WorkflowsProps', given);
  const lists = new Map<string, string>(
    ours ? CHECKLISTS.map((name) => [name, read(join(PROMPTS, 'review', `${name}.md`))]) : [],
  );
  const commands = new Map<string, Command>(
    ours ? COMMANDS.map((name) => [name, commandIn(join(PROMPTS, 'commands'), name)]) : [],
  );
  if (folder !== undefined) {
    if (!isFolder(folder)) throw new Error(`${owner}: the folder of workflows "${folder}" is not there`);
    for (const name of namesIn(join(folder, 'review')))
      lists.set(name, read(join(folder, 'review', `${name}.md`)));
    for (const name of namesIn(join(folder, 'commands'))) {
      commands.set(name, commandIn(join(folder, 'commands'), name));
    }
  }
  const reviewers = reviewersOf(lists);
  const lost = [...commands.values()].find(
    ({ reviewer }) => reviewer !== undefined && !reviewers.some(({ name }) => name === reviewer),
  );
  if (lost !== undefined)
    throw new Error(
      `${owner}: the command "${lost.name}" has the mode "${lost.reviewer}": there are ${reviewers.map(({ name }) => name).join(', ') || 'none'}`,
    );
  return {
    reviewers,
    commands: [...commands.values()],
    leftAway: COMMANDS.filter((name) => !commands.has(name)),
  };
}

const nameOf = (list: string): string => `${ALL}-${list}`;

function reviewersOf(lists: ReadonlyMap<string, string>): Reviewer[] {
  if (lists.size === 0) return [];
  const frame = read(join(PROMPTS, 'commands', 'reviewer.md'));
  const reviewer = (name: string, title: string, about: string, own: readonly string[]): Reviewer => ({
    name,
    title,
    description: `Reviews changes for ${about}; reads only`,
    text: fill(frame, { checklists: own.join('\n\n') }, name),
  });
  return [
    reviewer(ALL, 'Review', [...lists.keys()].join(', '), [...lists.values()]),
    ...[...lists].map(([list, text]) => reviewer(nameOf(list), `Review: ${list}`, list, [text])),
  ];
}

const HEAD = /^---\n([^]*?)\n---\n/;
const MEMBERS = ['description', 'argument-hint', 'mode'];

function commandIn(folder: string, name: string): Command {
  const file = join(folder, `${name}.md`);
  const text = read(file);
  const head = HEAD.exec(text);
  const members = new Map(
    (head?.[1] ?? '').split('\n').map((line) => {
      const [, member = '', value = ''] = /^([a-z-]+): *(.*?) *$/.exec(line) ?? [];
      return [member, value.replace(/^"(.*)"$/, '$1')];
    }),
  );
  const odd = [...members.keys()].filter((member) => !MEMBERS.includes(member));
  const description = members.get('description') ?? '';
  if (head === null || odd.length > 0 || description === '')
    throw new Error(
      `the command ${file} must begin with lines between "---" that say description, and may say argument-hint and mode`,
    );
  const body = text.slice(head[0].length).trim();
  const reviewer = members.get('mode');
  return {
    name,
    description,
    hint: members.get('argument-hint') ?? '',
    ...(reviewer === undefined ? {} : { reviewer }),
    text: (places) => fill(body, { ...places }, file),
  };
}

function fill(text: string, values: Readonly<Record<string, string>>, file: string): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, place: string) => {
    const value = values[place];
    if (value === undefined)
      throw new Error(`${file} has a place "${place}": there are ${Object.keys(values).join(', ')}`);
    return value;
  });
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

function namesIn(folder: string): string[] {
  if (!isFolder(folder)) return [];
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .sort();
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined)
    throw new Error(
      `${join(folder, `${odd}.md`)}: a name must be of small letters, digits and "-", at most 40`,
    );
  if (names.length > MOST)
    throw new Error(`${folder} has ${names.length} files: at most ${MOST} can be used`);
  return names;
}

function read(file: string): string {
  const { size } = statSync(file);
  if (size > LONGEST) throw new Error(`${file} has ${size} bytes: at most ${LONGEST} can be used`);
  return readFileSync(file, 'utf8').replace(/\r\n/g, '\n').trim();
}
