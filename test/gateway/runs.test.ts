import { request as httpRequest } from 'node:http';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say, startAnthropicStandin, text } from '../standins/anthropic';
import { CLAIM_SECRET, makeClaim, signClaim } from './support/claims';
import { eventually, lastSent, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { runGateway, urlOf } from './support/gateway-run';
import { ownDocument } from './support/policy-file';
import { startStore, type TestStore } from './support/store';

/** Dollars a token that claude-sonnet-4-5 writes. */
const OUTPUT_PRICE = 0.000015;
const HELLO = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }] };

interface RunView {
  readonly id: string;
  readonly max_cost_usd: number;
  readonly spent_usd: number;
  readonly reserved_usd: number;
  readonly expires_at: string;
}

let store: TestStore;
let gateway: TestGateway;
let other: TestGateway;
let now: Date | undefined;
let key: string;
let number = 0;

beforeAll(async () => {
  store = await startStore();
  gateway = await startTestGateway({ store, now: () => now ?? new Date() });
  other = await startTestGateway({ store, standin: gateway.standin, now: () => now ?? new Date() });
});
afterAll(async () => {
  await other.close();
  await gateway.close();
  await store.remove();
});
beforeEach(async () => {
  now = undefined;
  gateway.standin.reset();
  number += 1;
  key = await gateway.workspaceKey({
    workspace: { id: `w-${number}`, name: 'dev' },
    owner: { id: `ann-${number}`, name: `ann-${number}`, groups: [] },
    level: 'unrestricted',
  });
});

const open = (body: unknown, by = key) => gateway.request('/v1/runs', { key: by, body });
async function opened(max_cost_usd: number): Promise<RunView> {
  const answer = await open({ max_cost_usd });
  expect(answer.status).toBe(201);
  return answer.json as unknown as RunView;
}
const show = async (id: string): Promise<RunView> =>
  (await gateway.request(`/v1/runs/${id}`, { key })).json as unknown as RunView;
const ask = (run: string, body: Record<string, unknown> = {}, at = gateway, by = key) =>
  at.request('/v1/chat/completions', {
    key: by,
    headers: { 'x-gateway-run': run },
    body: { ...HELLO, ...body },
  });
/** An answer that costs so many tokens of output and nothing else. */
const answerOf = (tokens: number) =>
  gateway.standin.answer({ ...say('x'), usage: { input_tokens: 0, output_tokens: tokens } });

