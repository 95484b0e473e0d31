import type { ScriptedAnswer } from '../standins/anthropic/script';
import { say } from '../standins/anthropic';
import { startBedrockStandin, type BedrockStandin } from '../standins/bedrock';
import type { ScriptedUsage } from '../standins/openai-compatible/script';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { makeGate } from './support/gate';
import { eventually, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const SECRET = 'words of the answer';
const HELLO = [{ role: 'user', content: 'hi' }];
const ASKED = { max_tokens: 400, messages: HELLO };

type Told = Promise<{ readonly status: number; readonly text: string }>;
type Logged = Readonly<Record<string, unknown>>;
const warnings = ({ logs }: TestGateway): Logged[] =>
  logs
    .map((line) => JSON.parse(line) as Logged)
    .filter(({ msg }) => msg === 'the usage is not known, so the whole reservation is booked');

/** What is set aside for the call while it is under way. */
async function reservedFor({ store }: TestGateway): Promise<string> {
  const row = await eventually(
    async () => (await store.query<{ amount_nano: string }>('select amount_nano from reservations'))[0],
  );
  return row.amount_nano;
}

/** The call is booked at its reservation, and said so with the field and without a word of what was told. */
async function expectEstimate(
  gateway: TestGateway,
  { reserved, field }: { reserved: string; field: string },
): Promise<void> {
  const row = (await gateway.ledger(1)).at(-1);
  expect(row).toMatchObject({ cost_nano: reserved, estimated: true, input_tokens: '0', output_tokens: '0' });
  expect(Number(reserved)).toBeGreaterThan(0);
  const [warned] = warnings(gateway).filter(({ request_id }) => request_id === row?.['request_id']);
  expect(warned).toMatchObject({ field, level: 'warn' });
  expect(JSON.stringify(warned)).not.toContain(SECRET);
  expect(await gateway.store.query('select from accounts where closed_at is not null')).toEqual([]);
}

describe("odd usage of Anthropic's format", () => {
  let bedrock: BedrockStandin;
  let gateway: TestGateway;
  let key: string;
  let number = 0;
  beforeAll(async () => {
    bedrock = await startBedrockStandin();
    gateway = await startTestGateway({ env: bedrock.env, limits: { coolDownMs: 0 } });
  });
  afterAll(async () => {
    await gateway.close();
    await bedrock.close();
  });
  beforeEach(async () => {
    gateway.standin.reset();
    bedrock.reset();
    await gateway.clearLedger();
    key = await gateway.workspaceKey({
      workspace: { id: `w-${(number += 1)}`, name: 'dev' },
      owner: { id: `o-${number}`, name: `p-${number}`, groups: [] },
    });
  });

  const ask: Readonly<Record<string, (stream: boolean) => Told>> = {
    'Anthropic by Messages': (stream) => askMessages(gateway, key, { ...ASKED, stream }),
    'Anthropic by chat': (stream) => gateway.chat(key, { ...ASKED, stream }),
    'Bedrock by Messages': (stream) =>
      askMessages(gateway, key, { ...ASKED, stream, model: 'bedrock-claude-sonnet' }),
  };
  const answerAll = (answer: ScriptedAnswer): void => {
    gateway.standin.answer(answer);
    bedrock.answer(answer);
  };

  const ODD: readonly (readonly [string, Record<string, unknown>])[] = [
    ['usage.input_tokens', { input_tokens: null }],
    ['usage.output_tokens', { output_tokens: SECRET }],
    ['usage.output_tokens', { output_tokens: -7 }],
    ['usage.cache_read_input_tokens', { cache_read_input_tokens: 1e21 }],
    ['usage.cache_creation', { cache_creation: { ephemeral_1h_input_tokens: 5 } }],
    // Beyond what Postgres counts to at that price: refused for ever, and what was set aside stayed so.
    ['usage', { output_tokens: Number.MAX_SAFE_INTEGER }],
    ['usage', { input_tokens: 2_000_000 }],
  ];

  test.each(
    Object.keys(ask).flatMap((way) =>
      ODD.flatMap(([field, usage], at) =>
        [false, true].map((stream) => [way, field, at, stream, usage] as const),
      ),
    ),
  )('is booked at the reservation: %s, %s (%i), stream: %s', async (way, field, _, stream, usage) => {
    const { opened, open } = makeGate();
    answerAll({ ...say(SECRET), usage, until: opened });
    const asking = ask[way]?.(stream);
    const reserved = await reservedFor(gateway);
    open();
    const answer = await asking;
    expect(answer?.status).toBe(200);
    expect(answer?.text).toContain(SECRET);
    await expectEstimate(gateway, { reserved, field });
  });

  test('a stream that breaks off before its last usage is booked at its input and the output set aside, and said so', async () => {
    gateway.standin.answer({ ...say(SECRET), interruption: { after: 'end', how: 'end' } });
    await askMessages(gateway, key, { ...ASKED, stream: true });
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ estimated: true });
    expect(Number(row?.['cost_nano'])).toBeGreaterThan(ASKED.max_tokens * 15_000);
    expect(gateway.logs.join('')).toContain('its input is booked as told and its output as set aside');
  });

  test('what can be true is booked as it is said', async () => {
    gateway.standin.answer({ ...say(SECRET), usage: { input_tokens: 10, output_tokens: 400 } });
    await askMessages(gateway, key, ASKED);
    expect(await gateway.ledger(1)).toMatchObject([
      {
        input_tokens: '10',
        output_tokens: '400',
        estimated: false,
        cost_nano: String(10 * 3_000 + 400 * 15_000),
      },
    ]);
  });

  test('what is cached is booked for an hour where it was asked for and nobody says for how long', async () => {
    const cached = [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    for (const [messages, price] of [
      [[{ role: 'user', content: cached }], 6_000],
      [HELLO, 3_750],
    ] as const) {
      await gateway.clearLedger();
      const usage = { input_tokens: 7, output_tokens: 3, cache_creation_input_tokens: 1_000 };
      gateway.standin.answer({ ...say('x'), usage: { ...usage, cache_creation: null as never } });
      await askMessages(gateway, key, { ...ASKED, messages });
      expect(await gateway.ledger(1)).toMatchObject([
        { estimated: false, cost_nano: String(7 * 3_000 + 3 * 15_000 + 1_000 * price) },
      ]);
    }
  });
});

