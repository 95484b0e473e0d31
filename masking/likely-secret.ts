/** Whether a value that stands where a secret would is one, by how it is spelt: names, words and blanks to fill in are none. */

/** Spelt with what a person is to fill in, or a program to look up. */
// bounded: a value is no longer than the expressions that find it allow
const BLANK =
  /\$\{|\$\(|\{\{|<%|%\{|^%[A-Za-z_]{1,40}%$|^\$[A-Za-z_]|^<[^>]{0,200}>$|^\[[^\]]{0,200}\]$|^\{[^}]{0,200}\}$|\[masked: /;
const WORDS_FOR_NONE =
  /(?:^|[^a-z0-9])(?:your|my|change[-_ ]?(?:me|it|this)|replace[-_ ]?(?:me|this|with)|insert|placeholder|example|dummy|redacted|masked|hidden|todo|fixme|fill[-_ ]?in|not[-_ ]?set|unset|undefined|sample|xxx+|foo|bar)(?:[^a-z0-9]|$)/i;
const CALLS =
  /^(?:process\.env|os\.environ|os\.getenv|import\.meta|System\.getenv|env\(|ENV\[|getenv|vault:|secretsmanager:|ssm:|op:\/\/)/i;
const PLAIN_NUMBER = /^[+-]?[\d._,:/ -]{1,64}$/;
const PLACE = /^(?:[a-z][a-z0-9+.-]{1,20}:\\{0,2}\/|\.{0,2}\/|~\/|[A-Za-z]:\\)/i;

/** Bits in which one character of the text differs from guessing by how often each occurs in it. */
export function bitsACharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const each of text) counts.set(each, (counts.get(each) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

interface Spelling {
  readonly upper: number;
  readonly lower: number;
  readonly digits: number;
  /** Neither letter nor digit, nor what joins words of a name. */
  readonly marks: number;
  /** Changes between letters and digits, or from small to capital within a word: few in names, many in what is drawn by lot. */
  readonly changes: number;
}

function spellingOf(text: string): Spelling {
  let [upper, lower, digits, marks, changes] = [0, 0, 0, 0, 0];
  let before = '';
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    let kind = '';
    if (code >= 48 && code <= 57) {
      digits += 1;
      kind = 'd';
    } else if (isLetter(code)) {
      if (code < 97) upper += 1;
      else lower += 1;
      kind = code < 97 ? 'u' : 'l';
    } else if (code !== 95 && code !== 45 && code !== 46 && code !== 32) marks += 1;
    // A capital that begins a word is spelling, not chance.
    if (kind !== '' && before !== '' && kind !== before && !(before === 'u' && kind === 'l')) changes += 1;
    before = kind;
  }
  return { upper, lower, digits, marks, changes };
}

/** Spelt to be filled in or looked up, or no more than a name or a number. */
export function isPlaceholder(value: string): boolean {
  return (
    BLANK.test(value) ||
    WORDS_FOR_NONE.test(value) ||
    CALLS.test(value) ||
    // One character again and again: xxxxxxxx, ********, --------.
    new Set(value).size <= 3
  );
}

/** Passwords that are everybody's: who reads one has learnt nothing. */
const COMMON = new Set(
  'password passwd pass secret user username postgres mysql root admin guest test token none null true false string'.split(
    ' ',
  ),
);

/** Of the place of a password in an address: anything but blanks, ports and what everybody uses. */
export const isPassword = (value: string): boolean =>
  !COMMON.has(value.toLowerCase()) && !isPlaceholder(value) && !/^\d{1,5}(?:\/|$)/.test(value);

/** Of what an account's or an API's key looks like: capitals, small letters and digits in no order. */
export function isDrawn(value: string): boolean {
  if (isPlaceholder(value)) return false;
  return spellingOf(value).changes >= 4 && bitsACharacter(value) >= 2.8;
}

/**
 * Of a value that is given to a name such as `password`.
 *
 * @param isQuoted whether it stands in quotes: what does not may be code
 * @param isPassphrase whether the name says that it may be several words
 */
export function isAssignedSecret(value: string, isQuoted: boolean, isPassphrase = false): boolean {
  if (isPlaceholder(value) || COMMON.has(value.toLowerCase())) return false;
  if (PLAIN_NUMBER.test(value) || PLACE.test(value)) return false;
  const { upper, lower, digits, marks, changes } = spellingOf(value);
  const bits = bitsACharacter(value);
  if (!isQuoted) {
    // Calls, indexes, types, arithmetic.
    if (/[()[\]{}<>|]/.test(value)) return false;
    if (digits === 0 || bits < 2.5) return false;
    return marks >= 1 || (changes >= (value.includes('.') ? 6 : 4) && bits >= 2.9);
  }
  if (bits < 2.2) return false;
  const words = value.trim().split(/\s{1,8}/);
  // A sentence for people, unless its name says that secrets are sentences.
  if (words.length > 1) return isPassphrase && words.length >= 3;
  if (digits >= 1 && upper + lower >= 1)
    return digits + marks >= 2 || (changes >= 1 && upper >= 1) || bits >= 3;
  if (marks >= 1 && upper + lower >= 4)
    return upper >= 1 && lower >= 1 && !/^[A-Za-z]{1,40}[.:!?]$/.test(value);
  // Words of a name begin with a capital too, but are longer.
  return changes >= 3 && changes * 5 >= value.length;
}
