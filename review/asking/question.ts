/** A question to a model: rules of ours first, then what others wrote, between marks that they cannot have written. */
import { randomBytes } from 'node:crypto';
import type { ShownFile, ShownHunk } from './material';

export interface Asked {
  readonly file: ShownFile;
  readonly hunks: readonly ShownHunk[];
}

/** What goes into one question. */
export type Group = readonly Asked[];

/** Bytes of hunks in one question: small enough for the tokens a minute of a CI key, and for a model's attention. */
const GROUP_BYTES = 32 * 1024;
/** Files in one question. */
const GROUP_FILES = 12;

/** Files stay together where they fit; in the order of the change. */
export function makeGroups(asked: readonly Asked[]): Group[] {
  const groups: Asked[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const { file, hunks } of asked) {
    for (const hunk of hunks) {
      const last = groups.at(-1);
      const own = last?.at(-1);
      const isNewFile = own?.file !== file;
      const isFull = bytes + hunk.bytes > GROUP_BYTES || (isNewFile && (last?.length ?? 0) >= GROUP_FILES);
      if (last === undefined || isFull) {
        groups.push([{ file, hunks: [hunk] }]);
        bytes = hunk.bytes;
        continue;
      }
      bytes += hunk.bytes;
      if (isNewFile) last.push({ file, hunks: [hunk] });
      else last[last.length - 1] = { file, hunks: [...own.hunks, hunk] };
    }
  }
  return groups;
}

/** What no text of others holds, since nobody knew it before. */
export function newMarker(
  texts: readonly string[],
  draw = (): string => randomBytes(16).toString('hex'),
): string {
  for (;;) {
    const marker = draw();
    if (!texts.some((text) => text.includes(marker))) return marker;
  }
}

export const between = (marker: string, text: string): string =>
  `<<<DATA ${marker}\n${text}\nDATA ${marker}>>>`;

export const lineText = ({ sign, number, shown }: ShownHunk['lines'][number]): string =>
  `${String(number ?? '').padStart(6)} ${sign} ${shown}`;

const KINDS = {
  added: 'a new file',
  deleted: 'taken away',
  modified: 'changed',
  renamed: 'renamed and changed',
  copied: 'copied from another file and changed',
} as const;

/** @param context lines per file that are there to understand it */
export function dataOf(
  group: Group,
  messages: readonly string[],
  context: ReadonlyMap<ShownFile, readonly string[]>,
): string {
  const said =
    messages.length === 0 ? [] : ['messages of the commits:', ...messages.map((each) => `- ${each}`), ''];
  const files = group.flatMap(({ file, hunks }) => [
    `file: ${file.name} (${KINDS[file.change.kind]})`,
    ...hunks.flatMap((hunk) => ['hunk:', ...hunk.lines.map(lineText)]),
    ...(context.get(file) ?? []),
    '',
  ]);
  return [...said, ...files].join('\n').trimEnd();
}
