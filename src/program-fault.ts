/** What went wrong in a program, for the person who wrote it: file, line, what is wrong, what to do; never a stack. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Message } from 'esbuild';
import { didYouMean } from '../gateway/config/did-you-mean';
import { ValidationError } from '../constructs/common/validation';
import { shown } from '../synth/shown';
import { CliError } from '../terminal/fault';
import { moduleFault } from '../terminal/set-up.cjs';
import { HOOK } from './typescript-hook';
import { fromHere } from './written-template';

const ROOT = resolve(__dirname, '..');

/** Rooms of the project: what is thrown there is told at the line that led there. */
const OURS = [
  'bin',
  'cli',
  'constructs',
  'gateway',
  'node_modules',
  'scripts',
  'src',
  'synth',
  'terminal',
  'workspace-image',
];

/** Files in them that a user edits: what is wrong there is wrong there. */
const EDITED = ['main', 'catalog', 'policy', 'levels'].map((name) => join(ROOT, 'src', `${name}.ts`));

/** Stack frames that are kept: a program that builds its props in functions of its own has some. */
export const FRAMES = 100;
/** Lines and UTF-16 units of a message that others wrote. */
const MOST_LINES = 60;
const LONGEST = 8_000;
const LONGEST_TRACE = 100_000;
const MOST_SYNTAX_FAULTS = 5;

interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** @param program path of the file that was run */
export function describeFault(fault: unknown, program: string | undefined): string {
  const messages = syntaxFaults(fault);
  if (messages.length > 0) return messages.map(describeSyntaxFault).join('\n');
  if (!(fault instanceof Error))
    return at(
      placeOfProgram(program),
      `the program threw ${shown(fault)}: throw an Error that says what is wrong`,
    );
  if (fault instanceof CliError) return fault.message;
  const missing = moduleFault(fault);
  if (missing !== undefined) return missing;
  const place = placeIn(fault, program) ?? placeOfProgram(program);
  if ((fault as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND')
    return at(place, describeMissing(fault, place));
  return at(place, bounded(messageOf(fault)));
}

const at = (place: Place | undefined, text: string): string => {
  if (place === undefined) return text;
  const { file, line, column } = place;
  return `${[fromHere(file), line, column].filter((part) => part !== undefined).join(':')}: ${text}`;
};

/** Errors by their own name tell more: "x is not a function" is a TypeError. */
function messageOf({ name, message }: Error): string {
  const said = message === '' ? 'the program threw an error without a message' : message;
  return ['Error', ValidationError.name].includes(name) ? said : `${name}: ${said}`;
}

const bounded = (text: string): string => text.slice(0, LONGEST).split('\n').slice(0, MOST_LINES).join('\n');

const placeOfProgram = (program: string | undefined): Place | undefined =>
  program === undefined ? undefined : { file: program };

/** esbuild has them in a list. */
function syntaxFaults(fault: unknown): readonly Message[] {
  const { errors } = (fault ?? {}) as { errors?: unknown };
  if (!(fault instanceof Error) || !Array.isArray(errors)) return [];
  return (errors as readonly Partial<Message>[])
    .filter((one): one is Message => typeof one?.text === 'string')
    .slice(0, MOST_SYNTAX_FAULTS);
}

function describeSyntaxFault({ text, location }: Message): string {
  if (location === null) return text;
  const { file, line, column, lineText } = location;
  const advice = text.startsWith('Top-level await') ? ': put it into an async function, and call that' : '';
  const quoted = lineText.trim().slice(0, 100);
  return at(
    { file: resolve(file), line, column: column + 1 },
    `${text}${advice}${quoted === '' ? '' : `\n  ${quoted}`}`,
  );
}

/** The import is in the file where the place is. */
function describeMissing(fault: Error, { file }: Place = { file: ROOT }): string {
  const [, name = ''] = /^Cannot find module '([^']*)'/.exec(fault.message) ?? [];
  if (name === '') return messageOf(fault);
  if (!/^[./]/.test(name))
    return `there is no package ${shown(name)}: install it, or begin the path of a file with "./"`;
  const target = resolve(dirname(file), name);
  const meant = didYouMean(basename(target).slice(0, 64), modulesIn(dirname(target)));
  const advice =
    meant === undefined
      ? 'a path is relative to the file that imports it'
      : `did you mean ${shown(`${name.slice(0, -basename(name).length)}${meant}`)}?`;
  return `there is no file ${shown(name)} to import: ${advice}`;
}

function modulesIn(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith('.ts') ? [basename(file, '.ts')] : []));
  } catch {
    return [];
  }
}

/** The innermost place in a file of the user's, as it was written. */
function placeIn({ stack = '', message }: Error, program: string | undefined): Place | undefined {
  // What the message says is no frame.
  const trace = stack.slice(Math.max(stack.indexOf(message), 0) + message.length);
  const frames = trace
    .slice(0, LONGEST_TRACE)
    .split('\n')
    .flatMap((line) => frameOf(line) ?? []);
  const frame = frames.find(({ file }) => isOfUser(file, program));
  return frame && originalOf(frame);
}

function frameOf(line: string): Required<Place> | undefined {
  const [, file, row, column] =
    /^ +at (?:.*\()?(?:file:\/\/)?(\/.*?|[A-Za-z]:\\.*?):(\d+):(\d+)\)?$/.exec(line) ?? [];
  if (file === undefined) return undefined;
  return { file, line: Number(row), column: Number(column) };
}

function isOfUser(file: string, program: string | undefined): boolean {
  if (file.includes(`${sep}node_modules${sep}`)) return false;
  const isOurs = OURS.some((room) => file.startsWith(join(ROOT, room) + sep));
  return !isOurs || EDITED.includes(file) || (program !== undefined && file === resolve(program));
}

interface Hook {
  readonly originalPosition: (file: string, line: number, column: number) => Place | undefined;
}

/** Where our hook compiled the file, it knows what became of which line. */
function originalOf(frame: Required<Place>): Place {
  const hook = require.cache[HOOK]?.exports as Hook | undefined;
  if (hook === undefined || !frame.file.endsWith('.ts') || process.sourceMapsEnabled) return frame;
  try {
    return hook.originalPosition(frame.file, frame.line, frame.column) ?? { file: frame.file };
  } catch {
    return { file: frame.file };
  }
}
