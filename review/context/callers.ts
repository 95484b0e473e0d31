/** Lines elsewhere that use what a change defines. */
import { askGit, type Repository } from '../checkout/git';
import type { Sides } from '../checkout/sides';

export interface Use {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Names that are looked for in one run. */
const MOST_NAMES = 40;
/** Shorter ones are everywhere. */
const SHORTEST = 4;
/** Bytes and milliseconds of one search of the whole tree. */
const LIMITS = { bytes: 1024 * 1024, ms: 20_000 };

/**
 * One search for all names.
 *
 * @returns by name, in the order of the files; fewer than there are where it takes long
 */
export async function findUses(
  repository: Repository,
  { head, extra }: Sides,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly Use[]>> {
  const wanted = [...new Set(names)].filter((name) => name.length >= SHORTEST).slice(0, MOST_NAMES);
  if (wanted.length === 0) return new Map();
  const said = await askGit(
    repository,
    [
      'grep',
      '-n',
      '-z',
      '-I',
      '-F',
      '-w',
      '--no-color',
      '--no-textconv',
      '--no-recurse-submodules',
      '--full-name',
      ...wanted.flatMap((name) => ['-e', name]),
      head,
    ],
    { extra, limits: LIMITS },
  );
  const uses = new Map<string, Use[]>(wanted.map((name) => [name, []]));
  for (const line of said.out.toString('utf8').split('\n')) {
    // tree:path, a zero, the line's number, a zero, the line
    const [place = '', number = '', text = ''] = line.split('\0', 3);
    const path = place.slice(head.length + 1);
    if (path === '' || !/^\d{1,9}$/.test(number)) continue;
    const words = new Set(text.slice(0, 1_000).match(/[\w$]{1,200}/g) ?? []);
    for (const name of wanted)
      if (words.has(name)) uses.get(name)?.push({ path, line: Number(number), text: text.slice(0, 300) });
  }
  return uses;
}
