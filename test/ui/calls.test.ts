/** The pages of calls say what the rows of the ledger say, whatever is asked for and however it is paged through. */
import { generateLedger, SMALL, type LedgerShape } from '../../bench/ledger';
import type { CallFilter } from '../../gateway/ledger/calls/call-filter';
import { isAskedFor } from '../../gateway/ledger/calls/call-filter';
import { readCalls } from '../../gateway/ledger/calls/read-calls';
import { Random } from '../fuzz/random';
import { fail, say } from '../standins/anthropic';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { FIRST, onlyTwo, SECOND } from '../gateway/support/two-deployments';
import { visitorOf, type Visitor } from './support';

const ZONE = 'America/Sao_Paulo';
const SHAPE: LedgerShape = {
  ...SMALL,
  rows: 3_000,
  keys: 200,
  people: 40,
  days: 10,
  timeZone: ZONE,
  summedDays: 2,
  until: new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(Date.now() - 86_400_000),
};
const XSS = `=1+1"><script>alert(1)</script><img src=x onerror=alert(2)>`;
const ORDER = 'order by finished_at desc, request_id';

let file: PolicyFile;
let gateway: TestGateway;
let boss: Visitor;
beforeAll(async () => {
  file = await policyFile({ timeZone: ZONE, retentionDays: 90, models: onlyTwo() });
  gateway = await startTestGateway({ env: file.env, limits: { coolDownMs: 0 } });
  await generateLedger((text, values) => gateway.store.query(text, values), SHAPE);
  await gateway.store.query(
    `update calls set session = 's-' || (('x' || right(request_id::text, 2))::bit(8)::integer % 7), client = 'client-' || latency_ms % 3`,
  );
  boss = visitorOf(gateway);
  await boss.signIn();
}, 120_000);
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

const decoded = (html: string): string =>
  html
    .replaceAll('&#x3D;', '=')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const idsOn = (html: string): string[] =>
  [...html.matchAll(/href="\/ui\/calls\/([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '');
const nextOf = (html: string): string | undefined => {
  const href = /rel="next" href="([^"]*)"/.exec(html)?.[1];
  return href === undefined ? undefined : decoded(href);
};

async function table(query: string): Promise<string[][]> {
  const { status, text } = await boss.get(`/ui/calls.csv?${query}`);
  expect(status).toBe(200);
  return text
    .trim()
    .split('\r\n')
    .slice(1)
    .map((row) =>
      row
        .slice(1, -1)
        .split('","')
        .map((cell) => cell.replaceAll('""', '"')),
    );
}

const idsOf = async (where: string): Promise<string[]> =>
  (
    await gateway.store.query<{ id: string }>(`select request_id as id from calls where ${where} ${ORDER}`)
  ).map(({ id }) => id);
const dayBefore = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

const FILTERS: readonly (readonly [string, string])[] = [
  ['', 'true'],
  ['person=owner-3', "owner_id = 'owner-3'"],
  ['person=person-4', "owner_id = 'owner-4'"],
  ['team=template-1', "template_name = 'template-1'"],
  ['workspace=w-7', "workspace_id = 'w-7'"],
  ['workspace=dev-8', "workspace_name = 'dev-8'"],
  ['model=model-2', "model = 'model-2'"],
  ['deployment=deployment-1', "deployment = 'deployment-1'"],
  ['status=failed', 'status >= 400'],
  ['status=answered', 'status < 400'],
  ['status=500', 'status = 500'],
  ['error=provider_failed', "error_type = 'provider_failed'"],
  ['client=client-2', "client = 'client-2'"],
  ['session=s-3', "session = 's-3'"],
  ['scope=user', "scope = 'user'"],
  [
    `from=${dayBefore(5)}&until=${dayBefore(3)}`,
    `finished_at >= '${dayBefore(5)}Z' and finished_at < '${dayBefore(2)}Z'`,
  ],
  [`from=${dayBefore(5)}T12:30`, `finished_at >= '${dayBefore(5)}T12:30Z'`],
  [
    'person=owner-3&model=model-1&status=answered',
    "owner_id = 'owner-3' and model = 'model-1' and status < 400",
  ],
  ['person=nobody', 'false'],
  ['key=no-hash', 'false'],
];

