import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { say } from '../standins/anthropic';
import { answerWith, finding, textOf } from './support/model';
import { makeRepository, type TestRepository } from './support/repository';
import { reviewIn, runReview, type At } from './support/reviewed';

let gateway: TestGateway;
let at: At;
let repository: TestRepository;

beforeAll(async () => {
  gateway = await startTestGateway();
  const { json } = await gateway.request(`${gateway.adminUrl}/key/generate`, {
    key: MASTER_KEY,
    body: { scope: 'agent:review', key_alias: 'review' },
  });
  at = { url: gateway.dataUrl, key: json.key };
  repository = makeRepository({ 'src/load.ts': 'export function load(id: string) {\n  return id;\n}\n' });
  repository.commit('load from the database', {
    'src/load.ts': 'export function load(id: string) {\n  return db.query("select " + id);\n}\n',
  });
});
afterAll(async () => {
  repository.remove();
  await gateway.close();
});
beforeEach(() => gateway.standin.reset());

test('a range is reviewed, looked at a second time, and booked in the ledger', async () => {
  await gateway.clearLedger();
  answerWith(gateway.standin, { findings: [finding()] });
  const { code, out } = await runReview(repository, at, ['main...HEAD', '--json']);
  const report = JSON.parse(out) as Record<string, unknown>;
  expect(code).toBe(0);
  expect(report).toMatchObject({
    version: 1,
    complete: true,
    reviewed: { kind: 'range', files: 1, hunks: 1, remembered_hunks: 0 },
    findings: [
      {
        path: 'src/load.ts',
        start_line: 2,
        end_line: 2,
        rule: 'security/sql-injection',
        severity: 'high',
        checked: true,
      },
    ],
    cost: { calls: 2, cap_usd: 0.5, estimated: false },
    models: { review: 'claude-sonnet', refute: 'claude-haiku' },
  });
  const calls = await gateway.ledger(2);
  expect(calls.map(({ model }) => model)).toEqual(['claude-sonnet-5-5', 'claude-haiku-4-5']);
  const booked = calls.reduce((sum, { cost_nano: nano }) => sum + Number(nano), 0) / 1e9;
  expect(booked).toBeGreaterThan(0);
  const { usd } = report['cost'] as { usd: number };
  expect(Math.abs(usd - booked)).toBeLessThan(booked);
});

test('what is asked has no tools, and the change stands between marks of this run', async () => {
  answerWith(gateway.standin, {});
  await reviewIn(repository, at);
  await reviewIn(repository, at);
  const bodies = gateway.standin.requests.map(({ body }) => body as Record<string, unknown>);
  const markers = bodies.map(
    (body) => /<<<DATA ([0-9a-f]{32})\nmessages/.exec(textOf(body['messages']))?.[1],
  );
  expect(bodies.map((body) => 'tools' in body)).toEqual([false, false]);
  expect(new Set(markers).size).toBe(2);
  expect(markers).not.toContain(undefined);
  expect(textOf(bodies[0]?.['messages'])).toContain('     2 +   return db.query("select " + id);');
});

test('findings that are refuted, about other lines, or beyond the number are not shown, but counted', async () => {
  answerWith(gateway.standin, {
    findings: [
      finding({ title: 'Refuted', rule: 'security/other', confidence: 1, severity: 'critical' }),
      finding({ title: 'Stands' }),
      finding({ title: 'Weighs less', rule: 'testing/missing-test', severity: 'low' }),
      finding({ title: 'No such line', start_line: 90, end_line: 91 }),
      finding({ title: 'No such file', file: '"src/other.ts"' }),
      finding({ title: 'Not a changed line', start_line: 1, end_line: 1, rule: 'security/unchecked-input' }),
    ],
    refuted: [1],
  });
  const { findings, dropped } = await reviewIn(repository, at, { most: 1 });
  expect(findings.map(({ title }) => title)).toEqual(['Stands']);
  expect(dropped).toEqual({ outside: 3, refuted: 1, beyond: 1 });
});

