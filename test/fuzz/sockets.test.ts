import { connect } from 'node:net';
import fc from 'fast-check';
import type { Deployment } from '../../src/catalog';
import { policyFile, WIDE, type PolicyFile } from '../gateway/support/policy-file';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { answerCase } from './answers';
import { billedByBody, billedByStream } from './billed-tokens';
import { byteMutation, mutateBytes } from './byte-mutation';
import { startMutatedProvider, type MutatedProvider } from './mutated-provider';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from './providers';
import { PROTOCOLS } from './protocols';
import { makeRequest, requestCase, type RequestCase } from './requests';
import { streamCase } from './streams';
import { checkWritten } from './written-stream';
import { lastingCatalog as catalog } from '../gateway/support/lasting-catalog';

const CASES = Math.ceil(Number(process.env['FUZZ_CASES'] ?? 100_000) / 40);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
const AT_ONCE = 16;
/** Milliseconds on a busy machine; whoever waits longer waits for ever. */
const PATIENCE_MS = 60_000;
/** Milliseconds for all cases of a test, on a machine with too much to do. */
const LONGEST_MS = Math.max(300_000, CASES * 120);

/** Tokens. What is billed beyond the reservation closes the key, as it should; nothing would be asked any more. */
const MOST_BILLED = 200;

const PATHS: Readonly<Record<string, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-completions': '/v1/completions',
  'anthropic-messages': '/v1/messages',
  'anthropic-count-tokens': '/v1/messages/count_tokens',
};

/** Every provider serves every model, and each of them is the first for some. */
const models = catalog.models.map((model, index) => {
  const [first, ...others] = model.deployments;
  if (first === undefined) throw new Error(`nobody serves ${model.name}`);
  const own: Deployment = {
    provider: 'openai-compatible',
    endpoint: 'own',
    id: 'own-model',
    price: first.price,
  };
  const all = [first, ...others, own];
  const turn = index % all.length;
  return { ...model, deployments: [...all.slice(turn), ...all.slice(0, turn)] };
});

// Sums no call comes near, though each that ends unread is booked at its worst.
const budget = { maxBudget: 1_000_000 };

let gateway: TestGateway;
let provider: MutatedProvider;
let document: PolicyFile;
let key: string;
beforeAll(async () => {
  const answers = { seed: SEED, numRuns: 2_000 };
  provider = await startMutatedProvider({
    streams: fc.sample(streamCase, answers).filter((one) => billedByStream(one) <= MOST_BILLED),
    bodies: fc.sample(answerCase, answers).filter((one) => billedByBody(one) <= MOST_BILLED),
  });
  document = await policyFile({ workspace: budget, owner: { ...WIDE, ...budget }, models });
  gateway = await startTestGateway({
    env: {
      ...document.env,
      ANTHROPIC_BASE_URL: provider.url,
      AWS_REGION: 'us-east-1',
      AWS_BEARER_TOKEN_BEDROCK: 'bedrock-fuzz',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: provider.url,
      OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({ own: { base_url: `${provider.url}/v1` } }),
    },
    limits: { drainMs: 2_000 },
  });
  key = await gateway.workspaceKey();
});
afterAll(async () => {
  await gateway.close();
  await provider.close();
  await document.remove();
});

/** Sends the case, and throws when the answer is one no client should get. */
async function send(one: RequestCase): Promise<void> {
  const { protocol, headers, body } = makeRequest(one);
  const response = await fetch(gateway.dataUrl + PATHS[protocol.name], {
    method: 'POST',
    // What a header cannot hold, no client can send.
    headers: { 'x-api-key': key, 'content-type': 'application/json', ...sendable(headers) },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await response.text();
  if (response.status === 500) throw new Error(`answered with 500: ${text.slice(0, 300)}`);
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
    return void JSON.parse(text);
  const last = text.trimEnd().split('\n\n').at(-1) ?? '';
  const isError = /^(event: error\n)?data: \{("type":"error",)?"error":/.test(last);
  checkWritten(protocol, text, isError ? 'error' : 'end');
}

const sendable = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => /^[\x20-\x7e]*$/.test(value)));

async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue)
      await run(item).catch((fault: unknown) => {
        throw new Error(`seed ${SEED}, case ${index}: ${JSON.stringify(item)}`, { cause: fault });
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const faults = (): string[] => gateway.logs.filter((line) => line.includes('fault of the gateway'));

test(
  'mutated requests to a provider with mutated answers: each is answered, and nothing stays reserved',
  async () => {
    // Half of them arrive as they should, so that the provider is asked.
    const cases = fc
      .sample(requestCase, { seed: SEED, numRuns: CASES })
      .map((one, index) => (index % 2 === 0 ? one : { ...one, json: [], bytes: [], betas: undefined }));
    await inParallel(cases, send);
    expect(faults()).toEqual([]);
    expect(gateway.logs.filter((line) => line.includes('usage_above_reservation'))).toEqual([]);
    expect(provider.calls).toBeGreaterThan(CASES / 3);
    for (const one of [ANTHROPIC, BEDROCK, COMPATIBLE])
      expect({ asked: one.name, calls: provider.callsOf(one) > CASES / 20 }).toMatchObject({ calls: true });
    await eventually(
      async () => ((await gateway.store.query('select from reservations')).length === 0 ? true : undefined),
      PATIENCE_MS,
    );
  },
  LONGEST_MS,
);

/** Sends bytes and hears them out; the connection ends one way or the other. */
const sendRaw = (bytes: Buffer): Promise<void> =>
  new Promise((done, reject) => {
    const { hostname, port } = new URL(gateway.dataUrl);
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('the connection stays open')));
    socket.on('data', () => {});
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'ECONNRESET' && fault.code !== 'EPIPE') reject(fault);
    });
    socket.on('close', () => done());
  });

test(
  'mutated bytes in place of HTTP: the connection ends, and the next caller is served',
  async () => {
    const body = Buffer.from('{"model":"claude-sonnet","messages":[{"role":"user","content":"hi"}]}');
    const head =
      `POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    const whole = Buffer.concat([Buffer.from(head), body]);
    const mutations = fc.sample(fc.array(byteMutation, { minLength: 1, maxLength: 4 }), {
      seed: SEED,
      numRuns: CASES,
    });
    await inParallel(
      mutations.map((some) => mutateBytes(whole, some)),
      sendRaw,
    );
    expect(faults()).toEqual([]);
    const models = await gateway.request('/v1/models', { key });
    expect(models.status).toBe(200);
    expect(PROTOCOLS.map(({ name }) => PATHS[name])).not.toContain(undefined);
  },
  LONGEST_MS,
);
