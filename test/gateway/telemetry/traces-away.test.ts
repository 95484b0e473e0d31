/** Endpoints of traces that are away, refuse, hang, trickle: calls go on, what is lost is counted, each change is one line. */
import { lastingPort } from '../../harness/lasting-port';
import { LANGFUSE_KEYS, startOtlpStandin, type Mood, type OtlpStandin } from '../../standins/otlp';
import { eventually, startTestGateway, type TestGateway } from '../support/gateway';

const QUEUE = 40;

let otlp: OtlpStandin;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  otlp = await startOtlpStandin(await lastingPort());
  gateway = await startTestGateway({
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${otlp.url}/odd/place`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      GATEWAY_PASS_TRACEPARENT: 'true',
      LITELLM_DEFAULT_RPM: '10000',
    },
  });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await otlp.close();
});
// A call is told of after its client has the answer.
let told = 0;
beforeEach(async () => {
  await gateway.settled();
  otlp.mood = 'well';
  otlp.rejects = 0;
  await eventually(() => {
    const { waiting, delivered, dropped } = figures();
    const isStill = waiting === 0 && delivered + dropped === told;
    told = delivered + dropped;
    return isStill || undefined;
  });
});

const ask = () => gateway.chat(key, { max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] });
const figures = () => {
  const [found] = gateway.gateway.services.traces?.figures() ?? [];
  if (found === undefined) throw new Error('traces are off');
  return found;
};
const lines = (words: string) => gateway.logs.filter((line) => line.includes(words));
const AWAY = 'traces do not arrive';
const BACK = 'traces arrive';
const arrived = () => eventually(() => (figures().waiting === 0 && figures().isUp) || undefined);

test('as JSON, zipped, to the very address that is named, and its spans are as they must be', async () => {
  await ask();
  await arrived();
  expect(otlp.requests[0]).toMatchObject({
    path: '/odd/place',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  });
  expect(otlp.spans.map(({ name }) => name)).toEqual([
    'chat claude-sonnet-4-5',
    expect.stringMatching(/^ask anthropic /),
  ]);
});

test('a provider is told of the attempt that it is, when that is allowed', async () => {
  gateway.standin.reset();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await gateway.request('/v1/chat/completions', {
    key,
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    body: { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }] },
  });
  const attempt = await eventually(() =>
    otlp.spans.find((span) => span.traceId === traceId && span.name.startsWith('ask')),
  );
  expect(gateway.standin.requests[0]?.headers['traceparent']).toBe(`00-${traceId}-${attempt.spanId}-01`);
});

// A machine that is busy may be too slow for an answer that is there.
const PASSING: readonly [Mood, reason: RegExp][] = [
  [{ status: 429 }, /^status 429$|^no answer/],
  [{ status: 503 }, /^status 503$|^no answer/],
  ['hang', /^no answer within 1000 ms$/],
  ['trickle', /^status 503$|^no answer/],
  ['cut', /^(ECONNRESET|UND_ERR_SOCKET)$|^no answer/],
];

test.each(PASSING)(
  'calls go on while it answers %j, and what waits arrives when it is well',
  async (mood, reason) => {
    const before = figures();
    const [away, back] = [lines(AWAY).length, lines(BACK).length];
    otlp.mood = mood;
    for (let call = 0; call < 4; call += 1) expect((await ask()).status).toBe(200);
    await eventually(() => lines(AWAY)[away]);
    for (let call = 0; call < 4; call += 1) expect((await ask()).status).toBe(200);
    otlp.mood = 'well';
    await eventually(() => figures().delivered === before.delivered + 16 || undefined);
    expect(figures()).toMatchObject({ dropped: before.dropped, isUp: true });
    expect((JSON.parse(lines(AWAY)[away] ?? '') as { reason: string }).reason).toMatch(reason);
    expect([lines(AWAY).length, lines(BACK).length]).toEqual([away + 1, back + 1]);
  },
);

test.each([{ status: 400 }, { status: 401 }, { status: 404 }, { status: 500 }, 'redirect'] as const)(
  'what it will not have (%j) is dropped and counted, and not sent again',
  async (mood) => {
    const before = figures();
    const away = lines(AWAY).length;
    otlp.mood = mood;
    for (let call = 0; call < 4; call += 1) expect((await ask()).status).toBe(200);
    await eventually(() => figures().dropped === before.dropped + 8 || undefined);
    otlp.mood = 'well';
    await ask();
    await eventually(() => figures().delivered === before.delivered + 2 || undefined);
    expect(figures()).toMatchObject({ dropped: before.dropped + 8, isUp: true });
    expect(lines(AWAY).length).toBe(away + 1);
  },
);

test('what it takes in part is counted so, and an answer without end is let go of', async () => {
  const before = figures();
  otlp.rejects = 1;
  await ask();
  await eventually(() => figures().dropped === before.dropped + 1 || undefined);
  otlp.rejects = 0;
  otlp.mood = 'endless';
  await ask();
  await eventually(() => figures().delivered === before.delivered + 3 || undefined);
  expect(figures()).toMatchObject({ dropped: before.dropped + 1, isUp: true });
});

test('killed under load: no call fails, no more waits than may, the rest is counted', async () => {
  const before = figures();
  const away = lines(AWAY).length;
  const { port } = otlp;
  gateway.standin.reset();
  const load = Array.from({ length: 4 }, async (_, client) => {
    for (let call = 0; call < 20; call += 1) {
      if (client === 0 && call === 3) await otlp.close();
      expect((await ask()).status).toBe(200);
      expect(figures().waiting).toBeLessThanOrEqual(QUEUE);
    }
  });
  await Promise.all(load);
  const all = before.delivered + before.dropped + 160;
  const then = await eventually(() => {
    const now = figures();
    return now.delivered + now.dropped + now.waiting === all ? now : undefined;
  });
  expect(then.dropped).toBeGreaterThan(before.dropped);
  expect(lines(AWAY).length).toBe(away + 1);
  otlp = await startOtlpStandin(port);
  await arrived();
  await ask();
  await eventually(() => otlp.spans.length >= 2 || undefined);
  // What the other side says is somebody's words.
  expect(gateway.logs.join('')).not.toContain('not for your log');
});

describe('Langfuse, looked at after the start', () => {
  let langfuse: OtlpStandin;
  beforeAll(async () => {
    langfuse = await startOtlpStandin();
  });
  afterAll(() => langfuse.close());

  async function saidOf(env: Record<string, string>): Promise<Record<string, unknown>> {
    const own = await startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      env: {
        LANGFUSE_HOST: langfuse.url,
        LANGFUSE_PUBLIC_KEY: LANGFUSE_KEYS.public,
        LANGFUSE_SECRET_KEY: LANGFUSE_KEYS.secret,
        OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
        ...env,
      },
    });
    const find = () => own.logs.find((line) => /Langfuse/.test(line) && !line.includes('traces are on'));
    const line = await eventually(find);
    await own.close();
    return JSON.parse(line) as Record<string, unknown>;
  }

  test('keys that fit, keys that do not, an old server and one that is away are told apart', async () => {
    expect(await saidOf({})).toMatchObject({ level: 'info', langfuse_version: '4.2.0' });
    expect(await saidOf({ LANGFUSE_SECRET_KEY: 'sk-lf-of-another-project' })).toMatchObject({
      level: 'error',
      msg: expect.stringContaining('refuses the keys') as string,
      settings: ['LANGFUSE_PUBLIC_KEY', 'LANGFUSE_SECRET_KEY'],
    });
    langfuse.version = '3.120.1';
    expect(await saidOf({})).toMatchObject({
      level: 'warn',
      msg: expect.stringContaining('old version') as string,
      langfuse_version: '3.120.1',
    });
    expect(await saidOf({ LANGFUSE_HOST: 'http://127.0.0.1:1' })).toMatchObject({
      level: 'warn',
      msg: expect.stringContaining(AWAY) as string,
      endpoint: 'Langfuse',
    });
  });
});

test('the end of a gateway sends what waits, and is not held up by one who does not listen', async () => {
  const quiet = await startOtlpStandin();
  const start = () =>
    startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      env: {
        LITELLM_DEFAULT_RPM: '10000',
        OTEL_EXPORTER_OTLP_ENDPOINT: quiet.url,
        OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      },
    });
  const one = await start();
  await one.chat(key, { messages: [{ role: 'user', content: 'hi' }] });
  await one.settled();
  await one.close();
  expect(quiet.spans).toHaveLength(2);
  quiet.mood = 'hang';
  const two = await start();
  await two.chat(key, { messages: [{ role: 'user', content: 'hi' }] });
  await two.settled();
  await two.close();
  expect(two.logs.find((line) => line.includes('some traces never arrived'))).toContain('"dropped":2');
  await quiet.close();
});