test('an answer that is not of the form is asked for once more, and then its files are left out', async () => {
  gateway.standin.setDefault(() => say('I would rather talk.'));
  const report = await reviewIn(repository, at);
  expect(report.leftOut).toEqual([{ path: 'src/load.ts', reason: 'not-understood' }]);
  expect(report.cost.calls).toBe(2);
  const again = textOf((gateway.standin.requests[1]?.body as Record<string, unknown>)['messages']);
  expect(again).toContain('it is no JSON.');

  gateway.standin.reset();
  gateway.standin.answer(say('no'), say(JSON.stringify({ findings: [] })));
  expect(await reviewIn(repository, at)).toMatchObject({ leftOut: [], findings: [], cost: { calls: 2 } });
});

test('--fail-on ends with 1, and a part that could not be reviewed with 6', async () => {
  answerWith(gateway.standin, { findings: [finding()] });
  const strict = await runReview(repository, at, ['main...HEAD', '--fail-on', 'high', '--no-cache']);
  const mild = await runReview(repository, at, ['main...HEAD', '--fail-on', 'critical', '--no-cache']);
  expect([strict.code, mild.code]).toEqual([1, 0]);
  expect(strict.out).toContain('src/load.ts:2');
  gateway.standin.setDefault(() => say('x'.repeat(1024 * 1024 + 1)));
  const partial = await runReview(repository, at, ['main...HEAD', '--no-cache']);
  expect(partial.code).toBe(6);
  expect(partial.out).toContain('could not be understood: src/load.ts');
});

test('what is staged and what is named is reviewed as well', async () => {
  const own = makeRepository({ 'a.ts': 'const one = 1;\n', 'b.ts': 'const b = 1;\n' });
  own.write({ 'a.ts': 'const one = 2;\n', 'b.ts': 'const b = 2;\n' });
  own.git('add', 'a.ts');
  const objects = own.git('count-objects', '-v');
  answerWith(gateway.standin, {
    findings: (text) =>
      ['"a.ts"', '"b.ts"']
        .filter((file) => text.includes(`file: ${file}`))
        .map((file) => finding({ file, start_line: 1, end_line: 1 })),
  });
  const staged = await reviewIn(own, at, { target: { kind: 'staged' } });
  const named = await reviewIn(own, at, { target: { kind: 'files', names: ['b.ts'] } });
  expect(staged.findings.map(({ path }) => path)).toEqual(['a.ts']);
  expect(named.findings.map(({ path }) => path)).toEqual(['b.ts']);
  expect(own.git('count-objects', '-v')).toBe(objects);
  own.remove();
});

test('--dry-run shows what would be sent and the most it can cost, and asks no model', async () => {
  const { code, out } = await runReview(repository, at, ['main...HEAD', '--dry-run', '--json']);
  const plan = JSON.parse(out) as { max_cost_usd: number; requests: unknown[]; files: string[] };
  expect(code).toBe(0);
  expect(plan.files).toEqual(['src/load.ts']);
  expect(plan.requests).toHaveLength(1);
  expect(plan.max_cost_usd).toBeGreaterThan(0);
  expect(plan.max_cost_usd).toBeLessThan(3);
  expect(gateway.standin.requests).toEqual([]);
});

test('a key that is refused, a gateway that is away, and a model that may not be used are said so', async () => {
  const wrong = await runReview(repository, { ...at, key: 'sk-not-a-key-of-anybody-000' }, ['main...HEAD']);
  expect([wrong.code, wrong.err]).toEqual([3, expect.stringContaining('does not take the key')]);
  const away = await runReview(repository, { ...at, url: 'http://127.0.0.1:1' }, ['main...HEAD']);
  expect([away.code, away.err]).toEqual([
    4,
    expect.stringContaining('does not answer at http://127.0.0.1:1'),
  ]);
  const other = await runReview(repository, at, ['main...HEAD', '--model', 'claude-opus']);
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('may not use "claude-opus"')]);
});
