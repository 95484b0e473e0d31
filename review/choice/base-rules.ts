/** What the project itself says of its files: `.aiignore` and `.gitattributes`, as the base has them, never the change. */
import ignore from 'ignore';
import type { Objects } from '../checkout/objects';
import type { FileChange } from '../checkout/file-change';

/** Bytes of such a file that are read, and rules in it. */
const LONGEST = 64 * 1024;
const MOST_RULES = 1_000;
/** UTF-16 units of a rule: the library makes an expression of it. */
const LONGEST_RULE = 500;
/** Folders whose attributes are read. */
const MOST_FOLDERS = 200;

export interface BaseRules {
  isIgnored(path: string): boolean;
  isGenerated(path: string): boolean;
  isVendored(path: string): boolean;
}

type Matcher = (path: string) => boolean;

/** @param base tree or commit. @default - nothing is said */
export async function readBaseRules(
  objects: Objects,
  base: string | undefined,
  files: readonly FileChange[],
): Promise<BaseRules> {
  if (base === undefined) return { isIgnored: never, isGenerated: never, isVendored: never };
  const lines = linesOf(await objects.readFile(base, '.aiignore'));
  const attributes: Attribute[] = [];
  for (const folder of foldersOf(files)) {
    const text = await objects.readFile(base, `${folder}.gitattributes`);
    attributes.push(...attributesIn(folder, linesOf(text)));
  }
  return {
    isIgnored: matcherOf(lines),
    isGenerated: (path) => lastOf(attributes, 'linguist-generated', path),
    isVendored: (path) => lastOf(attributes, 'linguist-vendored', path),
  };
}

const never: Matcher = () => false;

const linesOf = (content: Buffer | undefined): string[] =>
  (content ?? Buffer.alloc(0))
    .subarray(0, LONGEST)
    .toString('utf8')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.length <= LONGEST_RULE && !hasManyStars(line))
    .slice(0, MOST_RULES);

/** Each star may match anything: the time of many grows without end. */
const hasManyStars = (line: string): boolean => line.split('*').length > 8;

function matcherOf(lines: readonly string[]): Matcher {
  const rules = ignore({ allowRelativePaths: true }).add([...lines]);
  return (path) => {
    try {
      return rules.ignores(path);
    } catch {
      // A name that is no path for the library, as "../a", is no name that git knows.
      return false;
    }
  };
}

/** The top folder, and every one on the way to a file; the outer ones first. */
function foldersOf(files: readonly FileChange[]): string[] {
  const folders = new Set(['']);
  for (const { path } of files)
    for (let at = path.indexOf('/'); at >= 0 && folders.size < MOST_FOLDERS; at = path.indexOf('/', at + 1))
      folders.add(path.slice(0, at + 1));
  return [...folders].sort((one, other) => one.length - other.length);
}

interface Attribute {
  readonly name: string;
  readonly isSet: boolean;
  readonly matches: Matcher;
}

const NAMES = ['linguist-generated', 'linguist-vendored'];

function attributesIn(folder: string, lines: readonly string[]): Attribute[] {
  return lines.flatMap((line) => {
    const [pattern = '', ...words] = line.trim().split(/\s+/);
    if (pattern === '' || pattern.startsWith('#') || pattern.startsWith('!')) return [];
    const said = words.flatMap((word) => {
      const [, sign = '', name = '', value = 'true'] = /^([-!]?)([\w-]+)(?:=(\w+))?$/.exec(word) ?? [];
      return NAMES.includes(name) ? [{ name, isSet: sign === '' && value !== 'false' }] : [];
    });
    if (said.length === 0) return [];
    const inFolder = matcherOf([pattern]);
    const matches: Matcher = (path) => path.startsWith(folder) && inFolder(path.slice(folder.length));
    return said.map((each) => ({ ...each, matches }));
  });
}

/** The last word that is said of a file counts. */
const lastOf = (attributes: readonly Attribute[], wanted: string, path: string): boolean =>
  attributes.findLast(({ name, matches }) => name === wanted && matches(path))?.isSet ?? false;
