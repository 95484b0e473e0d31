import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { FORGES } from '../../../review/forges/names';
import { faultOf, RECIPES, renderRecipe } from '../../../review/recipes/render';
import { runProgram, type Ended } from '../../cli/run';

const OPTIONS = { image: 'registry.example.com/workspace:1', codeScanning: false };
const run = (folder: string, ...args: readonly string[]): Promise<Ended> =>
  runProgram(['review', 'recipe', ...args, '--repository', folder]);

test.each(FORGES)(
  'the recipe for %s is written, current, told to be old, and keeps its choices',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'recipe-'));
    const file = join(folder, RECIPES[name].path);
    const missing = await run(folder, name, '--check');
    expect([missing.code, missing.out]).toEqual([1, expect.stringContaining('is missing')]);
    const nameless = await run(folder, name);
    expect([nameless.code, nameless.err]).toEqual([2, expect.stringContaining('--image is missing')]);
    const image = ['--image', OPTIONS.image];
    const written = await run(folder, name, ...image, '--fail-on', 'high', '--max-cost', '0.20');
    expect([written.code, written.out]).toEqual([0, expect.stringContaining('AI_GATEWAY_KEY')]);
    expect((await run(folder, name, '--check')).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toBe(renderRecipe(name, { ...OPTIONS, failOn: 'high', maxCost: 0.2 }));
    writeFileSync(file, text.replace('set -eu', 'set -u'));
    const old = await run(folder, name, '--check');
    expect([old.code, old.out]).toEqual([1, expect.stringContaining('is not what this version writes')]);
    expect((await run(folder, name)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(text);
    writeFileSync(file, 'name: ours\n');
    const foreign = await run(folder, name, ...image);
    expect([foreign.code, foreign.err]).toEqual([
      2,
      expect.stringContaining('was not written by this command'),
    ]);
    expect(readFileSync(file, 'utf8')).toBe('name: ours\n');
  },
);

test.each(['github', 'gitea'] as const)(
  '%s: no action of others, no secret for forks, few permissions',
  (name) => {
    const text = renderRecipe(name, OPTIONS);
    const file = parse(text) as Record<string, unknown>;
    expect(text).not.toMatch(/^\s*(- )?uses:/m);
    expect(Object.keys(file['on'] as object)).toEqual(['pull_request']);
    expect(text.match(/^ +[a-z-]+: write$/gm)).toHaveLength(name === 'github' ? 1 : 2);
    const { run: script } = (file['jobs'] as { review: { steps: [{ run: string }] } }).review.steps[0];
    expect(script).not.toContain('${{');
  },
);

test.each([
  ['github', 'pull_request:', 'pull_request_target:'],
  ['github', 'contents: read', 'contents: write'],
  ['github', '    steps:\n', '    steps:\n      - uses: actions/checkout@v4\n'],
  ['github', 'run: |\n', 'run: |\n          echo ${{ github.event.pull_request.title }}\n'],
  ['gitea', 'pull_request:', 'pull_request_target:'],
  ['gitea', 'timeout-minutes: 20', 'timeout-minutes: often'],
  ['gitlab', 'script:', 'scripts:'],
  ['gitlab', 'GIT_STRATEGY: none', 'GIT_STRATEGY: [none]'],
] as const)('the schema for %s takes "%s", and not "%s"', (name, from, to) => {
  const text = renderRecipe(name, OPTIONS);
  expect(text).toContain(from);
  expect(faultOf(name, text)).toBeUndefined();
  expect(faultOf(name, text.replace(from, to))).toEqual(expect.any(String));
});

test('code scanning adds its permission, and is for GitHub alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  const args = ['--image', 'a', '--code-scanning', '--stdout'];
  const { out } = await run(folder, 'github', ...args);
  expect(out).toContain('security-events: write');
  expect(out).toContain('REVIEW_CODE_SCANNING: "1"');
  const other = await run(folder, 'gitlab', ...args);
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('for GitHub alone')]);
});

test.each([
  [['--image', 'a b'], /--image must be the name of an image/],
  [['--image', 'a', '--runner', 'x\ny'], /--runner must be one label/],
])('%p is refused', async (args, says) => {
  const { code, err } = await run(mkdtempSync(join(tmpdir(), 'recipe-')), 'github', ...args);
  expect([code, err]).toEqual([2, expect.stringMatching(says)]);
});
