/** What the holder of a key is told of it, as JSON and as a page: what the rows say, and nobody else's. */
import { say } from '../standins/anthropic';
import { adminOf, type Admin } from '../admin/support';
import { followAll } from '../backup/support';
import { NOON_ZONE, noonDay } from './support/calendar';
import { startTestGateway, type Answer, type TestGateway } from './support/gateway';

const ANN = { id: 'owner-ann', name: 'ann', groups: [] };
const BOB = { id: 'owner-bob', name: 'bob', groups: [] };
const XSS = `<script>alert(1)</script>"'&`;

interface Figures {
  readonly calls: number;
  readonly failed_calls: number;
  readonly input_tokens: number;
  readonly spend: number;
}
interface Split {
  readonly today: Figures;
  readonly total: Figures;
  readonly by_day: readonly (Figures & { readonly date: string })[];
  readonly by_model: readonly (Figures & { readonly model: string })[];
  readonly cached: number | null;
}
interface Told {
  readonly own: Split;
  readonly person: Split;
  readonly share: number | null;
  readonly last_calls: readonly { readonly request_id: string; readonly client: string }[];
  readonly last_failed: readonly { readonly error: string; readonly meaning: string }[];
  readonly sessions: readonly Record<string, unknown>[];
  readonly spend: number;
  readonly max_budget: number;
  readonly owner_budget: { readonly spend: number };
  readonly complete: boolean;
}

let gateway: TestGateway;
let admin: Admin;
let key: string;
let other: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
  const keyOf = (owner: typeof ANN, id: string): Promise<string> =>
    gateway.workspaceKey({ owner, workspace: { id, name: `name-of-${id}` } });
  key = await keyOf(ANN, 'w-one');
  other = await keyOf(ANN, 'w-two');
  await keyOf(BOB, 'w-three');
  for (const [workspace, rows] of [
    ['w-one', 400],
    ['w-two', 300],
    ['w-three', 200],
  ] as const)
    await book(workspace, rows);
});
afterAll(() => gateway?.close());

