/**
 * Regular expressions as Go reads them, as far as JavaScript can follow.
 *
 * Go's syntax has no look-around and no backreferences; what it has and JavaScript lacks is rewritten.
 */

const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/\(\?(?:=|!|<=|<!)/, 'invalid or unsupported Perl syntax'],
  [/\\[1-9]/, 'invalid escape sequence'],
  [/\\k[<{']/, 'invalid escape sequence'],
  [/\(\?>/, 'invalid or unsupported Perl syntax'],
  [/[*+?}]\+/, 'invalid nested repetition operator'],
];

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

/** Backslash pairs and bracket expressions taken out, so that a search sees only operators. */
function operators(pattern: string): string {
  return pattern.replace(/\\[^1-9k]/g, '').replace(/\[(?:\\.|[^\]\\])*\]/g, 'x');
}

/**
 * Compiles a pattern the way Go's regexp package would.
 *
 * @throws with Go's phrase when the pattern uses what RE2 does not have, or is malformed
 */
export function compileRe2(pattern: string): RegExp {
  const bare = operators(pattern);
  for (const [form, reason] of UNSUPPORTED) {
    if (form.test(bare)) throw new Error(`error parsing regexp: ${reason}: \`${pattern}\``);
  }
  const flags = /^\(\?([ims]+)\)/.exec(pattern)?.[1] ?? '';
  const source = pattern
    .replace(/^\(\?[ims]+\)/, '')
    .replace(/\(\?P</g, '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[:(\w+):\]/g, (whole, name: string) => POSIX_CLASSES[name] ?? whole);
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    throw new Error(`error parsing regexp: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
