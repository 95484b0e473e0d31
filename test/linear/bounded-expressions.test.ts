import { Linter } from 'eslint';
import rule from '../../scripts/lint/bounded-expressions.cjs';

const NAME = 'gateway/bounded-expressions';

function faultsOf(code: string): string[] {
  const linter = new Linter();
  const plugins = { gateway: { rules: { 'bounded-expressions': rule } } };
  return linter
    .verify(code, [{ plugins, rules: { [NAME]: 'error' } }])
    .map(({ ruleId, line }) => `${ruleId ?? 'no rule'} ${line}`);
}

test.each([
  "sent.split(',')",
  'sent.split(/,/)',
  "name.replace(/[^a-z]/g, '_')",
  "name.replace(/[^a-z]/g, '_').slice(0, 64)",
  "name.replaceAll('a', 'b')",
  'name.match(/a/)',
  '[...name.matchAll(/a/g)]',
  'name.search(/a/)',
  '/a/.test(name)',
  'NAME.exec(name)',
  'pattern.exec(path)',
  'new RegExp(name)',
  'RegExp(name)',
  "name.slice(0, 64).split(',')",
  '// bound to fail\nname.split(",")',
])('an expression over text of unknown length is a fault: %s', (code) => {
  expect(faultsOf(code)).toHaveLength(1);
  expect(faultsOf(code)[0]).toMatch(NAME);
});

test.each([
  "cut(name, 64).split(',')",
  "cut(name, 64).replace(/[^a-z]/g, '_')",
  'NAME.test(cut(name, 64))',
  "'a b c'.split(' ')",
  "// bounded: a header is no longer than Node takes\nconst [name] = header.split(';', 1);",
  "const names = list\n  .filter((each) => each)\n  // bounded: as the list\n  .map((each) => each.split(','));",
  'store.search({ name })',
  "list.includes('a')",
  'handler.test()',
])('what is bounded is none: %s', (code) => {
  expect(faultsOf(code)).toEqual([]);
});
