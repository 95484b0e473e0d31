/** What the holder of a key may know of their conversations: what each came to, and nobody else's. */
import { say } from '../standins/anthropic';
import { startTestGateway, type TestGateway } from './support/gateway';
import { startStore, type TestStore } from './support/store';

const USAGE = { input_tokens: 1_000, output_tokens: 100 };
const [ONE, OTHER] = ['ses_68f1c0ffee3Kx9wQ2vTz', 'ses_71a2b3c4d5e6Lm8nP4qRs'];

let store: TestStore;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  store = await startStore();
  gateway = await startTestGateway({ store });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await store.remove();
});

interface Report {
  readonly days: number;
  readonly truncated: boolean;
  readonly session_count: number;
  readonly sessions: readonly {
    readonly session: string | null;
    readonly calls: number;
    readonly input_tokens: number;
    readonly spend: number;
    readonly begins_at: string;
    readonly ends_at: string;
  }[];
}

const ask = async (session: string | undefined, as = key) => {
  gateway.standin.answer({ ...say('well'), usage: USAGE });
  const answer = await gateway.request('/v1/chat/completions', {
    key: as,
    headers: {
      'content-type': 'application/json',
      ...(session === undefined ? {} : { 'x-session-affinity': session }),
    },
    body: { model: 'claude-haiku-4-5', max_tokens: 200, messages: [{ role: 'user', content: 'hi' }] },
  });
  expect(answer.status).toBe(200);
  await gateway.settled();
};
const report = async (as = key): Promise<Report> => {
  const { status, json } = await gateway.request('/api/v1/keys/sessions', { key: as });
  expect(status).toBe(200);
  return json as unknown as Report;
};

test('each conversation with its calls, spend, begin and end; the newest first, and only the own ones', async () => {
  expect(await report()).toEqual({ days: 30, truncated: false, session_count: 0, sessions: [] });
  const from = Date.now();
  await ask(ONE);
  await ask(undefined);
  await ask(OTHER);
  await ask(ONE);
  const stranger = await gateway.workspaceKey({
    owner: { id: '00000000-0000-4000-8000-00000000000b', name: 'bob', groups: [] },
    workspace: { id: '11111111-2222-4333-8444-555555555555', name: 'other' },
  });
  await ask(ONE, stranger);
  const found = await report();
  expect(found).toMatchObject({ truncated: false, session_count: 2 });
  expect(found.sessions.map(({ session, calls, input_tokens: input }) => [session, calls, input])).toEqual([
    [ONE, 2, 2_000],
    [OTHER, 1, 1_000],
    [null, 1, 1_000],
  ]);
  const rows = await store.query<{ session: string | null; nano: string }>(
    `select session, sum(cost_nano)::text as nano from calls where owner_name <> 'bob' group by 1`,
  );
  for (const { session, spend, begins_at: begin, ends_at: end } of found.sessions) {
    expect(spend).toBe(Number(rows.find((row) => row.session === session)?.nano) / 1e9);
    expect(Date.parse(begin)).toBeGreaterThanOrEqual(from - 1_000);
    expect(Date.parse(begin)).toBeLessThanOrEqual(Date.parse(end));
  }
  expect((await report(stranger)).sessions).toMatchObject([{ session: ONE, calls: 1 }]);
});

test('nobody without a key, and no more is looked at or told than may be', async () => {
  expect((await gateway.request('/api/v1/keys/sessions')).status).toBe(401);
  expect((await gateway.request('/api/v1/keys/sessions', { key: 'sk-nobody-at-all' })).status).toBe(401);
  const columns = (
    await store.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_name = 'calls'`,
    )
  )
    .map(({ name }) => name)
    .filter((name) => !['request_id', 'finished_at', 'session'].includes(name))
    .join(', ');
  // A second apart, before those that were made by hand; a hundred conversations.
  await store.query(
    `insert into calls (request_id, finished_at, session, ${columns})
     select gen_random_uuid(), now() - interval '1 hour' - n * interval '1 second', 'older-' || n % 100, ${columns}
     from (select * from calls where owner_name <> 'bob' limit 1) as one, generate_series(1, 20001) as n`,
  );
  const found = await report();
  expect(found).toMatchObject({ truncated: true, session_count: 102 });
  expect(found.sessions).toHaveLength(50);
  expect(found.sessions[0]).toMatchObject({ session: ONE, calls: 2 });
});
