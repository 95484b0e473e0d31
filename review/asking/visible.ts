/** What a reader would not see is made visible before a model reads it, and told of. */

export type HiddenKind = 'direction' | 'invisible' | 'control' | 'mixed-script' | 'cut';

export interface Shown {
  readonly text: string;
  readonly hidden: readonly HiddenKind[];
}

/** Marks that show text in another order than it has. Source: Unicode Standard Annex 9. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Signs without a width, tags, fillers, and places that belong to nobody. */
const INVISIBLE =
  /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{f0000}-\u{10fffd}]/u;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]/u;
const ALL = new RegExp(`${DIRECTION.source}|${INVISIBLE.source}|${CONTROL.source}`, 'gu');

/** A sign that joins an emoji is no secret, nor is the one that says how it looks. */
const EMOJI_JOIN = /(\p{Extended_Pictographic}|\p{Emoji_Modifier})[\u200d\ufe0f\ufe0e]/gu;

const WORD = /[\p{L}\p{N}_]{1,200}/gu;
const LATIN = /\p{Script=Latin}/u;
/** Scripts whose letters look like Latin ones. */
const ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/gu;
/** Other widths and styles of Latin letters. */
const STYLED = /[\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d7ff}]/gu;

/** UTF-16 units of one line that are sent. */
export const LONGEST_LINE = 600;

const codeOf = (sign: string): string =>
  `⟦U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟧`;

/** The brackets are ours alone. */
const bracketsOf = (text: string): string => text.replace(/[⟦⟧]/g, (sign) => (sign === '⟦' ? '[[' : ']]'));

const kindOf = (sign: string): HiddenKind =>
  DIRECTION.test(sign) ? 'direction' : INVISIBLE.test(sign) ? 'invisible' : 'control';

/**
 * @param line of a file, a name, a message: one line
 * @param longest UTF-16 units
 * @returns the same with every hidden sign as ⟦U+202E⟧, and no longer than that
 */
export function makeVisible(line: string, longest = LONGEST_LINE): Shown {
  const isLong = line.length > longest;
  const hidden = new Set<HiddenKind>();
  // The carriage return of a line's end is no control: it is said of the file as a whole.
  const body = bracketsOf(line.slice(0, longest).replace(/\r$/, ''));
  if (isLong) hidden.add('cut');
  // Most lines are plain.
  if (/^[\t\x20-\x7e]*$/.test(body)) return { text: withCut(body, line, longest), hidden: [...hidden] };
  const kept = body.replace(EMOJI_JOIN, (pair) => pair.slice(0, -1));
  const visible = kept.replace(ALL, (sign) => {
    hidden.add(kindOf(sign));
    return codeOf(sign);
  });
  const plain = visible.replace(WORD, (word) => {
    const isMixed = LATIN.test(word) && word.search(ALIKE) >= 0;
    if (!isMixed && word.search(STYLED) < 0) return word;
    hidden.add('mixed-script');
    return word.replace(isMixed ? ALIKE : STYLED, codeOf).replace(STYLED, codeOf);
  });
  return { text: withCut(plain, line, longest), hidden: [...hidden] };
}

const withCut = (text: string, line: string, longest: number): string =>
  line.length > longest ? `${text} ⟦cut: ${line.length - longest} more characters⟧` : text;

/** A name of a file or the like, as it stands in a sentence of ours: JSON text, so that nothing ends it early. */
export const quotedName = (name: string): string => JSON.stringify(makeVisible(name, 400).text);
