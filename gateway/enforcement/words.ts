/**
 * The words of a name. Only ASCII is folded to small letters: beyond it a letter may stand for another (the sign of
 * Kelvin for a k), and a name would say what it does not.
 */

/** Units that are looked at: the names of tools and parameters are no longer (`model/request-limits`). */
const LONGEST = 256;

type Kind = 'small' | 'capital' | 'digit' | 'other';

function kindOf(unit: number): Kind {
  if (unit >= 0x61 && unit <= 0x7a) return 'small';
  if (unit >= 0x41 && unit <= 0x5a) return 'capital';
  return unit >= 0x30 && unit <= 0x39 ? 'digit' : 'other';
}

export const isAsciiName = (name: string): boolean => {
  for (let at = 0; at < name.length; at += 1) if (name.charCodeAt(at) > 0x7f) return false;
  return true;
};

/**
 * In small letters: what is between other characters than letters and digits, cut where capitals begin (`listFiles`)
 * and where a row of them ends (`runSQLQuery`).
 */
export function wordsOf(name: string): string[] {
  const words: string[] = [];
  let word = '';
  const end = Math.min(name.length, LONGEST);
  for (let at = 0; at < end; at += 1) {
    const kind = kindOf(name.charCodeAt(at));
    const before = at === 0 ? 'other' : kindOf(name.charCodeAt(at - 1));
    const isStart =
      kind === 'capital' &&
      (before === 'small' ||
        before === 'digit' ||
        (before === 'capital' && at + 1 < end && kindOf(name.charCodeAt(at + 1)) === 'small'));
    if ((kind === 'other' || isStart) && word !== '') {
      words.push(word);
      word = '';
    }
    if (kind !== 'other') word += String.fromCharCode(name.charCodeAt(at) | (kind === 'capital' ? 0x20 : 0));
  }
  if (word !== '') words.push(word);
  return words;
}
