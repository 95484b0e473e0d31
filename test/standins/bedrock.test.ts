import { Sha256Node } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { fetch } from 'undici';
import { catalog } from '../../src/catalog';
import { startBedrockStandin, type BedrockStandin } from './bedrock';

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const BODY = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello there' }],
};

let standin: BedrockStandin;
beforeAll(async () => {
  standin = await startBedrockStandin();
});
afterAll(() => standin.close());
beforeEach(() => standin.reset());

interface Changes {
  /** What is signed in place of the right thing. */
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  readonly region?: string;
  readonly service?: string;
  readonly date?: Date;
  /** What is sent in place of what was signed. */
  readonly path?: string;
  readonly body?: string;
}

/** Signs with AWS's own client and sends. */
async function send(body: object = BODY, changes: Changes = {}, model = MODEL) {
  const { accessKeyId, secretAccessKey } = standin.key;
  const path = `/model/${encodeURIComponent(model)}/invoke`;
  const signer = new SignatureV4({
    service: changes.service ?? 'bedrock',
    region: changes.region ?? standin.region,
    credentials: {
      accessKeyId,
      secretAccessKey: changes.secretAccessKey ?? secretAccessKey,
      ...(changes.sessionToken === undefined ? {} : { sessionToken: changes.sessionToken }),
    },
    sha256: Sha256Node,
  });
  const { protocol, hostname, host } = new URL(standin.url);
  const text = JSON.stringify(body);
  const signed = await signer.sign(
    { method: 'POST', protocol, hostname, path, query: {}, headers: { host }, body: text },
    { signingDate: changes.date ?? new Date() },
  );
  const response = await fetch(standin.url + (changes.path ?? path), {
    method: 'POST',
    headers: Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== 'host')),
    body: changes.body ?? text,
  });
  return {
    status: response.status,
    type: response.headers.get('x-amzn-errortype')?.split(':')[0],
    body: (await response.json()) as { message?: string; content?: unknown },
  };
}

test('takes what AWS’s own client signs, for every id of the catalog', async () => {
  const ids = catalog.models.flatMap(({ deployments }) =>
    deployments.filter(({ provider }) => provider === 'bedrock').map(({ id }) => id),
  );
  expect(ids.length).toBeGreaterThan(4);
  for (const id of new Set(ids)) expect(await send(BODY, {}, id)).toMatchObject({ status: 200 });
});

test.each<[string, Changes, string]>([
  ['another secret', { secretAccessKey: 'of somebody else' }, 'InvalidSignatureException'],
  ['another region', { region: 'us-west-2' }, 'InvalidSignatureException'],
  ['another service', { service: 's3' }, 'InvalidSignatureException'],
  ['an old date', { date: new Date(Date.now() - 600_000) }, 'InvalidSignatureException'],
  ['a date to come', { date: new Date(Date.now() + 600_000) }, 'InvalidSignatureException'],
  ['another body', { body: JSON.stringify({ ...BODY, max_tokens: 101 }) }, 'InvalidSignatureException'],
  ['another path', { path: `/model/${encodeURIComponent(MODEL)}/converse` }, 'InvalidSignatureException'],
  ['a session token that it did not give out', { sessionToken: 'made up' }, 'UnrecognizedClientException'],
])('refuses %s', async (_, changes, type) => {
  expect(await send(BODY, changes)).toMatchObject({ status: 403, type });
  expect(standin.billed()).toEqual({});
});

test('refuses who signs nothing, and another bearer key', async () => {
  const url = `${standin.url}/model/${encodeURIComponent(MODEL)}/invoke`;
  for (const headers of [{}, { authorization: 'Bearer another' }])
    expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(BODY) })).status).toBe(403);
});

const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
const tool = { name: 'read', input_schema: { type: 'object' } };
test.each<[string, object, string | RegExp]>([
  ['a model', { ...BODY, model: MODEL }, /^model: Extra inputs/],
  ['a stream flag', { ...BODY, stream: true }, /^stream: Extra inputs/],
  ['a user', { ...BODY, metadata: { user_id: 'x' } }, /^metadata: Extra/],
  ['a tier', { ...BODY, service_tier: 'auto' }, /^service_tier: Extra/],
  ['a mark for the call', { ...BODY, cache_control: { type: 'ephemeral' } }, /^cache_control: Extra/],
  ['no version', { ...BODY, anthropic_version: undefined }, 'anthropic_version: Field required'],
  ['an unknown beta', { ...BODY, anthropic_beta: ['prompt-caching-2024-07-31'] }, 'invalid beta flag'],
  ['an address', { ...BODY, messages: [{ role: 'user', content: [image] }] }, /URL sources/],
  ['early tool input', { ...BODY, tools: [{ ...tool, eager_input_streaming: true }] }, /eager_input/],
  ['effort without its beta', { ...BODY, output_config: { effort: 'low' } }, /output_config.effort/],
  ['what Anthropic refuses', { ...BODY, messages: [] }, /messages/],
])('refuses %s', async (_, body, message) => {
  const answer = await send(body);
  expect(answer).toMatchObject({ status: 400, type: 'ValidationException' });
  expect(answer.body.message).toMatch(message);
  expect(standin.billed()).toEqual({});
});

test('does not know Anthropic’s own ids', async () => {
  expect(await send(BODY, {}, 'claude-sonnet-4-5-20250929')).toMatchObject({
    status: 400,
    body: { message: 'The provided model identifier is invalid.' },
  });
});
