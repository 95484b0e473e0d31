/** What the docs tell people to type, write and follow is held against the program and the sources. */
import { docFiles, readDoc } from '../../documentation/doc-files';
import { readPage, type Fence } from '../../documentation/markdown-tokens';
import { dataFaults } from '../../documentation/snippets/check-data';
import { linkFaults, unusedExternal } from '../../documentation/snippets/check-links';
import { isShell, shellFaults } from '../../documentation/snippets/check-shell';
import { typescriptFaults } from '../../documentation/snippets/check-typescript';
import { shellCommands } from '../../documentation/snippets/shell-words';

const pages = docFiles().map((file) => readPage(file, readDoc(file)));
const fences = pages.flatMap((page) => page.fences);

const fence = (language: string, text: string, ...marks: string[]): Fence => ({
  file: 'docs/a.md',
  line: 7,
  language,
  marks,
  text,
  heading: 'CloneProps',
});

test('every block of shell names commands and options that there are, and says whether it is run', () => {
  expect(fences.filter(isShell).length).toBeGreaterThan(25);
  expect(fences.filter(isShell).flatMap(shellFaults)).toEqual([]);
});

test.each([
  ['contractor-workspace keys creat ci frontend', "unknown command 'creat'"],
  ['contractor-workspace keys list --usr ann', "unknown option '--usr'"],
  ['contractor-workspace keys list | grep ann && npm run snyth', 'package.json has no script "snyth"'],
  ['npm run diff -- origin/main --markdwn', "unknown option '--markdwn'"],
  ['sudo contractor-workspace keys raise ann-laptop --by much', "'much' is invalid"],
  [
    'GATEWAY_ADMIN_ULR=https://a.example contractor-workspace keys list',
    'there is no variable GATEWAY_ADMIN_ULR',
  ],
  ['node --require ./scripts/register.cjs src/main.ts', 'there is no file ./scripts/register.cjs'],
  ['contractor-workpace up', '"contractor-workpace" is in documentation/snippets/programs.json for nobody'],
  ['echo "a', 'unexpected EOF'],
])('%s is refused', (text, fault) => {
  expect(shellFaults(fence('sh', text, 'needs-gateway')).join('\n')).toContain(`docs/a.md:7: `);
  expect(shellFaults(fence('sh', text, 'needs-gateway')).join('\n')).toContain(fault);
});

test('a block that says nothing of itself is refused, and one with a word that is none', () => {
  expect(shellFaults(fence('sh', 'npm ci'))[0]).toMatch(/^docs\/a\.md:7: says neither that it is run/);
  expect(shellFaults(fence('sh', 'npm ci', 'later'))).toEqual(['docs/a.md:7: "later" is no mark']);
  expect(shellFaults(fence('sh', 'GATEWAY_PORT=4000'))).toEqual([]);
});

test('shell is taken apart as a shell does', () => {
  const text = `A=1 one 'a b' "c $d" \\
  e#f # said
two > file 2>&1 < other && three $(four "five") | six; cat <<EOF
seven
EOF
eight`;
  expect(shellCommands(text).map(({ words }) => words)).toEqual([
    ['one', 'a b', 'c $d', 'e#f'],
    ['two'],
    ['three', '$(four "five")'],
    ['six'],
    ['cat'],
    ['eight'],
  ]);
  expect(shellCommands(text)[0]?.assignments).toEqual(['A=1']);
  expect(shellCommands(text)[1]?.line).toBe(2);
});

test('TypeScript of the docs is what the compiler takes', () => {
  const written = fences.filter(({ language }) => language === 'ts');
  expect(written.length).toBeGreaterThan(40);
  const wrong = [
    fence('ts', '{ submodule: true }'),
    fence('ts', "runTemplateProgram({ name: 'a', workspace: { cpu: 4 } });"),
    fence('ts', 'new NoSuchConstruct(this);'),
  ];
  // One program for all of it: it takes seconds to be made.
  const faults = typescriptFaults([...written, ...wrong]);
  expect(faults.filter((fault) => !fault.startsWith('docs/a.md'))).toEqual([]);
  expect(faults.join('\n')).toMatch(
    /'submodule' does not exist[^]*'number' is not assignable[^]*NoSuchConstruct/,
  );
});

test('JSON and YAML can be read, and every block is of a known language', () => {
  expect(fences.flatMap(dataFaults)).toEqual([]);
  expect(dataFaults(fence('json', '{ "a": }'))).toHaveLength(1);
  expect(dataFaults(fence('yaml', 'a: [1\nb: 2'))).toHaveLength(1);
  expect(dataFaults(fence('jsno', ''))).toHaveLength(1);
});

test('every link leads to a file or heading that there is, or to a host that is listed', () => {
  expect(linkFaults(pages)).toEqual([]);
  expect(unusedExternal(pages)).toEqual([]);
  const wrong = readPage(
    'docs/a.md',
    '# A\n\n[b](no-such.md) [c](errors.md#no-such) [d](https://no-such.example) [e](errors.md#errors) [f](../README.md)\n\n<img src="b.svg">',
  );
  expect(linkFaults([...pages, wrong])).toEqual([
    'docs/a.md:3: there is no docs/no-such.md',
    'docs/a.md:3: docs/errors.md has no heading for #no-such',
    'docs/a.md:3: https://no-such.example is not in documentation/snippets/external-links.json',
    'docs/a.md:5: there is no docs/b.svg',
  ]);
});

test('no page has HTML but pictures: GitHub would swallow it, or show it', () => {
  const others = pages.flatMap(({ file, html }) =>
    html.filter((each) => !/^<\/?(picture|source|img)\b/.test(each)).map((each) => `${file}: ${each}`),
  );
  expect(others).toEqual([]);
});
