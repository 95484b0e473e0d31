/** How much text is as a string of JSON, in bytes of UTF-8, and how much of it fits into so many. */

export interface Fitting {
  /** UTF-16 units that fit, none of them half of a character. */
  readonly units: number;
  /** What those come to, without the quotes. */
  readonly bytes: number;
}

const QUOTE = 34;
const BACKSLASH = 92;
/** Control characters that have a letter: \b \t \n \f \r. */
const LETTERED = new Set([8, 9, 10, 12, 13]);

function costOf(text: string, at: number): { readonly units: number; readonly bytes: number } {
  const code = text.charCodeAt(at);
  if (code === QUOTE || code === BACKSLASH || LETTERED.has(code)) return { units: 1, bytes: 2 };
  if (code < 0x20) return { units: 1, bytes: 6 };
  if (code < 0x80) return { units: 1, bytes: 1 };
  if (code < 0x800) return { units: 1, bytes: 2 };
  if (code < 0xd800 || code > 0xdfff) return { units: 1, bytes: 3 };
  const next = text.charCodeAt(at + 1);
  const isPair = code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff;
  // Half of a pair is written as an escape.
  return isPair ? { units: 2, bytes: 4 } : { units: 1, bytes: 6 };
}

/** Work is bounded by `most`, however long the text is. */
export function fitJson(text: string, most: number): Fitting {
  let units = 0;
  let bytes = 0;
  while (units < text.length) {
    const code = text.charCodeAt(units);
    // Most of all text, for which no object is made.
    if (code >= 0x20 && code < 0x80 && code !== QUOTE && code !== BACKSLASH) {
      if (bytes + 1 > most) break;
      units += 1;
      bytes += 1;
      continue;
    }
    const cost = costOf(text, units);
    if (bytes + cost.bytes > most) break;
    units += cost.units;
    bytes += cost.bytes;
  }
  return { units, bytes };
}
