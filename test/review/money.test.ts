/** Caps of runs: a stand-in for the gateway's accounts in front of the real one, where a test decides when the cap is reached. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { answerWith, finding } from './support/model';
import { makeRepository, type TestRepository } from './support/repository';
import { runReview, type At } from './support/reviewed';

let gateway: TestGateway;
let key: string;
let front: Server;
let at: At;
let repository: TestRepository;

/** What the run's account has seen. */
let opened: unknown[];
let runs: (string | undefined)[];
/** Calls that it has money for. */
let affordable: number;
let hasRuns: boolean;

const COST = 0.001234;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts).toString();
  const answer = (status: number, json: unknown, headers = {}): void =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(json));
  if (request.url === '/v1/runs' && !hasRuns)
    return answer(404, { error: { message: 'No such path.', type: 'not_found_error', code: 'not_found' } });
  if (request.url === '/v1/runs') {
    const asked = JSON.parse(body) as { max_cost_usd: number };
    opened.push(asked);
    return answer(201, { id: 'run-1', ...asked, spent_usd: 0, expires_at: '2030-01-01T00:00:00Z' });
  }
  if (request.url === '/v1/runs/run-1') return answer(200, { id: 'run-1', spent_usd: runs.length * COST });
  if (request.url === '/v1/chat/completions') {
    if (runs.length >= affordable)
      return answer(402, {
        error: { message: 'The run has used up its cap.', type: 'run_budget_exceeded', code: '402' },
      });
    runs.push(request.headers['x-gateway-run'] as string | undefined);
  }
  const passed = await gateway.request(request.url ?? '/', {
    method: request.method ?? 'GET',
    key,
    headers: { 'content-type': 'application/json' },
    ...(body === '' ? {} : { body }),
  });
  response.writeHead(passed.status, { 'content-type': 'application/json', 'x-gateway-cost': String(COST) });
  response.end(passed.text);
}

beforeAll(async () => {
  gateway = await startTestGateway();
  key = await gateway.workspaceKey();
  front = createServer((request, response) => void serve(request, response));
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  at = { url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, key };
  const lines = (word: string) =>
    Array.from({ length: 900 }, (_, line) => `const ${word}${line} = ${line};`).join('\n');
  repository = makeRepository({});
  repository.commit('three files', { 'a.ts': lines('a'), 'b.ts': lines('b'), 'c.ts': lines('c') });
});
afterAll(async () => {
  repository.remove();
  front.closeAllConnections();
  front.close();
  await gateway.close();
});
beforeEach(() => {
  gateway.standin.reset();
  [opened, runs, affordable, hasRuns] = [[], [], Number.POSITIVE_INFINITY, true];
  answerWith(gateway.standin, {
    findings: (text) =>
      text.includes('file: "a.ts"') ? [finding({ file: '"a.ts"', start_line: 3, end_line: 3 })] : [],
  });
});

test('every call is charged to the run, and its sum is that of the account', async () => {
  const { code, out } = await runReview(repository, at, ['main...HEAD', '--json', '--max-cost', '0.20']);
  const { cost } = JSON.parse(out) as { cost: object };
  expect(code).toBe(0);
  expect(opened).toEqual([{ max_cost_usd: 0.2 }]);
  expect(new Set(runs)).toEqual(new Set(['run-1']));
  expect(cost).toEqual({ calls: runs.length, usd: runs.length * COST, estimated: false, cap_usd: 0.2 });
});

test('without --max-cost the usual cap is asked for', async () => {
  await runReview(repository, at, ['main...HEAD', '--no-cache']);
  expect(opened).toEqual([{ max_cost_usd: 0.5 }]);
});

test('at the cap what was found is shown, what was left out is named, and it ends with 6', async () => {
  affordable = 2;
  const { code, out } = await runReview(repository, at, ['main...HEAD', '--json', '--no-cache']);
  const report = JSON.parse(out) as {
    findings: unknown[];
    left_out: { path: string; reason: string }[];
    complete: boolean;
  };
  expect(code).toBe(6);
  expect(report.complete).toBe(false);
  expect(report.findings).toMatchObject([{ path: 'a.ts', start_line: 3, checked: true }]);
  expect(report.left_out).toEqual(expect.arrayContaining([{ path: 'c.ts', reason: 'cap' }]));
  expect(runs).toHaveLength(2);
});

test('a finding that there was no money to look at again is shown, and said to be so', async () => {
  affordable = 1;
  const { out } = await runReview(repository, at, ['main...HEAD', '--no-cache']);
  expect(out).toContain('1 finding shown without a second look.');
});

test('a cap that an older gateway cannot hold is no cap: nothing is asked; without one it is reviewed', async () => {
  hasRuns = false;
  const capped = await runReview(repository, at, ['main...HEAD', '--max-cost', '0.20', '--no-cache']);
  expect([capped.code, capped.err]).toEqual([2, expect.stringContaining('--max-cost cannot be held')]);
  expect(gateway.standin.requests).toEqual([]);
  const { code, out } = await runReview(repository, at, ['main...HEAD', '--json', '--no-cache']);
  expect([code, (JSON.parse(out) as { cost: object }).cost]).toEqual([
    0,
    expect.objectContaining({ cap_usd: null }),
  ]);
  expect(new Set(runs)).toEqual(new Set([undefined]));
});

test('the gateway’s own account: its sum is that of the ledger, and its cap is not gone beyond', async () => {
  const own = { url: gateway.dataUrl, key };
  await gateway.clearLedger();
  const { out } = await runReview(repository, own, ['main...HEAD', '--json', '--no-cache']);
  const { cost } = JSON.parse(out) as {
    cost: { calls: number; usd: number; cap_usd: number; estimated: boolean };
  };
  const calls = await gateway.ledger(cost.calls);
  const booked = calls.reduce((sum, { cost_nano: nano }) => sum + Number(nano), 0);
  expect(Math.round(cost.usd * 1e9)).toBe(booked);
  expect(cost).toMatchObject({ calls: calls.length, cap_usd: 0.5, estimated: false });

  await gateway.clearLedger();
  gateway.standin.reset();
  answerWith(gateway.standin, {});
  const poor = await runReview(repository, own, [
    'main...HEAD',
    '--json',
    '--no-cache',
    '--max-cost',
    '0.000001',
  ]);
  expect(poor.code).toBe(6);
  expect((JSON.parse(poor.out) as { left_out: unknown }).left_out).toEqual(
    ['a.ts', 'b.ts', 'c.ts'].map((path) => ({ path, reason: 'cap' })),
  );
  expect(gateway.standin.requests).toEqual([]);
});
