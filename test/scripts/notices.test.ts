import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { notices } from '../../scripts/notices/notices';
import { readPackages } from '../../scripts/notices/read-packages';

const ROOT = resolve(__dirname, '../..');
const packages = readPackages(ROOT);

test('the committed notices are those of what is installed; "npm run notices" makes them anew', () => {
  expect(readFileSync(join(ROOT, 'THIRD-PARTY-NOTICES.md'), 'utf8')).toBe(notices(packages));
});

test('all that is used is in them, nothing of development, and each says its licence', () => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const names = new Set(packages.map(({ name }) => name));
  expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
  expect(
    ['jest', 'typescript', 'markdown-it'].filter((name) => name in devDependencies && names.has(name)),
  ).toEqual([]);
  expect(packages.filter(({ licence }) => licence === 'not said' || /GPL/.test(licence))).toEqual([]);
});

test('texts that differ in whom they name are one; whom they name is kept', () => {
  const mit = (who: string): string => `MIT License\n\nCopyright (c) 2020 ${who}\n\n(c) You may use it\n`;
  const text = notices([
    { name: 'a', version: '1.0.0', licence: 'MIT', texts: [mit('Ann <ann@example.com>')] },
    { name: 'b', version: '2.0.0', licence: 'MIT', texts: [mit('Bob')] },
    { name: 'c', version: '3.0.0', licence: 'ISC', texts: [] },
  ]);
  expect(text).toContain('| MIT | 2 |\n| ISC | 1 |');
  expect(text).toContain('- a 1.0.0 (MIT): Copyright (c) 2020 Ann &lt;ann@example.com>\n');
  expect(text).toContain('- c 3.0.0 (ISC)\n');
  expect(text.match(/\(c\) You may use it/g)).toHaveLength(1);
  expect(text).toContain('### a 1.0.0 and 1 more\n\na 1.0.0, b 2.0.0\n');
});
