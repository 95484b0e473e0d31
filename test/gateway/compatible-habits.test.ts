import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ScriptedAnswer } from '../standins/openai-compatible';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { eventually } from './support/gateway';
import { askMessages } from './support/messages';

/** Nano-dollars a token. */
const [INPUT, OUTPUT, READ] = [2_000, 8_000, 500];
const USAGE = { prompt_tokens: 100, completion_tokens: 20, cached_tokens: 40 };
const COST = String(60 * INPUT + 40 * READ + 20 * OUTPUT);

type Json = Record<string, unknown>;
const event = (data: Json | string): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const chunk = (delta: Json, finish_reason: string | null = null): string =>
  event({ id: 'x', choices: [{ index: 0, delta, finish_reason }] });
const USED = event({ id: 'x', choices: [], usage: USAGE });
const DONE = event('[DONE]');
const SAID = chunk({ content: 'Hello' }) + chunk({}, 'stop') + USED + DONE;
const WHOLE = JSON.stringify({
  id: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: USAGE,
});

const STREAM = { 'content-type': 'text/event-stream' };
const streamed = (text: string, isCut = false): ScriptedAnswer => ({
  bytes: { headers: STREAM, chunks: [text], isCut },
});
const whole = (body: Json): ScriptedAnswer => ({
  bytes: { headers: { 'content-type': 'application/json' }, chunks: [JSON.stringify(body)] },
});

