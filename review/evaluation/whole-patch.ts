/** A patch that shows whole files: what it is before and after can be read out of it. */

export interface BothSides {
  /** Texts by path. */
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

const FILE = /^\+\+\+ b\/([\w][\w./-]*)$/;
const HUNK = /^@@ -[01],(\d+) \+1,(\d+) @@$/;
/** Stand before the names, and say nothing that is not read elsewhere. */
const HEADS = /^(diff --git |new file mode |--- )/;

/** @throws Error that names the line which is not of a patch with one hunk from the first line of each file */
export function sidesIn(patch: string): BothSides {
  const before: Record<string, string> = {};
  const after: Record<string, string> = {};
  const lines = patch.replace(/\n$/, '').split('\n');
  const fault = (at: number, what: string): Error => new Error(`line ${at + 1} of the patch ${what}`);
  let at = 0;
  while (at < lines.length) {
    while (HEADS.test(lines[at] ?? '')) at += 1;
    const path = FILE.exec(lines[at] ?? '')?.[1];
    if (path === undefined || path.split('/').includes('..') || path in after)
      throw fault(at, 'does not name a file of its own, as "+++ b/src/a.ts"');
    const [, old, young] = HUNK.exec(lines[at + 1] ?? '') ?? [];
    if (old === undefined || young === undefined)
      throw fault(at + 1, 'does not begin a hunk of the whole file, as "@@ -1,3 +1,4 @@"');
    const sides = { before: [] as string[], after: [] as string[] };
    for (at += 2; at < lines.length && !lines[at]?.startsWith('diff --git '); at += 1) {
      const line = lines[at] ?? '';
      const sign = line.slice(0, 1);
      if (!['', ' ', '+', '-'].includes(sign)) throw fault(at, 'begins with none of " ", "+" and "-"');
      if (sign !== '+') sides.before.push(line.slice(1));
      if (sign !== '-') sides.after.push(line.slice(1));
    }
    if (sides.before.length !== Number(old) || sides.after.length !== Number(young))
      throw fault(at - 1, `ends a hunk of ${path} that has other lines than it says`);
    if (sides.before.length > 0) before[path] = `${sides.before.join('\n')}\n`;
    after[path] = `${sides.after.join('\n')}\n`;
  }
  return { before, after };
}
