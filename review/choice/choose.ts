/** Which files of a change are reviewed, and why each of the others is not. */
import type { Diff } from '../checkout/diff-parser';
import { isLink, isSubmodule, type FileChange } from '../checkout/file-change';
import { contentOf, type Objects } from '../checkout/objects';
import type { BaseRules } from './base-rules';
import { isGeneratedByName, isLockFile, isVendored, saysGenerated } from './known-names';
import type { LeftOut, Reason } from './left-out';

export interface Choice {
  readonly chosen: readonly FileChange[];
  readonly leftOut: readonly LeftOut[];
}

export async function choose(diff: Diff, rules: BaseRules, objects: Objects): Promise<Choice> {
  const chosen: FileChange[] = [];
  const leftOut: LeftOut[] = [];
  for (const file of diff.files) {
    const reason = reasonByName(file, rules) ?? (await reasonByTop(file, objects));
    if (reason === undefined) chosen.push(file);
    else leftOut.push({ path: file.path, reason });
  }
  if (diff.unnamedFiles > 0)
    leftOut.push({ path: `(${diff.unnamedFiles} further files)`, reason: 'too-many' });
  return { chosen, leftOut };
}

/** The first that applies. */
function reasonByName(file: FileChange, rules: BaseRules): Reason | undefined {
  const { path, from = path } = file;
  // What was ignored under its old name is not shown under a new one.
  if (rules.isIgnored(path) || rules.isIgnored(from)) return 'ignored';
  if (isSubmodule(file)) return 'submodule';
  if (isLink(file)) return 'link';
  if (isLockFile(path)) return 'lock-file';
  if (file.isBinary) return 'binary';
  if (isVendored(path) || rules.isVendored(path)) return 'vendored';
  if (isGeneratedByName(path) || rules.isGenerated(path)) return 'generated';
  if (file.kind === 'deleted') return 'deleted';
  if (file.isTooLong) return 'too-long';
  return file.hunks.length === 0 ? 'no-text' : undefined;
}

/**
 * A mark that was there before the change counts, and one in a new file. One that the change puts in front of a file that
 * is written by hand does not: whoever made it would choose what is reviewed.
 */
async function reasonByTop(file: FileChange, objects: Objects): Promise<Reason | undefined> {
  const [first] = file.hunks;
  if (first === undefined) return undefined;
  const isNewMark = first.lines.some(
    ({ sign, after = 9, text }) => sign === '+' && after <= 5 && saysGenerated(text),
  );
  if (file.kind !== 'added' && isNewMark) return undefined;
  const content = first.start === 1 ? undefined : await contentOf(file, objects);
  const top =
    content?.subarray(0, 2_000).toString('utf8') ??
    first.lines
      .filter(({ sign, after = 9 }) => sign !== '-' && after <= 5)
      .map(({ text }) => text)
      .join('\n');
  return saysGenerated(top) ? 'generated' : undefined;
}
