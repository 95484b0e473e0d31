/** What was said, with content logging off and on: to Langfuse alone, masked, within bounds, and said to those it is about. */
import type { CallContext } from '../../../gateway/call-context';
import { MOST_BYTES } from '../../../gateway/content/call-content';
import { MOST_HELD_BYTES } from '../../../gateway/content/content-logging';
import { keepContent } from '../../../gateway/stages/keep-content';
import { adminOf } from '../../admin/support';
import { TOKENS } from '../../masking/planted';
import { say, text, toolCall } from '../../standins/anthropic';
import { LANGFUSE_KEYS, startOtlpStandin, type OtlpStandin, type SeenSpan } from '../../standins/otlp';
import { eventually, MASTER_KEY, startTestGateway, type Answer, type TestGateway } from '../support/gateway';
import { policyFile, type PolicyFile } from '../support/policy-file';
import { startStore, type TestStore } from '../support/store';

const PROMPT = 'the-launch-window-is-on-tuesday';
const REPLY = 'the-window-was-moved-to-friday';
const secretOf = (name: string): string => TOKENS['github']?.[1](name) ?? '';
const [ASKED_SECRET, TOLD_SECRET, CALLED_SECRET] = ['asked', 'told', 'called'].map(secretOf) as [
  string,
  string,
  string,
];
const TEAM = { maxBudget: 1_000, budgetDuration: '1d' } as const;

let now: Date | undefined;
let policy: PolicyFile;
let store: TestStore;
let otlp: OtlpStandin;
let langfuse: OtlpStandin;
let gateway: TestGateway;
let other: TestGateway;
let admin: ReturnType<typeof adminOf>;
let key: string;
beforeAll(async () => {
  [policy, store, otlp, langfuse] = await Promise.all([
    policyFile({ teams: { templates: {}, groups: { research: TEAM, 'contractors-ai': TEAM } } }),
    startStore(),
    startOtlpStandin(),
    startOtlpStandin(),
  ]);
  const env = {
    ...policy.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_BSP_SCHEDULE_DELAY: '20',
    LANGFUSE_HOST: langfuse.url,
    LANGFUSE_PUBLIC_KEY: LANGFUSE_KEYS.public,
    LANGFUSE_SECRET_KEY: LANGFUSE_KEYS.secret,
  };
  const options = { store, now: () => now ?? new Date() };
  gateway = await startTestGateway({ env, ...options });
  other = await startTestGateway({ env, ...options, standin: gateway.standin });
  admin = adminOf(gateway);
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await other.close();
  await gateway.close();
  await Promise.all([policy.remove(), otlp.close(), langfuse.close(), store.remove()]);
});
beforeEach(() => gateway.standin.reset());
afterEach(() => {
  now = undefined;
});

const roomOf = (which: TestGateway) => which.gateway.services.contentLogging.room;
const HEADER = 'x-gateway-content-logging';

const PATHS = { chat: '/v1/chat/completions', messages: '/v1/messages' };
type Path = keyof typeof PATHS;

const ask = (path: Path, body: Record<string, unknown> = {}, which = gateway): Promise<Answer> =>
  which.request(PATHS[path], {
    key,
    headers: { 'content-type': 'application/json' },
    body: {
      model: 'claude-sonnet-4-5',
      max_tokens: 200,
      messages: [{ role: 'user', content: `${PROMPT} with ${ASKED_SECRET}` }],
      ...body,
    },
  });

async function spanOf(answer: { readonly headers: Headers }, server = langfuse): Promise<SeenSpan> {
  const id = answer.headers.get('x-request-id');
  return eventually(() =>
    server.spans.find(({ attributes }) => Object.values(attributes).some((each) => each === id)),
  );
}
const saidIn = ({ attributes }: SeenSpan) => ({
  input: attributes['langfuse.observation.input'] as string | undefined,
  output: attributes['langfuse.observation.output'] as string | undefined,
});
const sentTo = (server: OtlpStandin): string =>
  Buffer.concat(server.requests.map(({ body }) => body)).toString('latin1');

/** Everything that is in the store. */
async function dump(): Promise<string> {
  const tables = await store.query<{ table_name: string }>(
    "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const texts = await Promise.all(
    tables.map(({ table_name: name }) =>
      store.query<{ all: string | null }>(`select string_agg(t::text, e'\\n') as all from "${name}" t`),
    ),
  );
  return texts.map(([row]) => row?.all ?? '').join('\n');
}