test.each(FILTERS)('the table of "%s" has the rows of the ledger, newest first', async (query, where) => {
  const right = await idsOf(where);
  expect((await table(query)).map(([id]) => id ?? '')).toEqual(right);
  const { text } = await boss.get(`/ui/calls?${query}`);
  expect(idsOn(text)).toEqual(right.slice(0, 50));
});

test('by a key are its calls, and those of the keys it took the place of', async () => {
  const [key] = await gateway.store.query<{ hash: string; account_id: string }>(
    'select hash, account_id from keys order by id limit 1',
  );
  const right = await idsOf(`account_id = ${key?.account_id}`);
  expect(right.length).toBeGreaterThan(1);
  expect((await table(`key=${key?.hash}`)).map(([id]) => id)).toEqual(right);
});

test('every figure of the table is that of its row', async () => {
  const rows = await gateway.store.query<Record<string, string | null>>(
    `select request_id, owner_id, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano,
       latency_ms, coalesce(first_token_ms::text, '') as first, status, attempts from calls where owner_id = 'owner-5' ${ORDER}`,
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(
    (await table('person=owner-5')).map((cells) =>
      [0, 2, 15, 17, 19, 20, 21, 22, 23, 25, 26].map((at) => cells[at]),
    ),
  ).toEqual(
    rows.map((row) =>
      [
        row['request_id'],
        row['owner_id'],
        row['attempts'],
        row['status'],
        row['input_tokens'],
        row['output_tokens'],
        row['cache_write_tokens'],
        row['cache_read_tokens'],
        Number(row['cost_nano']) / 1e9,
        row['first'],
        row['latency_ms'],
      ].map(String),
    ),
  );
});

test('pages follow one another without a gap or a repeat, also among calls of one moment', async () => {
  await gateway.store.query(
    `update calls set finished_at = (select max(finished_at) from calls c where c.owner_id = 'owner-1')
     where owner_id = 'owner-1' and right(request_id::text, 1) in ('0', '3', '8', 'c')`,
  );
  for (const [query, where] of [
    ['person=owner-1', "owner_id = 'owner-1'"],
    ['model=model-2', "model = 'model-2'"],
  ] as const) {
    const seen: string[] = [];
    for (let path: string | undefined = `/ui/calls?${query}`; path !== undefined;) {
      const { text, status } = await boss.get(path);
      expect(status).toBe(200);
      seen.push(...idsOn(text));
      path = nextOf(text);
    }
    expect(seen).toEqual(await idsOf(where));
  }
});

test('however little is looked through at once, all is found in the end, and the same as in this process', async () => {
  const random = new Random(11);
  const all = (await readCalls(gateway.gateway.services.database, {}, 10_000)).calls;
  for (let round = 0; round < 40; round += 1) {
    const like = random.pick(all);
    const filter: CallFilter = {
      ...(random.isOne(3) ? { person: like.ownerId } : {}),
      ...(random.isOne(4) ? { accountId: like.accountId } : {}),
      ...(random.isOne(2) ? { model: like.model } : {}),
      ...(random.isOne(3) ? { status: random.pick(['failed', 'answered', '200', '500']) } : {}),
      ...(random.isOne(4) ? { workspace: like.workspaceName ?? 'none' } : {}),
      ...(random.isOne(4) ? { from: random.pick(all).finishedAt } : {}),
      ...(random.isOne(4) ? { until: random.pick(all).finishedAt } : {}),
    };
    const size = 1 + random.below(60);
    const most = 20 + random.below(900);
    const found: string[] = [];
    let after: Parameters<typeof readCalls>[3];
    do {
      const page = await readCalls(gateway.gateway.services.database, filter, size, after, most);
      expect(page.calls.length).toBeLessThanOrEqual(size);
      found.push(...page.calls.map(({ requestId }) => requestId));
      after = page.next;
    } while (after !== undefined);
    expect(found).toEqual(all.filter((call) => isAskedFor(call, filter)).map(({ requestId }) => requestId));
  }
});

test('where no index leads, the page says how far back it looked, and goes on from there', async () => {
  const page = await readCalls(gateway.gateway.services.database, { session: 'nobody' }, 50, undefined, 100);
  const [right] = await gateway.store.query<{ at: Date }>(
    `select finished_at as at from calls ${ORDER} offset 100 limit 1`,
  );
  expect(page.calls).toEqual([]);
  expect(page.lookedBackTo?.getTime()).toBe(right?.at.getTime());
  expect(page.next).toBeDefined();
});

describe('one call', () => {
  let key: string;
  beforeAll(async () => {
    key = await gateway.workspaceKey();
  });
  beforeEach(() => gateway.standin.reset());

  const ask = (session: string) =>
    gateway.request('/v1/chat/completions', {
      key,
      headers: { 'content-type': 'application/json', 'x-litellm-session-id': session },
      body: {
        model: 'claude-sonnet-4-5',
        max_tokens: 100,
        messages: [{ role: 'user', content: 'xyzzy of the question' }],
      },
    });

  test('has the attempts, the time, the price and the cost it was booked at, under the id its client got', async () => {
    gateway.standin.answer(fail(529), {
      ...say('xyzzy of the answer'),
      usage: { input_tokens: 1_000, output_tokens: 300, cache_read_input_tokens: 2_000 },
    });
    const answer = await ask('conversation-1');
    await gateway.settled();
    const id = answer.headers.get('x-request-id') ?? '';
    const [row] = await gateway.store.query<{ trail: string; cost_nano: string; latency_ms: number }>(
      'select trail, cost_nano, latency_ms from calls where request_id = $1',
      [id],
    );
    const trail = JSON.parse(row?.trail ?? '') as { t: number[]; p: number[]; a: unknown[][] };
    expect(trail.a.map(([provider, deployment, , , error]) => [provider, deployment, error])).toEqual([
      ['anthropic', FIRST, 'provider_overloaded'],
      ['anthropic', SECOND, undefined],
    ]);
    const [input = 0, output = 0, , , read = 0] = trail.p;
    expect(1_000 * input + 300 * output + 2_000 * read).toBe(Number(row?.cost_nano));
    const [ready = -1, waited = -1, admitted = -1] = trail.t;
    expect(ready >= 0 && waited >= 0 && admitted >= ready && admitted <= (row?.latency_ms ?? 0)).toBe(true);
    const { status, text } = await boss.get(`/ui/calls/${id}`);
    expect(status).toBe(200);
    const usd = new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency: 'USD',
      minimumFractionDigits: 2,
      maximumFractionDigits: 9,
    });
    for (const words of [
      id,
      `anthropic/${FIRST}`,
      'provider_overloaded',
      'the next deployment was asked',
      `anthropic/${SECOND}`,
      'conversation-1',
      `<b>${usd.format(Number(row?.cost_nano) / 1e9)}</b>`,
      `$${(output / 1_000).toLocaleString('en-US')}`,
    ])
      expect(decoded(text)).toContain(words);
    expect(text).not.toMatch(/xyzzy/);
    const found = await boss.send('/ui/calls', '/ui/calls/open', { request: ` ${id} ` });
    expect(found.headers.location).toBe(`/ui/calls/${id}`);
    expect(idsOn((await boss.get('/ui/calls?session=conversation-1')).text)).toEqual([id]);
  });

  test('says what its conversation comes to, and leads to it', async () => {
    for (let made = 0; made < 3; made += 1) {
      gateway.standin.answer({ ...say('x'), usage: { input_tokens: 10 + made, output_tokens: 5 } });
      await ask('conversation-2');
    }
    await gateway.settled();
    const [sums] = await gateway.store.query<{ calls: string; nano: string; input: string; id: string }>(
      `select count(*) as calls, sum(cost_nano) as nano, sum(input_tokens) as input, min(request_id::text) as id
       from calls where session = 'conversation-2'`,
    );
    const html = decoded((await boss.get(`/ui/calls/${sums?.id}`)).text);
    const usd = new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency: 'USD',
      minimumFractionDigits: 2,
      maximumFractionDigits: 9,
    });
    expect(sums?.calls).toBe('3');
    expect(html).toContain(`<dt>Calls</dt><dd>3</dd>`);
    expect(html).toContain(`${sums?.input} in, 15 out`);
    expect(html).toContain(`<dt>Cost</dt><dd>${usd.format(Number(sums?.nano) / 1e9)}</dd>`);
    const href = /<dt>Session<\/dt><dd class="mono"><a href="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(idsOn((await boss.get(href)).text)).toEqual(await idsOf("session = 'conversation-2'"));
  });

  test('that was refused by every deployment says which, and that no other was left', async () => {
    gateway.standin.answer(fail(503), fail(503));
    const answer = await ask('conversation-3');
    await gateway.settled();
    const html = (await boss.get(`/ui/calls/${answer.headers.get('x-request-id')}`)).text;
    expect(
      html.match(/provider_failed|provider_unavailable|provider_overloaded/g)?.length,
    ).toBeGreaterThanOrEqual(2);
    expect(html).toContain('No other deployment was left');
  });

  test('of an older gateway, or left behind by a dead one, says that no more is known', async () => {
    const [old] = await idsOf("owner_id = 'owner-7'");
    const { status, text } = await boss.get(`/ui/calls/${old}`);
    expect(status).toBe(200);
    expect(text).toContain('What happened in between is not known');
  });

  test.each(['nothing', '00000000-0000-0000-0000-000000000000', "1' or '1'='1", '%00', 'x'.repeat(300)])(
    'that is not there is told: %s',
    async (id) => {
      const { status, text } = await boss.get(`/ui/calls/${encodeURIComponent(id)}`);
      expect(status).toBe(404);
      expect(text).toContain('There is no call of that id');
    },
  );
});