describe('habits of OpenAI-compatible servers', () => {
  let gateway: CompatibleGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startCompatibleGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    await gateway.clearLedger();
    gateway.endpoint.reset();
  });

  const messages = [{ role: 'user', content: 'hi' }];
  const ask = {
    chat: (stream: boolean) => gateway.chat(key, { model: 'local', max_tokens: 500, messages, stream }),
    Messages: (stream: boolean) =>
      askMessages(gateway, key, { model: 'local', max_tokens: 500, messages, stream }),
  };
  const CLIENTS = ['chat', 'Messages'] as const;
  /** The log's line of the call that was answered. */
  const logged = ({ headers }: { headers: Headers }): Promise<Json> =>
    eventually(() => {
      const lines = gateway.logs.map((line) => JSON.parse(line) as Json);
      const id = headers.get('x-request-id');
      return Promise.resolve(lines.find(({ msg, request_id }) => msg === 'call' && request_id === id));
    });

  const PACKED = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const;

  test.each(PACKED.flatMap(([name, pack]) => [true, false].map((stream) => [name, stream, pack] as const)))(
    'an answer packed by %s is unpacked (stream: %s)',
    async (name, stream, pack) => {
      const bytes = pack(stream ? SAID : WHOLE);
      const headers = { 'content-type': stream ? 'text/event-stream' : 'application/json' };
      gateway.endpoint.answer({
        bytes: {
          headers: { ...headers, 'content-encoding': name },
          chunks: [bytes.subarray(0, 7), bytes.subarray(7)],
        },
      });
      const answer = await ask.chat(stream);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('Hello');
      expect(answer.text.endsWith(stream ? DONE : '}')).toBe(true);
      expect(await gateway.ledger(1)).toMatchObject([{ cost_nano: COST, estimated: false }]);
    },
  );

  test.each([true, false])('one that unpacks to more than any answer is cut (stream: %s)', async (stream) => {
    // A comment: an event would be too long for other reasons.
    const bytes = gzipSync(`: ${'a'.repeat(1_000)}\n`.repeat(70_000));
    const headers = { ...STREAM, 'content-encoding': 'gzip' };
    gateway.endpoint.answer({ bytes: { headers, chunks: [bytes] } });
    const answer = await ask.chat(stream);
    expect(answer.status).toBe(502);
    expect(answer.json.error.message).not.toContain('aaa');
    expect(bytes.length).toBeLessThan(1024 * 1024);
  });

  test('one that is not what its head says is a broken answer', async () => {
    const headers = { ...STREAM, 'content-encoding': 'gzip' };
    gateway.endpoint.answer({ bytes: { headers, chunks: [SAID] } });
    expect((await ask.chat(true)).status).toBe(502);
  });

  const BROKEN: readonly (readonly [string, string, boolean])[] = [
    ['an error', event({ error: { message: 'no', code: 500 } }), false],
    ['what is no JSON', 'data: {"choices":\n\n', false],
    ['a cut', '', true],
    ['a call without a name', chunk({ tool_calls: [{ index: 0, id: 'a' }] }) + USED + DONE, false],
  ];

  test.each(
    BROKEN.flatMap(([name, end, isCut]) => CLIENTS.map((client) => [name, client, end, isCut] as const)),
  )('a stream that ends by %s keeps the usage it was given before: %s', async (_, client, end, isCut) => {
    gateway.endpoint.answer(streamed(chunk({ content: 'Hello' }) + USED + end, isCut));
    const answer = await ask[client](true);
    expect(answer.text).toContain('Hello');
    expect(answer.text).toContain('error');
    expect(await gateway.ledger(1)).toMatchObject([
      { cost_nano: COST, estimated: false, input_tokens: '60', cache_read_tokens: '40', output_tokens: '20' },
    ]);
  });

  test('what came behind a usage is not paid by it', async () => {
    gateway.endpoint.answer(streamed(USED + chunk({ content: 'Hello' }) + event({ error: 'no' })));
    await ask.chat(true);
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ estimated: true });
    expect(Number(row?.['cost_nano'])).toBeGreaterThanOrEqual(500 * OUTPUT);
  });

  test.each(CLIENTS.flatMap((client) => [true, false].map((stream) => [client, stream] as const)))(
    'an answer that was billed and shows nothing is an error that says so, and is booked: %s, stream: %s',
    async (client, stream) => {
      gateway.endpoint.answer(
        stream
          ? streamed(chunk({ role: 'assistant', content: '' }) + chunk({}, 'stop') + USED + DONE)
          : whole({
              id: 'x',
              choices: [{ message: { content: null }, finish_reason: 'stop' }],
              usage: USAGE,
            }),
      );
      const answer = await ask[client](stream);
      expect(answer.status).toBe(502);
      expect(answer.json.error.message).toContain('20 tokens of output without any text');
      expect(await gateway.ledger(1)).toMatchObject([{ cost_nano: COST, estimated: false, status: 502 }]);
    },
  );

  test('where another deployment can answer in its place, both are booked', async () => {
    gateway.endpoint.answer(streamed(chunk({}, 'stop') + USED + DONE));
    const answer = await gateway.chat(key, { model: 'mixed', max_tokens: 500, messages, stream: true });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gateway-deployment')).toMatch(/^anthropic/);
    const rows = await gateway.ledger(2);
    expect(rows.filter(({ cost_nano, estimated }) => cost_nano === COST && estimated === false)).toHaveLength(
      1,
    );
  });

  test.each(['length', 'content_filter'])(
    'one that says by "%s" why it shows nothing is none',
    async (reason) => {
      for (const stream of [true, false]) {
        const choice = { finish_reason: reason };
        gateway.endpoint.answer(
          stream
            ? streamed(chunk({}, reason) + USED + DONE)
            : whole({ id: 'x', choices: [{ ...choice, message: { content: '' } }], usage: USAGE }),
        );
        const answer = await ask.chat(stream);
        expect(answer.status).toBe(200);
        expect(answer.text).toContain(`"finish_reason":"${reason}"`);
      }
    },
  );

  test('what was made up for is named in the log of the call, and nowhere else', async () => {
    const call = { tool_calls: [{ function: { name: 'read', arguments: { path: 'secret' } } }] };
    gateway.endpoint.answer(
      streamed(event({ id: 'x', choices: [{ message: call }] }) + chunk({}, 'stop') + USED),
      streamed(SAID),
      whole(JSON.parse(WHOLE) as Json),
    );
    const answer = await ask.chat(true);
    expect(answer.text).toContain('[DONE]');
    const line = await logged(answer);
    expect(line['mended']).toEqual(['message', 'arguments_object', 'call_index', 'call_id', 'no_done']);
    expect(JSON.stringify(line)).not.toContain('secret');
    expect((await logged(await ask.chat(true)))['mended']).toBeUndefined();
    expect((await logged(await ask.chat(true)))['mended']).toEqual(['not_streamed']);
  });

  test('clients of Messages are told a guess at the prompt’s size at once, and what it was at the end', async () => {
    const text = 'word '.repeat(800);
    const asked = { model: 'local', messages: [{ role: 'user', content: text }], stream: true };
    gateway.endpoint.answer(streamed(SAID), streamed(chunk({ content: 'a' }) + chunk({}, 'stop') + DONE));
    const { events } = await askMessages(gateway, key, asked);
    const guess = events[0]?.data.message?.usage['input_tokens'];
    expect(guess).toBeGreaterThanOrEqual(1_000);
    expect(guess).toBeLessThan(1_100);
    expect(events.at(-2)?.data['usage']).toMatchObject({ input_tokens: 60, cache_read_input_tokens: 40 });
    // Nothing takes its place where the server never says.
    const untold = await askMessages(gateway, key, asked);
    expect(untold.events.at(-2)?.data['usage']).toEqual({ output_tokens: 0 });
    // A server that says it at once is believed.
    gateway.endpoint.answer(streamed(event({ id: 'x', choices: [], usage: USAGE }) + SAID));
    const told = await askMessages(gateway, key, asked);
    expect(told.events[0]?.data.message?.usage).toMatchObject({ input_tokens: 60 });
  });
});
