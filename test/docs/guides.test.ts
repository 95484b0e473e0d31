/** What the guides promise about themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const FOLDER = join(ROOT, 'docs/guides');
const GUIDES = readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md');
const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

test.each(GUIDES)('%s is listed, and no longer than one reads at a sitting', (name) => {
  expect(textOf('README.md')).toContain(`](${name})`);
  expect(textOf(name).split('\n').length).toBeLessThanOrEqual(151);
});

test.each(GUIDES)('%s says after its commands what one should see', (name) => {
  const sections = textOf(name)
    .split(/^#{2,3} /m)
    .filter((section) => section.includes('```sh'));
  expect(sections.length).toBeGreaterThan(0);
  const silent = sections.filter((section) => !/you should see/i.test(section));
  expect(silent.map((section) => section.split('\n', 1)[0])).toEqual([]);
});

/** Rows of the checklist: the point, a file of tests, and words of a test in it. */
const CHECKLIST = textOf('security-officer.md')
  .split('\n')
  .flatMap((line) => {
    const [, point, file, title] = /^\| ([^|]+) \| `(test\/[^`|]+)` \| ([^|]+) \|$/.exec(line) ?? [];
    return point === undefined || file === undefined || title === undefined ? [] : [{ point, file, title }];
  });

test('the checklist has its points', () => {
  expect(CHECKLIST.length).toBeGreaterThan(30);
});

test.each(CHECKLIST)('the checklist: $point', ({ file, title }) => {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  // A title stands on the line of its test, or on the next one.
  const isTest = (line: string | undefined): boolean => /\b(test|describe)\b.*\(/.test(line ?? '');
  const found = lines.filter((line, at) => line.includes(title) && (isTest(line) || isTest(lines[at - 1])));
  expect(found).not.toEqual([]);
});
