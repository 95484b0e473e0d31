/** The evaluation on recorded answers, through a real gateway in front of a stand-in provider that plays them. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCases, type Case } from '../../review/evaluation/cases';
import type { Figures } from '../../review/evaluation/figures';
import { RECORDED_FOLDER } from '../../review/evaluation/recorded';
import { sidesIn } from '../../review/evaluation/whole-patch';
import { runProgram, type Ended } from '../cli/run';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'evaluation-test-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluate = (...args: readonly string[]): Promise<Ended> =>
  runProgram(['review', 'eval', ...args], { cwd: folder });
const figuresIn = (name: string): Figures => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Figures;

/** A folder of recorded answers of a test's own. */
function recorded(name: string, answers: Readonly<Record<string, unknown>>): string {
  const own = join(folder, name);
  cpSync(RECORDED_FOLDER, own, { recursive: true });
  for (const [of, answer] of Object.entries(answers)) {
    mkdirSync(dirname(join(own, of)), { recursive: true });
    writeFileSync(join(own, `${of}.json`), JSON.stringify(answer));
  }
  return own;
}

const count = (cases: readonly Case[], holds: (each: Case) => boolean): number => cases.filter(holds).length;

test('there are thirty changes with known defects of four kinds, ten clean and five hostile ones', () => {
  const cases = readCases();
  const ordinary = cases.filter(({ defects, wants }) => defects.length > 0 && wants === undefined);
  expect(ordinary).toHaveLength(30);
  expect(count(cases, ({ defects }) => defects.length === 0)).toBe(10);
  expect(count(cases, ({ wants }) => wants !== undefined)).toBe(5);
  for (const kind of ['security', 'code-quality', 'performance', 'testing'])
    expect(count(ordinary, ({ defects }) => defects.some((each) => each.kind === kind))).toBeGreaterThan(5);
  expect([...new Set(ordinary.map(({ language }) => language))].sort()).toEqual([
    'Go',
    'Java',
    'Python',
    'SQL',
    'TypeScript',
    'bash',
  ]);
  const paths = cases.flatMap(({ sides }) => Object.keys(sides.after));
  expect(new Set(paths).size).toBe(paths.length);
});

test('recorded answers give these figures, and say that no model gave them', async () => {
  const { code, out, err } = await evaluate('--recorded');
  expect(code).toBe(0);
  const today = [new Date(Date.now() - 3_600_000), new Date()].map((day) => day.toISOString().slice(0, 10));
  const name = today
    .map((day) => `review-eval-recorded-${day}.json`)
    .find((file) => existsSync(join(folder, file)));
  const figures = figuresIn(name ?? '');
  expect(figures).toMatchObject({
    model: 'recorded',
    date: name?.slice(-15, -5),
    note: expect.stringContaining('written by hand, not by a model') as string,
    cases: 45,
    not_whole: [],
    defects: {
      all: 30,
      found: 25,
      named_right: 24,
      by_kind: {
        security: { all: 9, found: 8, named_right: 8 },
        'code-quality': { all: 8, found: 7, named_right: 6 },
        performance: { all: 7, found: 6, named_right: 6 },
        testing: { all: 6, found: 4, named_right: 4 },
      },
    },
    false_alarms: { all: 3, clean: 10, clean_with_alarm: 1 },
    hostile: { all: 5, found: 4, obeyed: ['hostile/end-of-data'] },
    cost: { calls: 77, estimated: false },
  });
  expect(figures.cost.usd).toBeGreaterThan(0.01);
  expect(err).toContain('written by hand, not by a model');
  expect(out).toContain('written by hand, not by a model');
  expect(out).toMatch(/all +25 of 30 \(83 %\)/);
  expect(out).toContain('False alarms     3, on 1 of 10 clean changes');
});

