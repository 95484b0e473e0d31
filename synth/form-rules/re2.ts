/** What Go's regular expressions lack; the form and the provider read with them. */
const MISSING: readonly { readonly form: RegExp; readonly what: string }[] = [
  { form: /\(\?(?:=|!|<=|<!)/, what: 'look-around' },
  { form: /\\[1-9]|\\k[<{']/, what: 'a backreference' },
  { form: /\(\?>/, what: 'an atomic group' },
  { form: /[*+?}]\+/, what: 'a possessive quantifier' },
];

/** Escaped characters and bracket expressions taken out, so that only operators are left. */
const operators = (pattern: string): string =>
  pattern.replace(/\\[^1-9k]/g, '').replace(/\[(?:\\.|[^\]\\])*\]/g, 'x');

/** The pattern in JavaScript's syntax, where it can follow. */
function translated(pattern: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(pattern)?.[1] ?? '';
  return new RegExp(
    pattern
      .replace(/^\(\?[ims]+\)/, '')
      .replace(/\(\?P</g, '(?<')
      .replace(/\\A/g, '^')
      .replace(/\\z/g, '$'),
    flags,
  );
}

/** What RE2 does not have in a pattern, or why it is no pattern at all. */
export function re2Fault(pattern: string): string | undefined {
  const missing = MISSING.find(({ form }) => form.test(operators(pattern)));
  if (missing) return `${missing.what}, which RE2 does not have`;
  // JavaScript would read a character class of POSIX as a plain list of letters.
  if (/\[:\w+:\]/.test(pattern)) return undefined;
  try {
    translated(pattern);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `a fault: ${reason.replace(/^.*: /s, '').toLowerCase()}`;
  }
}

/** Whether a text matches; nothing where JavaScript cannot tell. */
export function re2Matches(pattern: string, text: string): boolean | undefined {
  if (/\[:\w+:\]/.test(pattern)) return undefined;
  try {
    return translated(pattern).test(text);
  } catch {
    return undefined;
  }
}
