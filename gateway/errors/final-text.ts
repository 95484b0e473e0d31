/**
 * Texts of errors that no retry mends, written so that no known client takes them for passing (`passing-texts`).
 *
 * Our own sentences hold none of what clients look for. What comes into them from elsewhere (amounts, dates, names,
 * numbers of fields, a provider's words) may: there a narrow space goes between, as in a long number: "$5 00.00".
 */
import type { PassingText } from './passing-texts';
import { PASSING_TEXTS } from './passing-texts';

/** U+202F: a narrow space at which no line breaks. */
const GAP = '\u202f';
/** Characters of a text that are looked at; the rest is left out. */
const LONGEST = 4_000;
/** Each round leaves no hit but such as overlapped another one. */
const MOST_ROUNDS = 8;

export interface FinalTextOptions {
  /** Whether the error may say that the conversation is too long, which clients are to act on. */
  readonly mayBeOverflow?: boolean;
  /** Clients that read figures out of such a text, and are not to be kept from it. */
  readonly readers?: readonly string[];
}

/** @returns undefined when it cannot be written so */
export function finalText(
  text: string,
  { mayBeOverflow = false, readers = [] }: FinalTextOptions = {},
): string | undefined {
  let told = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const isOverflow = ({ client, takenFor, pattern }: PassingText): boolean =>
    // bounded: `LONGEST`
    takenFor === 'overflow' && readers.includes(client) && pattern.test(told);
  if (mayBeOverflow && PASSING_TEXTS.some(isOverflow)) return told;
  const patterns = PASSING_TEXTS.filter(({ takenFor }) => !mayBeOverflow || takenFor === 'passing').map(
    ({ pattern }) => pattern,
  );
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    // bounded: `LONGEST`
    const hits = patterns.filter((pattern) => pattern.test(told));
    if (hits.length === 0) return told;
    for (const pattern of hits) told = breakUp(told, pattern);
  }
  return undefined;
}

function breakUp(text: string, pattern: RegExp): string {
  let told = '';
  let from = 0;
  // bounded: `LONGEST`
  for (const { 0: hit, index } of text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    const at = isDigit(text.charCodeAt(index)) ? gapInNumber(text, index) : index + (hit.length >> 1);
    told += text.slice(from, at) + GAP;
    from = at;
  }
  return told + text.slice(from);
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** Within three digits, so that those on the side of the point are in pairs. */
function gapInNumber(text: string, hit: number): number {
  let start = hit;
  while (isDigit(text.charCodeAt(start - 1))) start -= 1;
  let end = hit;
  while (isDigit(text.charCodeAt(end))) end += 1;
  const at = hit + 1;
  const distance = text[start - 1] === '.' ? at - start : end - at;
  return distance % 2 === 0 ? at : at + 1;
}