describe('odd usage of an OpenAI-compatible endpoint', () => {
  let gateway: CompatibleGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startCompatibleGateway();
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.endpoint.reset();
    await gateway.clearLedger();
  });

  const ask: Readonly<Record<string, (stream: boolean) => Told>> = {
    chat: (stream) => gateway.chat(key, { ...ASKED, stream, model: 'local' }),
    Messages: (stream) => askMessages(gateway, key, { ...ASKED, stream, model: 'local' }),
    completions: (stream) =>
      gateway.request('/v1/completions', {
        key,
        body: { model: 'local', prompt: 'hi', max_tokens: 400, stream },
      }),
  };

  const ODD: readonly (readonly [string, Record<string, unknown>])[] = [
    ['usage.completion_tokens', { prompt_tokens: 5 }],
    ['usage.prompt_tokens', { completion_tokens: 5 }],
    ['usage.prompt_tokens', {}],
    ['usage.completion_tokens', { prompt_tokens: 5, completion_tokens: 1.5 }],
    [
      'usage.prompt_tokens',
      { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 6 } },
    ],
    ['usage', { prompt_tokens: 5, completion_tokens: 8_001 }],
  ];

  test.each(
    Object.keys(ask).flatMap((way) =>
      ODD.flatMap(([field, usage], at) =>
        [false, true].map((stream) => [way, field, at, stream, usage] as const),
      ),
    ),
  )('is booked at the reservation: %s, %s (%i), stream: %s', async (way, field, _, stream, usage) => {
    const { opened, open } = makeGate();
    gateway.endpoint.answer({ text: [SECRET], usage: usage as unknown as ScriptedUsage, until: opened });
    const asking = ask[way]?.(stream);
    const reserved = await reservedFor(gateway);
    open();
    const answer = await asking;
    expect(answer?.status).toBe(200);
    expect(answer?.text).toContain(SECRET);
    await expectEstimate(gateway, { reserved, field });
  });
});