async function expectSilence(words: readonly string[]): Promise<void> {
  const metrics = await gateway.request(`${gateway.adminUrl}/metrics`, {
    key: MASTER_KEY,
  });
  const alerts = await admin('/alerts/list');
  const places = {
    log: gateway.logs.join(''),
    'log of the other': other.logs.join(''),
    store: await dump(),
    otlp: sentTo(otlp),
    metrics: metrics.text,
    alerts: alerts.text,
  };
  expect(places.otlp.length).toBeGreaterThan(1_000);
  expect(places.store).toContain('claude-sonnet-4-5');
  for (const [place, all] of Object.entries(places))
    for (const word of words) expect([place, all.includes(word)]).toEqual([place, false]);
}

test('off, which it is unless somebody switches it on, nothing is looked at or copied, and nothing leaves', async () => {
  expect((await admin('/content-logging')).json).toMatchObject({ possible: true, on: [] });
  const untouchable = new Proxy({}, { get: () => fail('what was said was looked at') });
  const call = {
    services: gateway.gateway.services,
    key: {},
    request: untouchable,
  } as unknown as CallContext;
  keepContent(call);
  expect(call.content).toBeUndefined();

  gateway.standin.answer(say(`${REPLY} by ${TOLD_SECRET}`), say(`${REPLY} by ${TOLD_SECRET}`));
  for (const stream of [false, true]) {
    const answer = await ask('chat', { stream });
    expect(answer.headers.has(HEADER)).toBe(false);
    expect(saidIn(await spanOf(answer))).toEqual({ input: undefined, output: undefined });
    await spanOf(answer, otlp);
  }
  expect(roomOf(gateway).held).toBe(0);
  expect(roomOf(gateway).outcomes.size).toBe(0);
  const words = [PROMPT, REPLY, ASKED_SECRET, TOLD_SECRET];
  await expectSilence(words);
  for (const word of words) expect(sentTo(langfuse)).not.toContain(word);
  const info = await gateway.request('/api/v1/keys/info?usage=false', { key });
  expect(info.json).not.toHaveProperty('content_logging');
  const page = await gateway.request('/api/v1/keys/me/page', { key });
  expect(page.text).toContain('never what was asked or answered');
});

test('only an administrator switches it on, for what there is, until a time that lies ahead', async () => {
  const viewer = (await admin('/admin/key/new', { name: 'looks', role: 'viewer' })).json.key;
  const set = (body: unknown, as?: string) => admin('/content-logging/set', body, as ? { key: as } : {});
  expect((await admin('/content-logging', undefined, { key: viewer })).status).toBe(200);
  expect((await set({ on: true }, viewer)).status).toBe(403);
  expect((await set({ on: true }, key)).status).toBe(401);
  for (const [body, param] of [
    [{ on: true, team: 'group/nobody' }, 'team'],
    [{ on: true, team: 'research' }, 'team'],
    [{ on: true, until: '2020-01-01T00:00:00Z' }, 'until'],
    [{ on: true, until: '2099-01-01T00:00:00Z', duration: '1d' }, 'until'],
    [{ on: true, keep_days: 0 }, 'keep_days'],
    [{}, 'on'],
  ] as const)
    expect((await set(body)).json.error).toMatchObject({ code: '400', param });
  expect((await set({ on: true, team: 'group/nobody' })).json.error.message).toContain('group/research');
  expect(await store.query('select from content_logging')).toEqual([]);
});

test('without a Langfuse it is not switched on, and the refusal says what to set', async () => {
  const alone = await startTestGateway({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url },
    standin: gateway.standin,
  });
  try {
    const answer = await adminOf(alone)('/content-logging/set', { on: true });
    expect(answer.json.error).toMatchObject({ code: '400', param: 'on' });
    expect(answer.json.error.message).toContain('LANGFUSE_HOST');
  } finally {
    await alone.close();
  }
});

