/** What traces tell of a call, to an OTLP server and to Langfuse at once, and what they never tell. */
import { fail, say } from '../../standins/anthropic';
import { LANGFUSE_KEYS, startOtlpStandin, type OtlpStandin, type SeenSpan } from '../../standins/otlp';
import { eventually, startTestGateway, type TestGateway } from '../support/gateway';
import type { PolicyFile } from '../support/policy-file';
import { FIRST, SECOND, twoDeployments } from '../support/two-deployments';

const SECRET_WORDS = 'the-launch-code-is-8812';
const HEADER_SECRET = 'Bearer collector-secret-9931';
const SESSION = 'ses_68f1c0ffee3Kx9wQ2vTz';
const USAGE = {
  input_tokens: 100,
  output_tokens: 7,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 500,
};

let policy: PolicyFile;
let otlp: OtlpStandin;
let langfuse: OtlpStandin;
let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  [policy, otlp, langfuse] = await Promise.all([twoDeployments(), startOtlpStandin(), startOtlpStandin()]);
  gateway = await startTestGateway({
    env: {
      ...policy.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(HEADER_SECRET)}`,
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test%20site,team=a',
      LANGFUSE_HOST: langfuse.url,
      LANGFUSE_PUBLIC_KEY: LANGFUSE_KEYS.public,
      LANGFUSE_SECRET_KEY: LANGFUSE_KEYS.secret,
      LANGFUSE_TRACING_ENVIRONMENT: 'staging',
    },
    limits: { coolDownMs: 0 },
  });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([policy.remove(), otlp.close(), langfuse.close()]);
});
beforeEach(() => gateway.standin.reset());

const ask = (headers: Record<string, string> = {}, body: Record<string, unknown> = {}) =>
  gateway.request('/v1/chat/completions', {
    key,
    headers: { 'content-type': 'application/json', ...headers },
    body: {
      model: 'claude-sonnet-4-5',
      max_tokens: 50,
      messages: [{ role: 'user', content: SECRET_WORDS }],
      ...body,
    },
  });

/** The call's span, then those of its attempts, by the id that its client got. */
async function spansOf(server: OtlpStandin, requestId: string | null): Promise<SeenSpan[]> {
  const call = await eventually(() =>
    server.spans.find(({ attributes }) => Object.values(attributes).includes(requestId)),
  );
  const rest = server.spans.filter(({ parentSpanId }) => parentSpanId === call.spanId);
  return [call, ...rest];
}
const idOf = ({ headers }: { headers: Headers }) => headers.get('x-request-id');

test('a call is a span by the conventions, with one for each deployment that was asked', async () => {
  gateway.standin.answer(fail(529), { ...say(SECRET_WORDS), usage: USAGE });
  const before = Date.now();
  const answer = await ask({ 'x-session-affinity': SESSION }, { stream: true });
  expect(answer.text).toContain(SECRET_WORDS);
  const [call, first, second] = await spansOf(otlp, idOf(answer));
  const [row] = await gateway.ledger(1);
  expect(call).toMatchObject({
    name: 'chat claude-sonnet-4-5',
    kind: 2,
    parentSpanId: '',
    status: { code: 0, message: '' },
    resource: { 'service.name': 'ai-gateway', 'deployment.environment.name': 'test site', team: 'a' },
  });
  expect(call?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.request.max_tokens': 50,
    'gen_ai.request.stream': true,
    'gen_ai.response.id': expect.stringMatching(/^msg_/) as string,
    'gen_ai.response.model': SECOND,
    'gen_ai.response.time_to_first_chunk': expect.any(Number) as number,
    'gen_ai.usage.input_tokens': 630,
    'gen_ai.usage.output_tokens': 7,
    'gen_ai.usage.cache_read.input_tokens': 500,
    'gen_ai.usage.cache_creation.input_tokens': 30,
    'gen_ai.conversation.id': SESSION,
    'http.response.status_code': 200,
    'user.id': '7f3a0000-0000-4000-8000-00000000000a',
    'user.name': 'ann',
    'gateway.request_id': idOf(answer),
    'gateway.level': 'standard',
    'gateway.scope': 'workspace',
    'gateway.template': 'contractor-workspace',
    'gateway.workspace.id': '5b1c7d0e-0000-4000-8000-000000000001',
    'gateway.workspace.name': 'dev',
    'gateway.client': 'node',
    'gateway.protocol': 'openai-chat',
    'gateway.attempts': 2,
    'gateway.cost': Number(row?.['cost_nano']) / 1e9,
    'gateway.cost.is_estimated': false,
  });
  expect(call?.start).toBeGreaterThanOrEqual(before - 1);
  expect(call?.end).toBeLessThanOrEqual(Date.now() + 1);
  const parts = [first, second].sort((a, b) => (a?.start ?? 0) - (b?.start ?? 0));
  expect(parts.map((span) => span?.attributes['gen_ai.request.model'])).toEqual([FIRST, SECOND]);
  expect(parts.map((span) => span?.kind)).toEqual([3, 3]);
  expect(parts.map((span) => span?.status)).toEqual([
    { code: 2, message: 'provider_overloaded' },
    { code: 0, message: '' },
  ]);
  for (const span of parts) expect(span?.traceId).toBe(call?.traceId);
  const sent = otlp.requests.at(-1);
  expect(sent?.path).toBe('/v1/traces');
  expect(sent?.headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    authorization: HEADER_SECRET,
  });
});

test('to Langfuse it is a generation, whose tokens count once each', async () => {
  gateway.standin.answer({ ...say('well'), usage: USAGE });
  const before = Date.now();
  const answer = await ask({ 'x-session-affinity': SESSION }, { stream: true });
  const [call, attempt] = await spansOf(langfuse, idOf(answer));
  const row = (await gateway.ledger(2)).at(-1);
  expect(call?.attributes).toMatchObject({
    'langfuse.observation.type': 'generation',
    'langfuse.observation.model.name': 'claude-sonnet-4-5',
    'langfuse.observation.level': 'DEFAULT',
    'langfuse.trace.name': 'chat claude-sonnet-4-5',
    'langfuse.trace.tags': ['template:contractor-workspace', 'level:standard', 'scope:workspace'],
    'langfuse.environment': 'staging',
    'user.id': 'ann',
    'session.id': SESSION,
  });
  const json = (name: string) =>
    JSON.parse(String(call?.attributes[`langfuse.observation.${name}`])) as unknown;
  expect(json('usage_details')).toEqual({
    input: 100,
    output: 7,
    input_cached_tokens: 500,
    input_cache_creation_5m: 30,
    input_cache_creation_1h: 0,
    total: 637,
  });
  expect(json('cost_details')).toEqual({ total: Number(row?.['cost_nano']) / 1e9 });
  expect(json('model.parameters')).toEqual({ max_tokens: 50, stream: true });
  const first = Date.parse(String(json('completion_start_time')));
  expect(first).toBeGreaterThanOrEqual(before - 1);
  expect(first).toBeLessThanOrEqual(Date.now() + 1);
  expect(attempt?.attributes).toMatchObject({ 'langfuse.observation.type': 'span', 'user.id': 'ann' });
  expect(langfuse.requests.at(-1)).toMatchObject({
    path: '/api/public/otel/v1/traces',
    headers: { 'x-langfuse-ingestion-version': '4' },
  });
  // What has no conversation belongs to its workspace's.
  const [plain] = await spansOf(langfuse, idOf(await ask()));
  expect(plain?.attributes['session.id']).toBe('5b1c7d0e-0000-4000-8000-000000000001');
});

test('a call that fails, or is let in by nobody, says why by a code', async () => {
  gateway.standin.answer(fail(400));
  const [call] = await spansOf(langfuse, idOf(await ask()));
  expect(call?.attributes).toMatchObject({
    'langfuse.observation.level': 'ERROR',
    'langfuse.observation.status_message': 'provider_rejected',
  });
  const stranger = await gateway.request('/v1/chat/completions', { key: 'sk-nobody-at-all', body: {} });
  const [refused] = await spansOf(otlp, idOf(stranger));
  expect(refused).toMatchObject({
    name: 'chat',
    status: { code: 2 },
    attributes: { 'http.response.status_code': 401, 'gateway.attempts': 0 },
  });
  expect(refused?.attributes).not.toHaveProperty(['user.id']);
});

test('the caller’s trace goes on in ours; what is no traceparent begins a new one', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const [call] = await spansOf(otlp, idOf(await ask({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` })));
  expect(call).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
  for (const traceparent of [
    `00-${traceId}-00f067aa0ba902b7`,
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `00-${traceId}-00f067aa0ba902b7-01-more`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `01-${traceId}-00f067aa0ba902b7-01-${'x'.repeat(4_000)}`,
  ]) {
    const [odd] = await spansOf(otlp, idOf(await ask({ traceparent })));
    expect([traceparent.slice(0, 60), odd?.parentSpanId]).toEqual([traceparent.slice(0, 60), '']);
    expect(odd?.traceId).not.toBe(traceId);
  }
  // One whose caller does not keep it is not kept here either, unless told otherwise.
  const unkept = await ask({ traceparent: `00-${traceId.replace('4', '5')}-00f067aa0ba902b7-00` });
  await spansOf(otlp, idOf(await ask()));
  expect(otlp.spans.filter(({ attributes }) => attributes['gateway.request_id'] === idOf(unkept))).toEqual(
    [],
  );
  // Nobody allowed that providers are told of it.
  for (const { headers } of gateway.standin.requests) expect(headers).not.toHaveProperty('traceparent');
});

test('neither what was said nor a key nor a secret leaves, into traces or the log', () => {
  const sent = Buffer.concat([...otlp.requests, ...langfuse.requests].map(({ body }) => body)).toString(
    'latin1',
  );
  expect(sent.length).toBeGreaterThan(5_000);
  const logs = gateway.logs.join('');
  for (const secret of [
    SECRET_WORDS,
    key,
    key.slice(3),
    gateway.standin.apiKey,
    LANGFUSE_KEYS.secret,
    HEADER_SECRET,
    'collector-secret',
    Buffer.from(`${LANGFUSE_KEYS.public}:${LANGFUSE_KEYS.secret}`).toString('base64'),
  ]) {
    expect(sent).not.toContain(secret);
    expect(logs).not.toContain(secret);
  }
  for (const endpoint of ['OTLP', 'Langfuse'])
    expect(
      gateway.logs.filter((line) => line.includes('traces arrive') && line.includes(`"${endpoint}"`)),
    ).toHaveLength(1);
  expect(gateway.logs.filter((line) => line.includes('Langfuse takes the keys'))).toHaveLength(1);
});
