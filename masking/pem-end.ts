/** How far a private key in PEM goes, whole or cut off, in plain lines or as one string with its line breaks written out. */

/** Keys of 16,384 bits take 12,800 characters; escapes and indents come on top. */
const LONGEST = 32_768;
/** A line of base64 is longer than any word of a text that only speaks of keys. */
const SHORTEST_LINE = 24;
const LONGEST_HEADERS = 1_024;

const BACKSLASH = 92;
const isBreakLetter = (code: number): boolean => code === 110 || code === 114 || code === 116;

const isBase64 = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 43 ||
  code === 47 ||
  code === 61;

/** Blanks, line breaks and what writes them, quotes and signs of strings put together. */
const SEPARATORS = new Set([...' \t\r\n\\"\'`,+.>|#*/'].map((each) => each.charCodeAt(0)));

/**
 * Every character is looked at once: a walk ends at the next dashes, where the next key at the earliest begins.
 *
 * @param from behind the line that begins it
 * @returns undefined where no key follows
 */
export function endOfPem(text: string, from: number): number | undefined {
  const limit = Math.min(text.length, from + LONGEST);
  const dashes = text.indexOf('-----', from);
  const stop = dashes === -1 ? limit : Math.min(dashes, limit);
  let longest = 0;
  let end = from;
  let run = 0;
  for (let at = from; at < stop; at += 1) {
    const code = text.charCodeAt(at);
    if (isBase64(code)) {
      run += 1;
      end = at + 1;
      if (run > longest) longest = run;
      continue;
    }
    // A line that is shorter than the one before is the last. A sign by itself puts strings together.
    if (longest >= SHORTEST_LINE && run > 1 && run < longest) break;
    run = 0;
    // Headers of an encrypted key, such as "Proc-Type: 4,ENCRYPTED", come before the first line.
    if (longest >= SHORTEST_LINE && !SEPARATORS.has(code)) break;
    // The letter of an escape belongs to no line.
    if (code === BACKSLASH && isBreakLetter(text.charCodeAt(at + 1))) at += 1;
    if (longest < SHORTEST_LINE && at - from > LONGEST_HEADERS) return undefined;
  }
  if (longest < SHORTEST_LINE) return undefined;
  if (dashes === -1 || dashes > limit || text.slice(dashes, dashes + 8).toUpperCase() !== '-----END')
    return end;
  for (let at = end; at < dashes; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && isBreakLetter(text.charCodeAt(at + 1))) at += 1;
    else if (!SEPARATORS.has(code)) return end;
  }
  const close = text.slice(dashes + 8, dashes + 80).indexOf('-----');
  return close === -1 ? dashes + 8 : dashes + 8 + close + 5;
}
