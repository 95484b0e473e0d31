/** What a line defines, in most languages: no more than a line says by itself. */

/** UTF-16 units of a line that are looked at. */
const LONGEST = 300;

const WORDS =
  /^\s*(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|override|virtual|inline|unsafe|pub(?:\([a-z]{1,20}\))?|const|open|suspend|sealed|partial|extern)\s+){0,6}(?:function\*?|def|class|interface|struct|enum|trait|impl|func|fn|fun|sub|module|namespace|type|record|object|proc|create\s+(?:or\s+replace\s+)?(?:function|procedure|view|table))\s+(?:\([^()]{0,80}\)\s*)?([A-Za-z_$][\w$.]{0,100})/i;
const ASSIGNED =
  /^\s*(?:export\s+)?(?:const|let|var|val)\s+([A-Za-z_$][\w$]{0,100})\s*(?::[^=]{0,120})?=\s*(?:async\s*)?(?:function\b|\(|[A-Za-z_$][\w$]{0,100}\s*=>)/;
const METHOD =
  /^\s*(?:[A-Za-z_$][\w$<>[\],.?*&: ]{0,80}\s+)?\*?([A-Za-z_$~][\w$:]{0,100})\s*\([^;]{0,200}\)[^;={]{0,80}\{\s*$/;
const NOT_NAMES = new Set([
  'if',
  'for',
  'while',
  'switch',
  'catch',
  'return',
  'else',
  'with',
  'do',
  'foreach',
  'match',
  'when',
  'function',
]);

/** @returns the name that the line defines: a function, class or the like */
export function definedIn(line: string): string | undefined {
  const text = line.slice(0, LONGEST);
  const name = (WORDS.exec(text) ?? ASSIGNED.exec(text) ?? METHOD.exec(text))?.[1];
  return name === undefined || NOT_NAMES.has(name.toLowerCase()) ? undefined : name;
}

/** Columns before the first sign; a tab counts as four. @returns undefined: the line is blank */
export function indentOf(line: string): number | undefined {
  let columns = 0;
  for (const sign of line.slice(0, LONGEST)) {
    if (sign === ' ') columns += 1;
    else if (sign === '\t') columns += 4;
    else return sign === '\r' ? undefined : columns;
  }
  return undefined;
}