/** Calls of every kind over five weeks; what names a client or a session is not nice. */
const book = (workspace: string, rows: number): Promise<unknown> =>
  gateway.store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, account_ids, scope, owner_id, owner_name, workspace_id,
       workspace_name, level, protocol, model, model_asked, attempts, streamed, input_tokens, output_tokens,
       cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms, status, error_type, client, session)
     select gen_random_uuid(), now() - make_interval(days => n % 35, secs => n), k.id, k.account_id, array[k.account_id],
       k.scope, k.owner_id, k.owner_name, k.workspace_id, k.workspace_name, 'standard', 'openai-chat', m, m, 1, true, n, 2 * n,
       3 * n, 5 * n, n * 7919::bigint + 1, n % 89 = 0, n, case when n % 11 = 0 then 502 when n % 31 = 0 then 499 else 200 end,
       case when n % 11 = 0 then 'provider_error' end, $3, case when n % 3 = 0 then $1 || '-session-' || n % 4 end
     from keys k, generate_series(1, $2) n cross join lateral (select 'model-' || n % 3 as m) as models
     where k.workspace_id = $1 and k.revoked_at is null`,
    [workspace, rows, `client of ${workspace} ${XSS}`],
  );

const meOf = async (of = key): Promise<Told> =>
  (await gateway.request('/api/v1/keys/me', { key: of })).json as unknown as Told;
const pageOf = (query = '', of: string | undefined = key): Promise<Answer> =>
  gateway.request(`/api/v1/keys/me/page${query}`, of === undefined ? {} : { key: of });

interface Row {
  readonly by: string;
  readonly calls: string;
  readonly failed: string;
  readonly input: string;
  readonly nano: string;
}
/** Straight from the rows. */
const rowsBy = (by: string, where: string, days: number): Promise<Row[]> =>
  gateway.store.query<Row>(
    `select ${by} as by, count(*) as calls, count(*) filter (where status >= 400) as failed, sum(input_tokens) as input,
       sum(cost_nano) as nano
     from calls where ${where} and (finished_at at time zone '${NOON_ZONE}')::date > (now() at time zone '${NOON_ZONE}')::date - ${days}
     group by 1 order by 1`,
  );
const DAY = `to_char(finished_at at time zone '${NOON_ZONE}', 'YYYY-MM-DD')`;
const figuresOf = ({ calls, failed_calls, input_tokens, spend }: Figures): number[] => [
  calls,
  failed_calls,
  input_tokens,
  spend,
];
const rightOf = ({ calls, failed, input, nano }: Row): number[] => [
  Number(calls),
  Number(failed),
  Number(input),
  Number(nano) / 1e9,
];

test.each(['as they come', 'once they are followed'])(
  'figures are those of the rows and of keys/info, to the nano-dollar, %s',
  async (when) => {
    if (when === 'once they are followed') {
      await gateway.gateway.services.sums.restart();
      await followAll(gateway);
    }
    const me = await meOf();
    if (when === 'once they are followed') expect(me.complete).toBe(true);
    for (const [split, where] of [
      [me.own, "workspace_id = 'w-one'"],
      [me.person, "owner_id = 'owner-ann'"],
    ] as const) {
      const days = await rowsBy(DAY, where, 30);
      expect(days.length).toBe(30);
      expect(split.by_day.map((each) => [each.date, ...figuresOf(each)])).toEqual(
        days.reverse().map((row) => [row.by, ...rightOf(row)]),
      );
      const models = await rowsBy('model', where, 30);
      expect(split.by_model.map((each) => [each.model, ...figuresOf(each)]).sort()).toEqual(
        models.map((row) => [row.by, ...rightOf(row)]),
      );
      const [all] = await rowsBy("''", where, 30);
      const [today] = await rowsBy("''", where, 1);
      expect([all, today]).not.toContain(undefined);
      expect(figuresOf(split.total)).toEqual(rightOf(all as Row));
      expect(figuresOf(split.today)).toEqual(rightOf(today as Row));
      expect(split.cached).toBeCloseTo(5 / 9, 9);
    }
    expect(me.share).toBe(me.own.total.spend / me.person.total.spend);

    const info = (await gateway.request('/api/v1/keys/info', { key })).json as unknown as {
      activity: {
        account: Pick<Split, 'total' | 'by_day' | 'by_model'>;
        owner: Pick<Split, 'total' | 'by_model'>;
      };
      spend: number;
    };
    expect(me).toMatchObject({
      own: { total: info.activity.account.total, by_model: info.activity.account.by_model },
      person: { total: info.activity.owner.total, by_model: info.activity.owner.by_model },
      spend: info.spend,
    });
    expect(me.own.by_day).toMatchObject(info.activity.account.by_day);
  },
);

test('sessions and last calls are those of the key’s own account, errors with what they mean', async () => {
  const me = await meOf();
  const right = await gateway.store.query<Record<string, unknown>>(
    `select session, count(*)::integer as calls, count(*) filter (where status >= 400)::integer as failed_calls,
       sum(cost_nano)::float8 / 1e9 as spend,
       sum(input_tokens + output_tokens + cache_write_tokens + cache_read_tokens)::integer as tokens
     from calls where workspace_id = 'w-one' and session is not null group by 1 order by max(finished_at) desc`,
  );
  expect(right.length).toBe(4);
  expect(me.sessions).toMatchObject(right);
  const last = await gateway.store.query<{ id: string }>(
    "select request_id as id from calls where workspace_id = 'w-one' order by finished_at desc, request_id limit 15",
  );
  expect(me.last_calls.map(({ request_id }) => request_id)).toEqual(last.map(({ id }) => id));
  const [failed] = me.last_failed.filter(({ error }) => error === 'provider_error');
  expect(failed?.meaning).toContain('The provider failed to answer. Try again shortly.');
  const [gone] = me.last_failed.filter(({ error }) => error === null);
  expect(gone?.meaning).toContain('Your program ended the call');
  expect(me.last_failed.length).toBe(10);
});

test('no call of another key appears, not even of the same person’s: neither as JSON nor on the page', async () => {
  const [json, page] = [await gateway.request('/api/v1/keys/me', { key }), await pageOf()];
  for (const { text } of [json, page]) {
    expect(text).toContain('client of w-one');
    for (const foreign of ['w-two', 'w-three', 'owner-bob', 'bob']) expect(text).not.toContain(foreign);
  }
  const theirs = await gateway.store.query<{ id: string }>(
    "select request_id as id from calls where workspace_id <> 'w-one'",
  );
  expect(theirs.filter(({ id }) => json.text.includes(id) || page.text.includes(id))).toEqual([]);
  const mine = await meOf(other);
  expect(mine.last_calls[0]?.client).toContain('w-two');
  expect(mine.person).toEqual((await meOf()).person);
});

test('the page has neither script nor style nor form nor address of its own, and text stays text', async () => {
  const { status, headers, text } = await pageOf();
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'none'; style-src 'self';/,
  );
  expect(headers.get('cache-control')).toBe('no-store');
  expect(text).not.toMatch(
    /<script|<style|<form|<iframe|<img|<meta http-equiv|\sstyle=|\son\w+=|javascript:/i,
  );
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  // Every address is one beside the page.
  expect([...text.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, address]) => address)).toEqual([
    'page.css',
    './',
  ]);
  expect(text).not.toContain(key);
  expect(text.match(/<rect /g)?.length).toBe(28);
  expect(Buffer.byteLength(text)).toBeLessThan(100_000);
  const style = await gateway.request('/api/v1/keys/me/page.css');
  expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
});

test('it says the level and why, the budgets with their resets, whose days they are, and that no text is kept', async () => {
  const { text } = await pageOf();
  expect(text).toContain('Behavior mode: Standard');
  expect(text).toContain('It holds because it is chosen in the settings of the workspace.');
  expect(text).toContain(`Days are those of ${NOON_ZONE}`);
  expect(text).toContain(`<th scope="row">${noonDay(0)}</th>`);
  expect(text).toContain('All your keys</th>');
  expect(text).toContain('None. The gateway keeps figures of each call');
});

test('times are in UTC, and beside it in the zone of the workspace where it is one', async () => {
  expect((await pageOf()).text).toMatch(/As of <time datetime="[^"]+">[\d-]+ [\d:]+ UTC<\/time>/);
  expect((await pageOf('?zone=Asia/Kathmandu')).text).toMatch(
    /As of <time datetime="[^"]+">[\d-]+ [\d:]+ UTC \((?:[\d-]+ )?[\d:]+ Asia\/Kat[a-z]+\)<\/time>/,
  );
  for (const odd of ['UTC', '%3Cscript%3E', 'Mars/Olympus', 'x'.repeat(5_000), '%00'])
    expect((await pageOf(`?zone=${odd}`)).text).toMatch(
      /As of <time datetime="[^"]+">[\d-]+ [\d:]+ UTC<\/time>/,
    );
});

test('a budget that is gone is said first, with when it opens anew', async () => {
  const [row] = await gateway.store.query<{ hash: string }>(
    "select hash from keys where workspace_id = 'w-two'",
  );
  const { max_budget } = await meOf(other);
  await admin('/key/update', { key: row?.hash, spend: max_budget + 1 });
  const { text } = await pageOf('', other);
  expect(text).toMatch(
    /<p class="fault" role="alert">The budget of This key is used up\. It opens anew <time/,
  );
});

test('what is no key, or no longer one, gets no page', async () => {
  expect((await gateway.request('/api/v1/keys/me/page')).status).toBe(401);
  expect((await pageOf('', 'sk-0123456789abcdef0123456789abcdef')).status).toBe(401);
  const blocked = await gateway.workspaceKey({ owner: ANN, workspace: { id: 'w-four', name: 'four' } });
  const [row] = await gateway.store.query<{ hash: string }>(
    "select hash from keys where workspace_id = 'w-four'",
  );
  await admin('/key/block', { key: row?.hash });
  const refused = await pageOf('', blocked);
  expect([refused.status, refused.json.error.message]).toEqual([401, expect.stringMatching(/blocked/)]);
});

test('a call that was just made is there once it is booked', async () => {
  const owner = { id: 'owner-cara', name: 'cara', groups: [] };
  const fresh = await gateway.workspaceKey({ owner, workspace: { id: 'w-five', name: 'five' } });
  expect((await pageOf('', fresh)).text).toContain('No call in 30 days.');
  gateway.standin.answer(say('ok'));
  const answer = await gateway.chat(fresh, {
    model: 'claude-haiku-4-5',
    messages: [{ role: 'user', content: 'hello' }],
  });
  expect(answer.status).toBe(200);
  await gateway.settled();
  const me = await meOf(fresh);
  expect([me.own.today.calls, me.last_calls.length]).toEqual([1, 1]);
  expect(me.spend).toBe(me.own.today.spend);
  expect(me.owner_budget.spend).toBe(me.own.today.spend);
});
