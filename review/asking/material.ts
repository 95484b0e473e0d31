/** A change as a model may see it: without secrets, with nothing hidden, in pieces that fit into a question. */
import type { DiffLine, FileChange, Hunk } from '../checkout/file-change';
import { maskLines } from './masking';
import { makeVisible, quotedName, type HiddenKind } from './visible';

export interface ShownLine {
  readonly sign: ' ' | '+' | '-';
  /** After the change, from 1. @default - it is gone */
  readonly number?: number;
  /** As the file has it. */
  readonly text: string;
  /** As a model sees it. */
  readonly shown: string;
}

export interface ShownHunk {
  readonly lines: readonly ShownLine[];
  /** Lines after the change that a finding may be about. */
  readonly places: ReadonlySet<number>;
  /** Bytes as a model sees it. */
  readonly bytes: number;
}

export interface ShownFile {
  readonly change: FileChange;
  readonly path: string;
  /** As a model sees it: JSON text in its quotation marks. */
  readonly name: string;
  readonly hunks: readonly ShownHunk[];
}

export interface HiddenSign {
  readonly path: string;
  /** After the change; 0: the name itself, or a line that is gone. */
  readonly line: number;
  readonly kinds: readonly HiddenKind[];
}

export interface Material {
  readonly files: readonly ShownFile[];
  readonly hidden: readonly HiddenSign[];
  /** Secrets that were masked, by kind. */
  readonly masked: ReadonlyMap<string, number>;
}

/** Bytes of one hunk in a question; a longer one becomes several. */
export const LONGEST_HUNK = 24 * 1024;
/** Hidden signs that are told of. */
const MOST_HIDDEN = 50;

export async function makeMaterial(changes: readonly FileChange[]): Promise<Material> {
  const hidden: HiddenSign[] = [];
  const masked = new Map<string, number>();
  const files: ShownFile[] = [];
  const names = new Set<string>();
  for (const change of changes) {
    const name = await showName(change.path, names, masked, hidden);
    const hunks: ShownHunk[] = [];
    for (const hunk of change.hunks) hunks.push(...split(await showHunk(change.path, hunk, masked, hidden)));
    files.push({ change, path: change.path, name, hunks });
  }
  return { files, hidden, masked };
}

const tell = (hidden: HiddenSign[], sign: HiddenSign): void => {
  if (sign.kinds.length > 0 && hidden.length < MOST_HIDDEN) hidden.push(sign);
};

/** Two names that would look alike get a number. */
async function showName(
  path: string,
  taken: Set<string>,
  masked: Map<string, number>,
  hidden: HiddenSign[],
): Promise<string> {
  const { lines, counts } = await maskLines([path.replace(/\n/g, '␤')]);
  addTo(masked, counts);
  tell(hidden, { path, line: 0, kinds: makeVisible(path, 4_096).hidden });
  const name = quotedName(lines[0] ?? '');
  let shown = name;
  for (let number = 2; taken.has(shown); number += 1) shown = `${name.slice(0, -1)} (${number})"`;
  taken.add(shown);
  return shown;
}

/** Masks are found on each side of the change by itself, where its lines follow one another as they do in the file. */
async function showHunk(
  path: string,
  { lines }: Hunk,
  masked: Map<string, number>,
  hidden: HiddenSign[],
): Promise<ShownLine[]> {
  const [after, before] = [await maskSide(lines, '-'), await maskSide(lines, '+')];
  addTo(masked, after.counts);
  return lines.map((line, at): ShownLine => {
    const text = shorter(after.byIndex.get(at), before.byIndex.get(at), line.text);
    const { text: shown, hidden: kinds } = makeVisible(text);
    const cut = line.cut === undefined || kinds.includes('cut') ? '' : ' ⟦cut⟧';
    if (line.sign === '+')
      tell(hidden, { path, line: line.after ?? 0, kinds: kinds.filter((kind) => kind !== 'cut') });
    return {
      sign: line.sign,
      ...(line.after === undefined ? {} : { number: line.after }),
      text: line.text,
      shown: shown + cut,
    };
  });
}

/** A line that both sides have is masked if either says so. */
const shorter = (one: string | undefined, other: string | undefined, text: string): string =>
  one !== undefined && one !== text ? one : (other ?? one ?? text);

async function maskSide(
  lines: readonly DiffLine[],
  without: '+' | '-',
): Promise<{ byIndex: ReadonlyMap<number, string>; counts: ReadonlyMap<string, number> }> {
  const own = lines.map(({ sign }, at) => (sign === without ? -1 : at)).filter((at) => at >= 0);
  const { lines: masked, counts } = await maskLines(own.map((at) => lines[at]?.text ?? ''));
  return { byIndex: new Map(own.map((at, place) => [at, masked[place] ?? ''])), counts };
}

export function addTo(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [kind, count] of more) sums.set(kind, (sums.get(kind) ?? 0) + count);
}

function split(lines: readonly ShownLine[]): ShownHunk[] {
  const hunks: ShownHunk[] = [];
  let [part, bytes] = [[] as ShownLine[], 0];
  const end = (): void => {
    if (part.some(({ sign }) => sign !== ' ')) hunks.push({ lines: part, places: placesIn(part), bytes });
    [part, bytes] = [[], 0];
  };
  for (const line of lines) {
    const size = Buffer.byteLength(line.shown) + 12;
    if (bytes + size > LONGEST_HUNK) end();
    part.push(line);
    bytes += size;
  }
  end();
  return hunks;
}

/** Added lines, and the lines around those that were taken away without any in their place: there is no other one. */
function placesIn(lines: readonly ShownLine[]): Set<number> {
  const places = new Set<number>();
  const add = (line: ShownLine | undefined): void => {
    if (line?.number !== undefined) places.add(line.number);
  };
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at]?.sign === ' ') continue;
    const start = at;
    while (lines[at + 1] !== undefined && lines[at + 1]?.sign !== ' ') at += 1;
    const added = lines.slice(start, at + 1).filter(({ sign }) => sign === '+');
    if (added.length > 0) added.forEach(add);
    else [lines[start - 1], lines[at + 1]].forEach(add);
  }
  return places;
}
