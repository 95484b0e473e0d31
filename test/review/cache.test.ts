import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCache } from '../../review/cache';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { TOKENS } from '../masking/planted';
import { answerWith, finding } from './support/model';
import { makeRepository, type TestRepository } from './support/repository';
import { reviewIn, type At } from './support/reviewed';

let gateway: TestGateway;
let at: At;
let repository: TestRepository;
let folder: string;

const SECRET = TOKENS['github']?.[1]('cache') ?? '';
const far = (text: string): string => `${'// far away\n'.repeat(20)}${text}\n${'// far away\n'.repeat(20)}`;

beforeAll(async () => {
  gateway = await startTestGateway();
  at = { url: gateway.dataUrl, key: await gateway.workspaceKey() };
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.standin.reset();
  folder = join(mkdtempSync(join(tmpdir(), 'review-cache-')), 'review');
  repository = makeRepository({ 'a.ts': far('one'), 'b.ts': 'one\n' });
  repository.commit('two', { 'a.ts': far(`query(two); // ${SECRET}`), 'b.ts': 'two\n' });
  answerWith(gateway.standin, {
    findings: (text) => {
      const [, line] = /^ +(\d+) \+ query/m.exec(text) ?? [];
      return line === undefined
        ? []
        : [finding({ file: '"a.ts"', start_line: Number(line), end_line: Number(line) })];
    },
  });
});
afterEach(() => {
  repository.remove();
  rmSync(join(folder, '..'), { recursive: true });
});

const reviewed = () => reviewIn(repository, at, { cache: openCache(folder) });

test('an unchanged hunk is not paid for twice, and its finding moves with it', async () => {
  const first = await reviewed();
  expect([first.findings[0]?.startLine, first.cost.calls]).toEqual([21, 2]);
  const again = await reviewed();
  expect(again).toMatchObject({ cost: { calls: 0, usd: 0 }, what: { remembered: 2 } });
  expect(again.findings).toEqual(first.findings);
  // Further down, and another file changed once more.
  repository.commit('three', { 'a.ts': `// new\n${far(`query(two); // ${SECRET}`)}`, 'b.ts': 'three\n' });
  const moved = await reviewed();
  expect(moved.findings[0]).toMatchObject({ startLine: 22, fingerprint: first.findings[0]?.fingerprint });
  expect(moved.what.remembered).toBe(1);
  expect(moved.cost.calls).toBe(1);
});

test('it is for the person alone, and holds no secret', async () => {
  await reviewed();
  const files = readdirSync(folder);
  expect(files).toHaveLength(2);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const file of files) {
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, file), 'utf8')).not.toContain(SECRET);
  }
});

test('what somebody put there is not shown', async () => {
  await reviewed();
  for (const file of readdirSync(folder))
    writeFileSync(join(folder, file), '{"findings":[{"file":1}],"checked":[]}');
  expect((await reviewed()).what.remembered).toBe(0);
});

test('it does not grow without end', () => {
  const cache = openCache(folder);
  for (let count = 0; count < 2_010; count += 1) writeFileSync(join(folder, `${count}.json`), '{}');
  cache.tidy();
  expect(readdirSync(folder)).toHaveLength(2_000);
});
