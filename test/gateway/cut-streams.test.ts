import type { Usage } from '../standins/anthropic/script';
import { say, text } from '../standins/anthropic';
import { startBedrockStandin, type BedrockStandin } from '../standins/bedrock';
import { PRICE, startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const HELLO = [{ role: 'user', content: 'hi' }];
const MOST = 400;
const ASKED = { max_tokens: MOST, messages: HELLO, stream: true };

/** As `message_start` tells it. */
const TOLD: Partial<Usage> = {
  input_tokens: 100,
  cache_creation_input_tokens: 1_000,
  cache_read_input_tokens: 2_000,
  cache_creation: { ephemeral_5m_input_tokens: 600, ephemeral_1h_input_tokens: 400 },
};
/** Nano-dollars of Sonnet, for the input alone. */
const INPUT = 100 * 3_000 + 600 * 3_750 + 400 * 6_000 + 2_000 * 300;
const OUTPUT = 15_000;

interface SpendLog {
  readonly spend: number;
  readonly metadata: { readonly estimated: boolean; readonly estimated_by: string | null };
}
interface Estimates {
  readonly calls: number;
  readonly spend: number;
}

describe('a stream of Anthropic’s format that breaks off', () => {
  let bedrock: BedrockStandin;
  let gateway: TestGateway;
  let key: string;
  let number = 0;
  beforeAll(async () => {
    bedrock = await startBedrockStandin();
    gateway = await startTestGateway({ env: bedrock.env, limits: { coolDownMs: 0, drainMs: 100 } });
  });
  afterAll(async () => {
    await gateway.close();
    await bedrock.close();
  });
  beforeEach(async () => {
    gateway.standin.reset();
    bedrock.reset();
    await gateway.clearLedger();
    number += 1;
    key = await gateway.workspaceKey({
      workspace: { id: `w-${number}`, name: 'dev' },
      owner: { id: `o-${number}`, name: `p-${number}`, groups: [] },
    });
  });

  const ask: Readonly<Record<string, () => Promise<unknown>>> = {
    'Anthropic by Messages': () => askMessages(gateway, key, ASKED),
    'Anthropic by chat': () => gateway.chat(key, ASKED),
    'Bedrock by Messages': () => askMessages(gateway, key, { ...ASKED, model: 'bedrock-claude-sonnet' }),
  };

  test.each(
    Object.keys(ask).flatMap((way) =>
      (['start', 'content', 'end'] as const).flatMap((after) =>
        (['cut', 'end'] as const).map((how) => [way, after, how] as const),
      ),
    ),
  )(
    'is booked at its input as told, and all output it could have had: %s, after %s, %s',
    async (way, after, how) => {
      const answer = { ...say('three ', 'words'), usage: TOLD, interruption: { after, how } };
      gateway.standin.answer(answer);
      bedrock.answer(answer);
      await ask[way]?.();
      const [row] = await gateway.ledger(1);
      // Bedrock's regional prices are a tenth higher.
      const dearer = way.startsWith('Bedrock') ? 1.1 : 1;
      expect(row).toMatchObject({
        cost_nano: String(Math.round((INPUT + MOST * OUTPUT) * dearer)),
        estimated: true,
        input_tokens: '100',
        cache_write_tokens: '1000',
        cache_read_tokens: '2000',
        output_tokens: String(MOST),
      });
      expect(await gateway.store.query('select from accounts where reserved_nano <> 0')).toEqual([]);
    },
  );

  test('is booked so when its client left it', async () => {
    const leaving = new AbortController();
    gateway.standin.answer({
      content: [text(...Array<string>(200).fill('w '))],
      usage: TOLD,
      eventDelayMs: 20,
    });
    const asking = gateway.chat(key, ASKED, { signal: leaving.signal }).catch(() => undefined);
    await eventually(() => Promise.resolve(gateway.standin.requests[0]));
    await new Promise((resolve) => setTimeout(resolve, 300));
    leaving.abort();
    await asking;
    expect(await gateway.ledger(1)).toMatchObject([
      { cost_nano: String(INPUT + MOST * OUTPUT), estimated: true },
    ]);
  });

  test('is told the developer and the administrator, with what was booked and why', async () => {
    gateway.standin.answer({ ...say('a', 'b'), usage: TOLD, interruption: { after: 'content', how: 'cut' } });
    await askMessages(gateway, key, ASKED);
    await askMessages(gateway, key, { ...ASKED, stream: false });
    await gateway.ledger(2);
    const booked = (INPUT + MOST * OUTPUT) / 1e9;
    const info = await gateway.request('/api/v1/keys/info', { key });
    const { activity } = info.json as unknown as {
      activity: {
        estimated: { account: Estimates; owner: Estimates };
        account: { total: { calls: number } };
      };
    };
    expect(activity.account.total.calls).toBe(2);
    expect(activity.estimated).toEqual({
      account: { calls: 1, spend: booked },
      owner: { calls: 1, spend: booked },
    });
    const logs = await gateway.request(`${gateway.adminUrl}/spend/logs`, { key: MASTER_KEY });
    const told = (logs.json as unknown as SpendLog[]).map(({ metadata }) => metadata.estimated_by);
    expect(told.sort()).toEqual(['input as told, output as set aside', null]);
  });

  test('whose start told what cannot be true is booked at the whole reservation', async () => {
    const usage = { ...TOLD, cache_read_input_tokens: 5_000_000 };
    gateway.standin.answer({ ...say('a', 'b'), usage, interruption: { after: 'content', how: 'cut' } });
    await askMessages(gateway, key, ASKED);
    expect(await gateway.ledger(1)).toMatchObject([
      { estimated: true, input_tokens: '0', output_tokens: '0' },
    ]);
  });
});

describe('a stream of an OpenAI-compatible endpoint that breaks off', () => {
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

  const cut = { after: 'content', how: 'cut' } as const;
  const ask = () => gateway.chat(key, { ...ASKED, model: 'local' });

  test('is booked at its prompt where that was told with each piece', async () => {
    const runningUsage = {
      prompt_tokens: 50,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 40 },
    };
    gateway.endpoint.answer({ text: ['a', 'b'], runningUsage, interruption: cut });
    await ask();
    const nano = (10 * PRICE.input + 40 * PRICE.cacheRead + MOST * PRICE.output) * 1_000;
    expect(await gateway.ledger(1)).toMatchObject([
      { cost_nano: String(nano), estimated: true, input_tokens: '10', cache_read_tokens: '40' },
    ]);
  });

  test('is booked at the whole reservation where it was not', async () => {
    gateway.endpoint.answer({ text: ['a', 'b'], interruption: cut });
    await ask();
    const [row] = await gateway.ledger(1);
    expect(row).toMatchObject({ estimated: true, input_tokens: '0' });
    expect(Number(row?.['cost_nano'])).toBeGreaterThanOrEqual(
      (MOST * PRICE.output + 1_000 * PRICE.input) * 1_000,
    );
  });
});
