/** What helps to understand a change, within a budget: docs/review.md states the rules. */
import { contentOf, type Objects } from '../checkout/objects';
import type { Repository } from '../checkout/git';
import type { Sides } from '../checkout/sides';
import { maskLines } from '../asking/masking';
import type { ShownFile } from '../asking/material';
import { lineText, type Asked, type Group } from '../asking/question';
import { makeVisible, quotedName } from '../asking/visible';
import { findUses, type Use } from './callers';
import { definedIn } from './definition';
import { enclosingOf, type Enclosing } from './enclosing';
import { listFiles, testsOf } from './listing';

export interface ContextSources {
  readonly repository: Repository;
  readonly sides: Sides;
  readonly objects: Objects;
  /** What must not be sent, whatever it would explain. */
  readonly isLeftOut: (path: string) => boolean;
}

/** Tokens are taken for so many bytes each, which is on the careful side. */
export const BYTES_A_TOKEN = 3;

/** Uses that are shown of one name, tests of one file, and titles of tests of one file. */
const MOST_USES = 4;
const MOST_TESTS = 2;
const MOST_TITLES = 25;

const TITLE =
  /^\s*(?:(?:it|test|describe|context|specify)(?:\.\w{1,20})?\s*\(|(?:async\s+)?def\s+test|func\s+Test|(?:public\s+)?void\s+\w{0,40}[tT]est|#\[test\]|@Test\b|TEST(?:_F|_P)?\s*\()/;

interface Part {
  readonly file: ShownFile;
  readonly lines: readonly string[];
}

export type ContextOf = (group: Group) => Promise<ReadonlyMap<ShownFile, readonly string[]>>;

/** @param all files of the change, so that one search serves all */
export async function contextFrom(
  sources: ContextSources,
  all: readonly ShownFile[],
  budgetTokens: number,
): Promise<ContextOf> {
  if (budgetTokens <= 0) return () => Promise.resolve(new Map());
  const files = await listFiles(sources.repository, sources.sides);
  const known = await Promise.all(all.map((file) => aboutFile(sources, file)));
  const about = new Map(known.map((each) => [each.file, each]));
  const uses = await findUses(
    sources.repository,
    sources.sides,
    known.flatMap(({ names }) => names),
  );
  return async (group) => {
    const parts: Part[] = [];
    for (const asked of group) parts.push(...enclosingParts(asked, about.get(asked.file)));
    for (const { file } of group) parts.push(...(await testParts(sources, file, files)));
    for (const { file } of group) parts.push(...useParts(sources, file, about.get(file)?.names ?? [], uses));
    return withinBudget(parts, budgetTokens * BYTES_A_TOKEN);
  };
}

interface AboutFile {
  readonly file: ShownFile;
  /** Without secrets. Empty: not known. */
  readonly lines: readonly string[];
  readonly enclosing: readonly Enclosing[];
  readonly names: readonly string[];
}

async function aboutFile({ objects }: ContextSources, file: ShownFile): Promise<AboutFile> {
  const content = await contentOf(file.change, objects);
  const lines =
    content === undefined ? [] : content.toString(file.change.isLatin1 ? 'latin1' : 'utf8').split('\n');
  const changed = file.hunks.flatMap(({ lines: own }) => own.filter(({ sign }) => sign === '+'));
  const enclosing = new Map<number, Enclosing>();
  for (const { places } of file.hunks) {
    // A hunk's changes lie close together.
    const numbers = [...places];
    for (const number of [numbers[0], numbers.at(-1)]) {
      const found = number === undefined ? undefined : enclosingOf(lines, number);
      if (found !== undefined) enclosing.set(found.start, found);
    }
  }
  const names = [
    ...changed.flatMap(({ text }) => definedIn(text) ?? []),
    ...[...enclosing.values()].map(({ name }) => name),
  ];
  const masked = await maskLines(lines);
  return {
    file,
    lines: masked.lines,
    enclosing: [...enclosing.values()],
    names: [...new Set(names.map(lastOf))],
  };
}

const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Lines of the enclosing function that no hunk has, the nearest to the change last to go. */
function enclosingParts({ file, hunks }: Asked, about: AboutFile | undefined): Part[] {
  if (about === undefined) return [];
  const inHunks = new Set(hunks.flatMap(({ lines }) => lines.flatMap(({ number }) => number ?? [])));
  return about.enclosing.flatMap(({ start, end, name }): Part[] => {
    const isNear = hunks.some(({ places }) => [...places].some((line) => line >= start && line <= end));
    const numbers = Array.from({ length: end - start + 1 }, (_, at) => start + at).filter(
      (line) => !inHunks.has(line),
    );
    if (!isNear || numbers.length === 0) return [];
    const lines = numbers.map((number) => {
      const text = about.lines[number - 1] ?? '';
      return lineText({ sign: ' ', number, text, shown: makeVisible(text).text });
    });
    return [{ file, lines: [`context: the rest of ${quotedName(name)}, which the change is in`, ...lines] }];
  });
}

async function testParts(
  { sides, objects, isLeftOut }: ContextSources,
  file: ShownFile,
  files: readonly string[],
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const path of testsOf(file.path, files, MOST_TESTS)) {
    if (isLeftOut(path)) continue;
    const content = await objects.readFile(sides.head, path);
    const titles = (content?.toString('utf8') ?? '')
      .split('\n')
      .filter((line) => TITLE.test(line.slice(0, 300)));
    const { lines } = await maskLines([path, ...titles.slice(0, MOST_TITLES)]);
    const [name = '', ...shown] = lines;
    parts.push({
      file,
      lines: [
        `context: tests of ${file.name} are in ${quotedName(name)}, by their titles`,
        ...shown.map((line) => `       | ${makeVisible(line.trim(), 200).text}`),
      ],
    });
  }
  return parts;
}

function useParts(
  { isLeftOut }: ContextSources,
  file: ShownFile,
  names: readonly string[],
  uses: ReadonlyMap<string, readonly Use[]>,
): Part[] {
  return names.flatMap((name): Part[] => {
    const found = (uses.get(name) ?? []).filter(
      ({ path, text }) => path !== file.path && !isLeftOut(path) && definedIn(text) !== name,
    );
    if (found.length === 0) return [];
    const lines = found
      .slice(0, MOST_USES)
      .map(
        ({ path, line, text }) =>
          `       | ${quotedName(path)}:${line}: ${makeVisible(text.trim(), 200).text}`,
      );
    return [
      { file, lines: [`context: ${quotedName(name)} is used in ${found.length} other places, as`, ...lines] },
    ];
  });
}

/** In their order, as long as there is room; of the one that is too long, the beginning. */
function withinBudget(parts: readonly Part[], bytes: number): Map<ShownFile, string[]> {
  const context = new Map<ShownFile, string[]>();
  let left = bytes;
  for (const { file, lines } of parts) {
    const own = context.get(file) ?? [];
    for (const [at, line] of lines.entries()) {
      const size = Buffer.byteLength(line) + 1;
      // A heading alone explains nothing.
      if (size > left || (at === 0 && left < 200)) {
        left = 0;
        break;
      }
      left -= size;
      own.push(line);
    }
    context.set(file, own);
    if (left === 0) break;
  }
  return context;
}
