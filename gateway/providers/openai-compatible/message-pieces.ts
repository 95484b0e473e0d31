/** What a message or a piece of one says, wherever a server puts it: text, thoughts and refusals, in their order. */
import { isJsonObject, type Json } from '../messages/read-answer';

export interface Piece {
  readonly type: 'text' | 'thinking' | 'refusal';
  readonly text: string;
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Fields that servers put thoughts in. Those that fill two of them say the same in both. */
const THOUGHT_FIELDS = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_details'] as const;

/** @param lost is told the kind of what nobody could be shown */
export function piecesOf(message: Json, lost: (kind: string) => void): Piece[] {
  const pieces: Piece[] = [];
  const add = (type: Piece['type'], text: string): void => {
    if (text !== '') pieces.push({ type, text });
  };
  for (const field of THOUGHT_FIELDS) {
    const thoughts = thoughtsIn(message[field]);
    add('thinking', thoughts);
    if (thoughts !== '') break;
  }
  const { content } = message;
  if (Array.isArray(content)) for (const part of content as unknown[]) addPart(part, add, lost);
  else if (isJsonObject(content)) addPart(content, add, lost);
  else add('text', textOf(content));
  add('refusal', textOf(message['refusal']));
  return pieces;
}

function addPart(
  part: unknown,
  add: (type: Piece['type'], text: string) => void,
  lost: (kind: string) => void,
): void {
  if (typeof part === 'string') return add('text', part);
  if (!isJsonObject(part)) return;
  const type = textOf(part['type']);
  if (type === 'thinking' || type === 'reasoning') return add('thinking', thoughtsIn(part));
  const [text, refusal] = [textOf(part['text']), textOf(part['refusal'])];
  if (text + refusal === '' && type !== 'text') lost('content_part');
  add('text', text);
  add('refusal', refusal);
}

/** Members of a thought that may hold its words. */
const WORDS = ['thinking', 'reasoning', 'text', 'summary', 'content'] as const;

/** A text; a part; or a list of either, as deep as servers nest them. */
function thoughtsIn(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (depth > 3) return '';
  if (Array.isArray(value)) return value.map((each) => thoughtsIn(each, depth + 1)).join('');
  if (!isJsonObject(value)) return '';
  for (const name of WORDS) {
    const words = thoughtsIn(value[name], depth + 1);
    if (words !== '') return words;
  }
  return '';
}
