/**
 * Whether a turn holds a word of the person's, or only what the client writes by itself (`client-texts`).
 *
 * A text is walked through from its beginning: what the table knows is passed over, and the first thing that it does not
 * know is the person's. Each mark is searched for at most once from each place on, so the work is linear in the text.
 */
import type { ContentBlock, ToolResultBlock, Turn } from '../model/request';
import { CLIENT_TEXTS, type ClientTexts, type Notice } from './client-texts';
import { CLIENT_TOOLS } from './known-tools';

const all = <T>(pick: (of: ClientTexts) => readonly T[] | undefined): readonly T[] => [
  ...new Set(CLIENT_TEXTS.flatMap((of) => pick(of) ?? [])),
];

const ELEMENTS: ReadonlySet<string> = new Set(all(({ elements }) => elements));
const AROUND_WORDS: ReadonlySet<string> = new Set(all(({ aroundWords }) => aroundWords));
const NOTICES: readonly Notice[] = all(({ notices }) => notices);
const FOR_CLIENT = NOTICES.filter(({ isForClient }) => isForClient).map(({ begins }) => begins);
const CARRIERS = all(({ carriers }) => carriers);
const FAILED_QUESTIONS = all(({ failedQuestions }) => failedQuestions);
const WORDS_OF_FAILED = all(({ wordsOfFailed }) => wordsOfFailed);
const ANSWERS = all(({ answers }) => answers);
/** Around the person's words in the middle of a notice; what is called a task may be an element of another client. */
const MARKS_IN_NOTICES = ['<user_message>', '<feedback>'];

/** Tools that say by JSON in their result what the person said to their being used. */
const TOOLS_WITH_FEEDBACK: ReadonlySet<string> = new Set(
  CLIENT_TEXTS.filter(({ resultsAsText }) => resultsAsText)
    .flatMap(({ clients }) => clients)
    .flatMap((client) => Object.values(CLIENT_TOOLS[client] ?? {}).flat()),
);

/** Characters of a result that may be such JSON; a person writes less. */
const LONGEST_STATUS = 64 * 1024;
/** Characters in which the head of a result as text ends, if it is one. */
const LONGEST_HEAD = 512;
const LONGEST_NAME = 64;
const RESULT = '] Result:';

/** Marks and notices that are looked at in all of a conversation; a client writes some dozens in a turn. */
const MOST_PIECES = 20_000;

/** How many more may be looked at; what is beyond them is taken for the client's. */
export interface PiecesLeft {
  pieces: number;
}
export const allPieces = (): PiecesLeft => ({ pieces: MOST_PIECES });

/** Whether the person has said something in a turn of theirs. */
export function holdsPersonsWords(
  { content }: Turn,
  toolOf: (id: string) => UsedTool | undefined,
  left: PiecesLeft = allPieces(),
): boolean {
  let isCovered = false;
  for (const block of content) {
    if (block.type === 'tool_result') {
      if (isPersonsResult(block, toolOf(block.tool_use_id), left)) return true;
    } else if (block.type === 'text') {
      const found = walk(block.text, isCovered, left);
      if (found === 'words') return true;
      isCovered ||= found === 'covered';
    }
  }
  return false;
}

/** Whether the model's answer to this turn is for the client itself, and not put before the person. */
export const asksForClient = ({ content }: Turn): boolean =>
  content.some((block) => block.type === 'text' && beginsWithOne(block.text, FOR_CLIENT));

/** Whether a text in the model's place was written by the client. */
export const isClientsAnswer = (text: string): boolean => beginsWithOne(text, ANSWERS);

function beginsWithOne(text: string, beginnings: readonly string[]): boolean {
  const start = text.trimStart();
  return beginnings.some((begins) => start.startsWith(begins));
}

export interface UsedTool {
  readonly name: string;
  /** Its purpose is to speak to the person. */
  readonly asks: boolean;
}

function isPersonsResult(block: ToolResultBlock, tool: UsedTool | undefined, left: PiecesLeft): boolean {
  if (tool === undefined || !(tool.asks || TOOLS_WITH_FEEDBACK.has(tool.name))) return false;
  const text = textOf(block).trim();
  if (tool.asks) {
    const isFailed = FAILED_QUESTIONS.some((begins) => text.startsWith(begins));
    if (isFailed) return WORDS_OF_FAILED.some((mark) => isMore(text, text.indexOf(mark), mark.length));
  }
  const status = statusOf(text);
  if (status !== undefined) return isFeedback(status);
  return tool.asks && block.is_error !== true && walk(text, false, left) === 'words';
}

const textOf = ({ content = '' }: ToolResultBlock): string =>
  typeof content === 'string'
    ? content
    : content.map((inner: ContentBlock) => (inner.type === 'text' ? inner.text : '')).join('\n');

const isMore = (text: string, at: number, length: number): boolean =>
  at !== -1 && text.slice(at + length).trim() !== '';

type Status = Readonly<Record<string, unknown>>;