test('names that callers and people choose stay text on the list, on the page and in the table', async () => {
  const [id] = await idsOf("owner_id = 'owner-9'");
  await gateway.store.query(
    `update calls set owner_name = $2, model = $2, model_asked = $2, template_name = $2, client = $2, session = $2,
       workspace_name = $2, deployment = $2, error_type = $2, trail = $3 where request_id = $1`,
    [id, XSS, JSON.stringify({ t: [1, 2, 3], p: [1, 1, 1, 1, 1], a: [[XSS, XSS, 0, 1, XSS]], o: XSS })],
  );
  const encoded = encodeURIComponent(XSS);
  for (const path of [
    `/ui/calls/${id}`,
    `/ui/calls?session=${encoded}`,
    `/ui/calls?client=${encoded}&team=${encoded}`,
  ]) {
    const { status, text } = await boss.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(text).not.toMatch(/<script>alert|<img/);
    expect(text).toContain('&lt;script&gt;alert(1)');
  }
  const [row = []] = await table(`session=${encoded}`);
  expect(row.filter((cell) => cell === `'${XSS}`)).toHaveLength(9);
});

test('a pasted key becomes its hash, and words that mean nothing are left out', async () => {
  const key = await gateway.workspaceKey();
  const sent = await boss.send('/ui/calls', '/ui/calls/find', { person: '', session: key, model: 'm' });
  expect(sent.headers.location).toMatch(/^\/ui\/calls\?(?=.*model=m)(?=.*key=[0-9a-f]{64})/);
  expect(sent.headers.location).not.toContain(key);
  for (const query of [
    'status=constructor',
    'from=2026-99-99&until=x',
    'before=1-2',
    'before=%00',
    '__proto__=1',
  ])
    expect((await boss.get(`/ui/calls?${query}`)).status).toBe(200);
});

test('what a gateway of the version before books is taken as before, without a trail', async () => {
  const [call] = await gateway.store.query<{ key_id: string; account_id: string }>(
    'select key_id, account_id from calls limit 1',
  );
  const id = '11111111-2222-4333-8444-555555555555';
  const lists = [
    `{${call?.account_id}}`,
    `{${id}}`,
    `{"{${call?.account_id}}"}`,
    '{"{2026-01-01}"}',
    '{f}',
    `{${call?.key_id}}`,
    ...['user', 'o', 'ann', null, null, null, 'standard', 'p', 'm', 'm', 'p', 'd'].map(
      (each) => `{${each ?? 'NULL'}}`,
    ),
    '{1}',
    '{f}',
    '{1}',
    '{1}',
    '{0}',
    '{0}',
    '{5}',
    '{f}',
    '{1}',
    '{1}',
    '{200}',
    '{NULL}',
    '{c}',
    '{s}',
  ];
  expect(lists).toHaveLength(32);
  await gateway.store.query(`select settle_calls(${lists.map((_, at) => `$${at + 1}`).join(', ')})`, lists);
  expect(await gateway.store.query('select trail, session from calls where request_id = $1', [id])).toEqual([
    { trail: null, session: 's' },
  ]);
});