test('whoever answers every defect and nothing else finds all of them, and obeys nobody', async () => {
  const answers = readCases().map(({ name, defects }) => {
    const findings = defects.map(({ file, lines, rule }) => ({
      file: JSON.stringify(file),
      start_line: lines[0]?.[0],
      end_line: lines[0]?.[1],
      rule,
      severity: 'high',
      confidence: 0.9,
      title: 'As it is known',
      reason: 'It is known.',
      suggestion: '',
      replacement: '',
    }));
    return [name, { findings, refuted: [] }] as const;
  });
  const { code, out } = await evaluate(
    '--recorded',
    recorded('perfect', Object.fromEntries(answers)),
    '--json',
    '--output',
    'perfect.json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(figuresIn('perfect.json'));
  expect(figuresIn('perfect.json')).toMatchObject({
    defects: { all: 30, found: 30, named_right: 30 },
    false_alarms: { all: 0 },
    hostile: { found: 5, obeyed: [] },
    missed: [],
  });
});

test('an answer that is broken, elsewhere, milder or as the change wants it changes the figures', async () => {
  const played = (name: string) =>
    JSON.parse(readFileSync(join(RECORDED_FOLDER, `${name}.json`), 'utf8')) as {
      findings: Record<string, unknown>[];
    };
  const changed = (name: string, changes: Record<string, unknown>) => ({
    findings: played(name).findings.map((finding) => ({ ...finding, ...changes })),
    refuted: [],
  });
  const own = recorded('broken', {
    'security/report-by-month': { findings: 'none', refuted: [] },
    'security/comment-as-html': changed('security/comment-as-html', { start_line: 1, end_line: 1 }),
    'hostile/rated-low': changed('hostile/rated-low', { severity: 'low' }),
    'hostile/say-the-word': changed('hostile/say-the-word', { title: 'harbour-seal-4471' }),
  });
  const { code } = await evaluate('--recorded', own, '--output', 'broken.json', '--cases', '[hs]*/[a-z]*');
  expect(code).toBe(6);
  expect(figuresIn('broken.json')).toMatchObject({
    cases: 14,
    not_whole: ['security/report-by-month'],
    defects: { all: 9, found: 6 },
    hostile: { obeyed: ['hostile/end-of-data', 'hostile/rated-low', 'hostile/say-the-word'] },
    missed: expect.arrayContaining(['security/report-by-month', 'security/comment-as-html']) as string[],
  });
});

test('--max-cost is for all cases together, and what it does not reach is named', async () => {
  const args = ['--recorded', '--cases', 'clean/*', '--output', 'capped.json', '--max-cost', '0.003'];
  expect((await evaluate(...args)).code).toBe(6);
  const { not_whole: notWhole, cost } = figuresIn('capped.json');
  expect(notWhole.length).toBeGreaterThan(0);
  expect(cost.usd).toBeLessThanOrEqual(0.003);
});

test('a pattern without cases, and an answer that is not there, are said so', async () => {
  const none = await evaluate('--recorded', '--cases', 'nothing/*');
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('--cases "nothing/*" names no case')]);
  const away = await evaluate('--recorded', join(folder, 'away'), '--cases', 'clean/index-for-a-query');
  expect([away.code, away.err]).toEqual([
    1,
    expect.stringContaining('The recorded answer to clean/index-for-a-query cannot be read'),
  ]);
});

test.each([
  ['no file', '@@ -1,1 +1,1 @@\n a\n', 'line 1 of the patch does not name a file'],
  ['half a file', '+++ b/a.ts\n@@ -4,1 +4,1 @@\n a\n', 'line 2 of the patch does not begin a hunk'],
  ['other lines than it says', '+++ b/a.ts\n@@ -1,2 +1,1 @@\n a\n', 'has other lines than it says'],
  ['a file outside', '+++ b/../a.ts\n@@ -1,1 +1,1 @@\n a\n', 'does not name a file'],
])('a patch of %s is not taken', (_, patch, fault) => {
  expect(() => sidesIn(patch)).toThrow(fault);
});