/** Roo Code's and Zoo Code's word on what became of something: JSON with a status. */
function statusOf(text: string): Status | undefined {
  if (!text.startsWith('{') || text.length > LONGEST_STATUS) return undefined;
  try {
    const parsed = JSON.parse(text) as Status;
    return typeof parsed['status'] === 'string' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const isFeedback = ({ status, feedback }: Status): boolean =>
  status !== 'error' && typeof feedback === 'string' && feedback.trim() !== '';

/** `covered`: none here, and none in what follows in the same turn unless it is marked as the person's. */
type Found = 'words' | 'none' | 'covered';

function walk(text: string, isCovered: boolean, left: PiecesLeft): Found {
  const finder = new Finder(text);
  const start = finder.skipSpace(0);
  const status = isCovered || text[start] !== '{' ? undefined : statusOf(text.slice(start));
  if (status !== undefined) return isFeedback(status) ? 'words' : 'none';
  let found: Found = isCovered ? 'covered' : 'none';
  // Between marks of the person's there is nothing of the client's but what the table knows.
  let isMarked = false;
  for (let at = start; at < text.length; at = finder.skipSpace(at)) {
    if (left.pieces === 0) return found;
    left.pieces -= 1;
    const element = elementAt(text, at);
    if (element?.isPlain && AROUND_WORDS.has(element.name)) {
      isMarked = !element.isEnd;
      at = element.end;
      continue;
    }
    if (element !== undefined && !element.isEnd && ELEMENTS.has(element.name)) {
      const close = `</${element.name}>`;
      const end = finder.find(close, element.end);
      if (holdsCarried(finder, element.end, end)) return 'words';
      at = end === text.length ? end : end + close.length;
      continue;
    }
    if (found === 'covered' && !isMarked) {
      at = finder.first(MARKS_IN_NOTICES, at);
      continue;
    }
    if (isResultAsText(text, at)) {
      found = 'covered';
      continue;
    }
    const notice = NOTICES.find(({ begins }) => text.startsWith(begins, at));
    if (notice === undefined) return 'words';
    if (notice.covers === 'turn') found = 'covered';
    const behind = at + notice.begins.length;
    if (notice.ends === undefined) at = finder.first(MARKS_IN_NOTICES, behind);
    else {
      // Its last word may be the end of its first ones.
      const end = finder.find(notice.ends, Math.max(at, behind - notice.ends.length));
      at = end === text.length ? end : Math.max(behind, end + notice.ends.length);
    }
  }
  return found;
}

/** In an element of the client's: what the person wrote while the model was at work. */
function holdsCarried(finder: Finder, start: number, end: number): boolean {
  const { text } = finder;
  const at = finder.skipSpace(start);
  const carrier = at < end ? CARRIERS.find((begins) => text.startsWith(begins, at)) : undefined;
  return carrier !== undefined && text.slice(at + carrier.length, end).trim() !== '';
}

interface Element {
  readonly name: string;
  readonly isEnd: boolean;
  /** Without attributes. */
  readonly isPlain: boolean;
  /** Behind its mark. */
  readonly end: number;
}

/** The mark `<name …>` or `</name>` that begins here. */
function elementAt(text: string, at: number): Element | undefined {
  if (text[at] !== '<') return undefined;
  // bounded: `LONGEST_NAME`
  const match = /^<(\/?)([a-z][a-z_-]*)([\s>])/.exec(text.slice(at, at + LONGEST_NAME));
  if (match === null) return undefined;
  const [mark, slash, name = '', last] = match;
  if (last === '>') return { name, isEnd: slash === '/', isPlain: true, end: at + mark.length };
  // Attributes are short; a mark that does not end soon is none.
  const close = text.slice(at, at + LONGEST_HEAD).indexOf('>');
  if (close === -1) return undefined;
  return { name, isEnd: slash === '/', isPlain: false, end: at + close + 1 };
}

/** `[read_file for 'a.txt'] Result:`, as old versions told what a tool gave. */
function isResultAsText(text: string, at: number): boolean {
  if (text[at] !== '[') return false;
  const head = text.slice(at + 1, at + LONGEST_HEAD);
  // bounded: `LONGEST_HEAD`
  const name = /^[a-z_]+/.exec(head)?.[0];
  return name !== undefined && TOOLS_WITH_FEEDBACK.has(name) && head.includes(RESULT);
}

/** What `trim` leaves. */
const WORD = /\S/g;

/** Searches a text forward only, and remembers what is not there any more or far ahead. */
class Finder {
  readonly #known = new Map<string, number>();

  constructor(readonly text: string) {}

  skipSpace(from: number): number {
    WORD.lastIndex = from;
    // bounded: it stops at what is no blank, and each blank is passed once
    return WORD.exec(this.text)?.index ?? this.text.length;
  }

  /** Where it is next; the end of the text if nowhere. */
  find(mark: string, from: number): number {
    const known = this.#known.get(mark);
    if (known !== undefined && known >= from) return known;
    const at = this.text.indexOf(mark, from);
    const found = at === -1 ? this.text.length : at;
    this.#known.set(mark, found);
    return found;
  }

  first(marks: readonly string[], from: number): number {
    return Math.min(...marks.map((mark) => this.find(mark, from)));
  }
}
