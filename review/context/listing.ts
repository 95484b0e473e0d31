/** Names of the files of a tree. */
import { askGit, type Repository } from '../checkout/git';
import type { Sides } from '../checkout/sides';

/** Bytes of names that are read. */
const BYTES = 16 * 1024 * 1024;

export async function listFiles(repository: Repository, { head, extra }: Sides): Promise<readonly string[]> {
  const said = await askGit(repository, ['ls-tree', '-r', '-z', '--name-only', head], {
    extra,
    limits: { bytes: BYTES, ms: 30_000 },
  });
  return said.out.toString('utf8').split('\0').slice(0, -1);
}

const TEST_MARK = /[._-](?:tests?|specs?)$|^tests?[._-]|(?:Tests?|Specs?|IT)$/;

/** "foo" of "src/foo.test.ts", "test_foo.py", "FooTest.java": which file it is the test of, in small letters. */
export function subjectOf(path: string): { readonly subject: string; readonly isTest: boolean } {
  const stem = path
    .slice(path.lastIndexOf('/') + 1, -1 - extensionOf(path).length || undefined)
    .slice(0, 200);
  const isTest = TEST_MARK.test(stem) || /(^|\/)(tests?|specs?|__tests__)\//.test(path.slice(0, 1_000));
  return { subject: stem.replace(TEST_MARK, '').toLowerCase(), isTest };
}

const extensionOf = (path: string): string => /\.([A-Za-z0-9]{1,12})$/.exec(path)?.[1] ?? '';

/** Tests of a file: of the same subject and language, wherever they lie; the nearest names first. */
export function testsOf(path: string, files: readonly string[], most: number): string[] {
  const { subject, isTest } = subjectOf(path);
  if (isTest || subject.length < 2) return [];
  const extension = extensionOf(path).replace(/^[cm]?([jt])sx?$/, '$1s');
  const found: string[] = [];
  for (const file of files) {
    if (!file.toLowerCase().includes(subject)) continue;
    const other = subjectOf(file);
    const isOfLanguage = extensionOf(file).replace(/^[cm]?([jt])sx?$/, '$1s') === extension;
    if (other.isTest && other.subject === subject && isOfLanguage) found.push(file);
  }
  return found.sort((one, other) => sharedWith(path, other) - sharedWith(path, one)).slice(0, most);
}

/** Letters that two paths begin with. */
function sharedWith(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}
