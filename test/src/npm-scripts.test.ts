import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

/** What ends by itself within a minute or so and starts nothing that outlives it. */
const SHORT = [
  'build',
  'prepack',
  'synth',
  'diff',
  'preflight',
  'example',
  'shapes',
  'bindings',
  'bindings:refresh',
  'lock',
  'typecheck',
  'lint',
  'format',
];

test('every script that runs long takes the place of the shell npm starts it with, so that signals reach it', () => {
  const long = Object.entries(scripts).filter(([name]) => !SHORT.includes(name));
  expect(long.map(([name]) => name)).toContain('gateway');
  expect(long.filter(([, script]) => !/^exec [^;&|]+$/.test(script))).toEqual([]);
});

test('the list of short ones names only what is there', () => {
  expect(SHORT.filter((name) => !(name in scripts))).toEqual([]);
});