describe('a run', () => {
  test('is charged what its calls cost, beside the key, and says what is left', async () => {
    const run = await opened(0.5);
    expect(run).toMatchObject({ max_cost_usd: 0.5, spent_usd: 0, reserved_usd: 0 });
    expect(run.id).toMatch(/^run-[A-Za-z0-9_-]{22}$/);
    answerOf(1_000);
    const answer = await ask(run.id, { max_tokens: 1_000 });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-cost')).toBe('0.015');
    await gateway.settled();
    expect(await show(run.id)).toMatchObject({ spent_usd: 0.015, reserved_usd: 0 });
    const info = (await gateway.request('/api/v1/keys/info', { key })).json as unknown as { spend: number };
    expect(info.spend).toBe(0.015);
  });

  test('is never overrun: its last call is cut to what is left, and the next is refused for good', async () => {
    const run = await opened(0.024);
    answerOf(1_000);
    expect((await ask(run.id, { max_tokens: 1_000 })).status).toBe(200);
    await gateway.settled();
    // Not a cent is left: fewer tokens than asked for.
    answerOf(200);
    const cut = await ask(run.id, { max_tokens: 1_000 });
    expect(cut.text).toContain('choices');
    expect(cut.status).toBe(200);
    expect(lastSent(gateway.standin).max_tokens).toBeLessThan(600);
    expect(Number(cut.headers.get('x-gateway-max-tokens'))).toBe(lastSent(gateway.standin).max_tokens);
    await gateway.settled();
    answerOf(100);
    await ask(run.id, { max_tokens: 100 });
    await gateway.settled();
    const asked = gateway.standin.requests.length;
    const refused = await ask(run.id, { messages: [{ role: 'user', content: 'x'.repeat(2_000) }] });
    expect(refused.status).toBe(402);
    expect(refused.json.error).toMatchObject({ type: 'run_budget_exceeded' });
    expect(refused.json.error.message).toContain(`The cap of run ${run.id} has no room`);
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(gateway.standin.requests.filter(({ path }) => path === '/v1/messages').length).toBeLessThanOrEqual(
      asked,
    );
    // The key itself has money, and is not remembered as one that has none.
    answerOf(1);
    expect((await gateway.chat(key, { ...HELLO, max_tokens: 100 })).status).toBe(200);
  });

  test('holds over gateway processes, however many of its calls run at once', async () => {
    const run = await opened(0.11);
    for (let n = 0; n < 9; n += 1) answerOf(1_000);
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) => ask(run.id, { max_tokens: 1_000 }, n % 2 === 0 ? gateway : other)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await gateway.settled();
    const later: number[] = [];
    for (let n = 0; n < 4; n += 1)
      later.push((await ask(run.id, { max_tokens: 1_000 }, n % 2 === 0 ? gateway : other)).status);
    await gateway.settled();
    // Two more fit, and what is left then is less than any call may come to.
    expect(later).toEqual([200, 200, 402, 402]);
    const { spent_usd } = await show(run.id);
    expect(spent_usd).toBe(0.105);
    const [row] = await store.query(
      `select sum(c.cost_nano)::bigint as cost from calls c join runs r on r.account_id = any (c.account_ids) where r.id = '${run.id}'`,
    );
    expect(Number(row?.['cost'])).toBe(Math.round(spent_usd * 1e9));
  });

  test('ends, and names of others or none are refused before a body is read', async () => {
    const run = await opened(1);
    const stranger = await gateway.workspaceKey({
      workspace: { id: `s-${number}`, name: 's' },
      owner: { id: `eve-${number}`, name: `eve-${number}`, groups: [] },
    });
    for (const [id, by] of [
      [run.id, stranger],
      ['run-AAAAAAAAAAAAAAAAAAAAAA', key],
      [`${run.id}, ${run.id}`, key],
      ["run-'; drop table runs; --", key],
    ] as const) {
      const refused = await ask(id, {}, gateway, by);
      expect([refused.status, refused.json.error.param]).toEqual([404, 'x-gateway-run']);
    }
    expect((await gateway.request(`/v1/runs/${run.id}`, { key: stranger })).status).toBe(404);
    expect((await gateway.request(`/v1/runs/${run.id}`)).status).toBe(401);
    now = new Date(Date.now() + 3_601_000);
    const late = await ask(run.id);
    expect([late.status, late.json.error.type]).toEqual([403, 'run_ended']);
    // What it did cost can still be asked for.
    expect(await show(run.id)).toMatchObject({ id: run.id, spent_usd: 0 });
    expect(gateway.standin.requests).toEqual([]);
  });

  test('is opened with a cap and a time that make sense, and not without end', async () => {
    for (const body of [
      {},
      { max_cost_usd: 0 },
      { max_cost_usd: -1 },
      { max_cost_usd: '0.5x' },
      { max_cost_usd: 1e9 },
      { max_cost_usd: 1, lifetime_seconds: 3_601 },
      { max_cost_usd: 1, lifetime: 5 },
    ]) {
      const refused = await open(body);
      expect([body, refused.status]).toEqual([body, 400]);
    }
    const short = (await open({ max_cost_usd: 1, lifetime_seconds: 60 })).json as unknown as RunView;
    const left = new Date(short.expires_at).getTime() - Date.now();
    expect(left).toBeLessThanOrEqual(60_000);
    const answers = await Promise.all(Array.from({ length: 125 }, () => open({ max_cost_usd: 1 })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(119);
    expect(statuses.filter((status) => status === 429)).toHaveLength(6);
    const [row] = await store.query(
      "select count(*)::int as accounts, (select count(*)::int from runs) as runs from accounts where label like 'run/%'",
    );
    expect(row?.['accounts']).toBe(row?.['runs']);
  });

  test('is in the account that is verified', async () => {
    const run = await opened(1);
    answerOf(10);
    await ask(run.id, { max_tokens: 50 });
    await gateway.settled();
    const verified = await gateway.request(`${gateway.adminUrl}/spend/verify`, { key: MASTER_KEY });
    expect(verified.status).toBe(200);
    expect(verified.text).not.toMatch(/"differences":[1-9]/);
  });
});

test('what a stream cost is said behind it, to those who take trailers', async () => {
  gateway.standin.answer({
    content: [text('one', 'two')],
    usage: { input_tokens: 0, output_tokens: 100 },
  });
  const ending = (headers: Record<string, string>) =>
    new Promise<{ trailer: unknown; cost: unknown; body: string }>((resolve, reject) => {
      const sent = httpRequest(
        `${gateway.dataUrl}/v1/chat/completions`,
        { method: 'POST', headers: { authorization: `Bearer ${key}`, ...headers } },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (body += chunk));
          response.on('end', () =>
            resolve({
              trailer: response.headers['trailer'],
              cost: response.trailers['x-gateway-cost'],
              body,
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ ...HELLO, stream: true, max_tokens: 100 }));
    });
  const taken = await ending({ te: 'trailers' });
  expect(taken).toMatchObject({ trailer: 'x-gateway-cost', cost: '0.0015' });
  const plain = await ending({});
  expect([plain.trailer, plain.cost]).toEqual([undefined, undefined]);
  expect(taken.body).toContain('[DONE]');
  expect(plain.body).toContain('[DONE]');
});

test('a run’s cap holds when its gateway is killed: its open call is booked at what was set aside', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-run-'));
  // Run by root, the store runs as another user and has to pass.
  await chmod(folder, 0o711);
  const standin = await startAnthropicStandin();
  const document = await ownDocument();
  const start = () =>
    runGateway({
      ...document.env,
      GATEWAY_PORT: '0',
      GATEWAY_ADMIN_PORT: '0',
      GATEWAY_MASTER_KEY: MASTER_KEY,
      GATEWAY_DATA_DIR: join(folder, 'data'),
      WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
      ANTHROPIC_API_KEY: standin.apiKey,
      ANTHROPIC_BASE_URL: standin.url,
    });
  const first = start();
  let second: ReturnType<typeof start> | undefined;
  try {
    const url = await urlOf(first, 'data_url');
    const post = async <T>(at: string, path: string, bearer: string, body: unknown, headers = {}) => {
      const response = await fetch(at + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, ...headers },
        body: JSON.stringify(body),
      });
      return (await response.json()) as T;
    };
    const { key: own } = await post<{ key: string }>(
      url,
      '/api/v1/keys/workspace',
      signClaim(makeClaim()),
      {},
    );
    const run = await post<RunView>(url, '/v1/runs', own, { max_cost_usd: 0.05 });
    standin.answer({ content: [text(...Array.from({ length: 60 }, () => 'word '))], eventDelayMs: 1_000 });
    const lost = post(
      url,
      '/v1/chat/completions',
      own,
      { ...HELLO, stream: true, max_tokens: 2_000 },
      { 'x-gateway-run': run.id },
    ).catch(() => undefined);
    await eventually(() => standin.requests[0]);
    first.child.kill('SIGKILL');
    await Promise.all([lost, first.code]);
    second = start();
    const again = await urlOf(second, 'data_url');
    const booked = await eventually(async () => {
      const response = await fetch(`${again}/v1/runs/${run.id}`, {
        headers: { authorization: `Bearer ${own}` },
      });
      const view = (await response.json()) as RunView;
      return view.spent_usd > 0 ? view : undefined;
    });
    expect(booked.spent_usd).toBeGreaterThanOrEqual(2_000 * OUTPUT_PRICE);
    expect(booked.spent_usd).toBeLessThanOrEqual(0.05);
    expect(booked.reserved_usd).toBe(0);
  } finally {
    for (const one of [first, second]) {
      one?.child.kill('SIGKILL');
      await one?.code;
    }
    await standin.close();
    await document.remove();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
});