describe('switched on for the whole gateway', () => {
  beforeAll(async () => {
    const answer = await admin('/content-logging/set', { on: true, keep_days: 14 });
    expect(answer.json).toMatchObject({
      on: [{ place: 'gateway', until: null, keep_days: 14, set_by: 'master' }],
    });
  });

  test.each([
    ['chat', false],
    ['chat', true],
    ['messages', false],
    ['messages', true],
  ] as const)('by %s, streamed: %s, Langfuse has both sides without their secrets', async (path, stream) => {
    gateway.standin.answer({
      content: [
        text(`${REPLY} by ${TOLD_SECRET}`),
        toolCall('run', { command: `deploy --with ${CALLED_SECRET}`, where: 'the-east-wing' }),
      ],
    });
    const tools =
      path === 'chat'
        ? [{ type: 'function', function: { name: 'run', parameters: { type: 'object' } } }]
        : [{ name: 'run', input_schema: { type: 'object' } }];
    const answer = await ask(path, { stream, tools });
    expect([answer.status, answer.headers.get(HEADER)]).toEqual([200, 'on']);
    // The client has its own words.
    expect(answer.text).toContain(TOLD_SECRET.slice(0, 12));
    const span = await spanOf(answer);
    const { input = '', output = '' } = saidIn(span);
    const asked = JSON.parse(input) as { role: string; content: string }[];
    expect(asked.at(-1)).toEqual({ role: 'user', content: `${PROMPT} with [masked: github-token]` });
    expect(asked[0]?.role).toBe('system');
    expect(JSON.parse(output)).toEqual([
      { role: 'assistant', content: `${REPLY} by [masked: github-token]` },
      {
        role: 'assistant',
        tool_calls: [
          {
            id: expect.any(String) as string,
            type: 'function',
            function: {
              name: 'run',
              arguments: expect.stringMatching(
                /deploy --with \[masked: github-token\].*the-east-wing/,
              ) as string,
            },
          },
        ],
      },
    ]);
    expect(span.attributes).toMatchObject({
      'langfuse.observation.metadata.content': 'masked',
      'langfuse.observation.metadata.content_keep_days': expect.anything() as unknown,
      'langfuse.observation.metadata.content_masked': '{"github-token":3}',
      'langfuse.trace.tags': expect.arrayContaining(['content-keep-days:14']) as unknown,
    });
    await spanOf(answer, otlp);
  });

  test('parts that are no text are named with their size', async () => {
    const picture = Buffer.alloc(3_000, 7).toString('base64');
    const answer = await ask('messages', {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } },
            { type: 'text', text: 'what is it?' },
          ],
        },
      ],
    });
    const { input = '' } = saidIn(await spanOf(answer));
    expect(input).toContain('[image, image/png, about 3000 bytes: not sent]');
    expect(input).not.toContain(picture.slice(0, 40));
  });

  test('of a long conversation the newest comes, cut between characters and marked', async () => {
    const before = Array.from({ length: 24 }, (_, at) => [
      { role: 'user', content: `older-${at} ${'ж'.repeat(5_000)}` },
      { role: 'assistant', content: `reply-${at} ${'😀"\n'.repeat(1_500)}` },
    ]).flat();
    gateway.standin.answer(say(`begins ${'長'.repeat(60_000)} ends`));
    const answer = await ask('chat', {
      stream: true,
      max_tokens: 60_000,
      messages: [...before, { role: 'user', content: PROMPT }],
    });
    const span = await spanOf(answer);
    const { input = '', output = '' } = saidIn(span);
    expect(Buffer.byteLength(input) + Buffer.byteLength(output)).toBeLessThanOrEqual(MOST_BYTES);
    expect(input).toContain(PROMPT);
    expect(input).toContain('older-23');
    expect(input).not.toContain('older-0 ');
    const [told] = JSON.parse(output) as { content: string }[];
    expect(told?.content).toMatch(/^begins 長+\[cut\]$/);
    expect(input + output).not.toContain('\ufffd');
    expect(Number(span.attributes['langfuse.observation.metadata.content_left_out'])).toBeGreaterThan(10);
  });

  test('a client that goes leaves what was said by then', async () => {
    gateway.standin.answer({ ...say(`${REPLY} to the end`), delayMs: 300 });
    const gone = new AbortController();
    const call = gateway
      .chat(
        key,
        { stream: true, messages: [{ role: 'user', content: `${PROMPT} and go` }] },
        { signal: gone.signal },
      )
      .catch(() => undefined);
    await eventually(() => gateway.standin.requests.length > 0 || undefined);
    gone.abort();
    await call;
    const span = await eventually(() =>
      langfuse.spans.find((each) => saidIn(each).input?.includes(`${PROMPT} and go`)),
    );
    expect(span.attributes['langfuse.observation.metadata.status']).toBeDefined();
    await eventually(() => roomOf(gateway).held === 0 || undefined);
  });

  test('a process that holds all it may sends metadata only, and counts it', async () => {
    const room = roomOf(gateway);
    await eventually(() => room.held === 0 || undefined);
    expect(room.take(MOST_HELD_BYTES)).toBe(true);
    const answer = await ask('chat');
    expect(answer.status).toBe(200);
    expect(saidIn(await spanOf(answer))).toEqual({ input: undefined, output: undefined });
    room.give(MOST_HELD_BYTES);
    expect(room.outcomes.get('no_room')).toBe(1);
    const metrics = await gateway.request(`${gateway.adminUrl}/metrics`, {
      key: MASTER_KEY,
    });
    expect(metrics.text).toMatch(/content_logging_calls_total\{outcome="no_room"\} 1/);
    expect(metrics.text).toMatch(/content_logging_masked_total\{kind="github-token"\} \d+/);
    expect(metrics.text).toMatch(/content_logging_bytes 0/);
    await spanOf(answer, otlp);
  });

  test('its holder is told', async () => {
    const info = await gateway.request('/api/v1/keys/info?usage=false', { key });
    expect(info.json).toMatchObject({ content_logging: true });
    const page = await gateway.request('/api/v1/keys/me/page', { key });
    expect(page.text).toContain('sent to Langfuse, with secrets masked');
  });

  test('nothing of it is anywhere but in Langfuse, and no secret is even there', async () => {
    await expectSilence([PROMPT, REPLY, ASKED_SECRET, TOLD_SECRET, CALLED_SECRET, 'the-east-wing', '長長']);
    const there = sentTo(langfuse);
    expect(there).toContain(PROMPT);
    for (const secret of [ASKED_SECRET, TOLD_SECRET, CALLED_SECRET]) expect(there).not.toContain(secret);
  });

  test('the other process has it within moments, on as well as off', async () => {
    const header = async (): Promise<string | null> => (await ask('chat', {}, other)).headers.get(HEADER);
    await eventually(async () => (await header()) === 'on' || undefined);
    await admin('/content-logging/set', { on: false });
    expect((await ask('chat')).headers.has(HEADER)).toBe(false);
    await eventually(async () => (await header()) === null || undefined);
  });
});

