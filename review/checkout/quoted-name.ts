/** Names of files as git quotes them. Source: git-config(1), core.quotePath. */

const LETTERS: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** @param name in double quotes with C's escapes, or as it is */
export function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes: number[] = [];
  for (let at = 1; at < name.length && name[at] !== '"'; at += 1) {
    if (name[at] !== '\\') {
      bytes.push(...Buffer.from(name[at] ?? ''));
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(name.slice(at + 1, at + 4))?.[0];
    const letter = name[at + 1] ?? '';
    bytes.push(octal === undefined ? (LETTERS[letter] ?? letter.charCodeAt(0)) : parseInt(octal, 8));
    at += octal?.length ?? 1;
  }
  return Buffer.from(bytes).toString('utf8');
}