test('a key is logged while any switch of its teams is on, kept for the shortest time, and not after its end', async () => {
  const inBoth = await gateway.workspaceKey({
    owner: {
      id: '7f3a0000-0000-4000-8000-0000000000bb',
      name: 'bob',
      groups: ['research', 'contractors-ai'],
    },
    workspace: { id: '5b1c7d0e-0000-4000-8000-0000000000bb', name: 'both' },
  });
  const answerOf = (of: string) => {
    gateway.standin.reset();
    return gateway.chat(of, { messages: [{ role: 'user', content: 'hello' }] });
  };
  await admin('/content-logging/set', { on: true, team: 'group/research', keep_days: 90, duration: '1h' });
  expect((await answerOf(inBoth)).headers.get(HEADER)).toBe('on');
  await admin('/content-logging/set', { on: true, team: 'group/contractors-ai', keep_days: 7 });
  const both = await answerOf(inBoth);
  expect((await spanOf(both)).attributes['langfuse.trace.tags']).toContain('content-keep-days:7');
  await admin('/content-logging/set', { on: false, team: 'group/contractors-ai' });
  expect((await answerOf(inBoth)).headers.get(HEADER)).toBe('on');
  now = new Date(Date.now() + 3_600_000 + 1_000);
  expect((await answerOf(inBoth)).headers.has(HEADER)).toBe(false);
  expect((await admin('/content-logging')).json).toMatchObject({ on: [] });
});

test('the audit trail has each switch, with who and what was before', async () => {
  const entries = await store.query(
    "select actor, target, before, after from admin_audit where action = 'content-logging/set' order by id",
  );
  expect(entries.slice(0, 2)).toMatchObject([
    { actor: 'master', target: 'gateway', before: null, after: { keep_days: 14, until: null } },
    { actor: 'master', target: 'gateway', before: { keep_days: 14 }, after: null },
  ]);
  expect(entries).toHaveLength(5);
});
