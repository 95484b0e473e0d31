import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderGatewayDocument } from '../../src/gateway-document';
import { say, text } from '../standins/anthropic';
import { exception, exceptionAfter, startBedrockStandin, type BedrockStandin } from '../standins/bedrock';
import { noonPolicy as policy } from './support/calendar';
import { startTestGateway, type TestGateway } from './support/gateway';
import { lastingCatalog as catalog } from './support/lasting-catalog';
import { askMessages } from './support/messages';

const SECRET_WORDS = 'arn:aws:sts::123456789012:assumed-role/gateway is not authorized';

describe('an error of Bedrock', () => {
  let folder: string;
  let bedrock: BedrockStandin;
  let gateway: TestGateway;
  let key: string;
  let calls = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-bedrock-'));
    // Bedrock first, as in production on AWS.
    const models = catalog.models.map((model) => ({
      ...model,
      deployments: [...model.deployments].sort((a, b) => b.provider.localeCompare(a.provider)),
    }));
    const document = renderGatewayDocument({ ...catalog, models }, policy);
    await writeFile(join(folder, 'config.json'), JSON.stringify(document));
    bedrock = await startBedrockStandin();
    gateway = await startTestGateway({
      env: { ...bedrock.env, GATEWAY_CONFIG: join(folder, 'config.json') },
      limits: { coolDownMs: 0 },
    });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    await bedrock.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    bedrock.reset();
    gateway.standin.reset();
  });

  const ask = (body: Record<string, unknown> = {}) =>
    askMessages(gateway, key, { model: 'bedrock-claude-sonnet', ...body });
  const booked = async () => (await gateway.ledger((calls += 1))).at(-1);

  test.each<[string, number, string]>([
    ['ThrottlingException', 429, 'rate_limit_error'],
    ['ServiceQuotaExceededException', 429, 'rate_limit_error'],
    ['ModelNotReadyException', 503, 'overloaded_error'],
    ['ServiceUnavailableException', 503, 'overloaded_error'],
    ['ModelTimeoutException', 504, 'timeout_error'],
    ['InternalServerException', 502, 'api_error'],
    ['ModelErrorException', 502, 'api_error'],
    ['ResourceNotFoundException', 502, 'api_error'],
    ['AccessDeniedException', 502, 'api_error'],
    ['ExpiredTokenException', 502, 'api_error'],
    ['UnrecognizedClientException', 502, 'api_error'],
  ])('B4: %s is %i for the client, and is none of its business', async (type, status, errorType) => {
    for (const stream of [false, true]) {
      bedrock.answer(exception(type, SECRET_WORDS));
      const answer = await ask({ stream });
      expect(answer.status).toBe(status);
      expect(answer.json.error.type).toBe(errorType);
      expect(answer.text).not.toMatch(/arn:|123456789012|Exception/);
      expect(await booked()).toMatchObject({ cost_nano: '0', estimated: false, attempts: 1 });
    }
  });

  test.each([
    'ThrottlingException',
    'ServiceUnavailableException',
    'InternalServerException',
    'AccessDeniedException',
  ])('B4: %s lets Anthropic answer', async (type) => {
    for (const stream of [false, true]) {
      bedrock.answer(exception(type));
      gateway.standin.answer({ ...say('here'), usage: { input_tokens: 10, output_tokens: 3 } });
      const answer = await ask({ model: 'claude-sonnet', stream });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-gateway-attempts')).toBe('2');
      expect(answer.headers.get('x-gateway-deployment')).toContain('anthropic/');
      expect(await booked()).toMatchObject({ provider: 'anthropic', cost_nano: '50000' });
    }
  });

  test('B4: ValidationException is a 400 in its own words, which no other deployment is asked about', async () => {
    bedrock.answer(exception('ValidationException', 'Input is too long for requested model.'));
    const answer = await ask({ model: 'claude-sonnet' });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toEqual({
      type: 'invalid_request_error',
      message: 'The provider refused the request: Input is too long for requested model.',
    });
    expect(gateway.standin.requests).toHaveLength(0);
    await booked();
  });

  test.each([
    "You don't have access to the model with the specified model ID.",
    "Invocation of model ID anthropic.claude with on-demand throughput isn't supported.",
    'The provided model identifier is invalid.',
  ])('about the catalog is for an administrator: %s', async (message) => {
    bedrock.answer(exception('ValidationException', message));
    const answer = await ask();
    expect(answer.status).toBe(502);
    expect(answer.json.error.message).toContain('administrator');
    await booked();
  });

  test.each([
    ['throttlingException', 429],
    ['serviceUnavailableException', 503],
    ['internalServerException', 502],
    ['validationException', 400],
  ] as const)('B3: as the first word of a stream (%s) is an ordinary one', async (type, status) => {
    bedrock.answer(exceptionAfter('start', type, say('never')));
    const answer = await ask({ stream: true });
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('never');
    expect(await booked()).toMatchObject({ cost_nano: '0', estimated: false });
  });

  test('B3: as the first word of a stream lets Anthropic answer', async () => {
    bedrock.answer(exceptionAfter('start', 'throttlingException', say('never')));
    gateway.standin.answer(say('here'));
    const answer = await ask({ model: 'claude-sonnet', stream: true });
    expect(answer.text).toContain('here');
    expect(answer.text).not.toContain('never');
    expect(await booked()).toMatchObject({ attempts: 2, provider: 'anthropic' });
  });

  const some = { content: [text('some', 'thing', ' more')] };
  const place = { after: 'content', how: 'end' } as const;
  test.each([
    ['an exception', exceptionAfter('content', 'modelStreamErrorException', some, SECRET_WORDS)],
    ['a cut', { ...some, interruption: { after: 'content', how: 'cut' } as const }],
    ['an end too early', { ...some, interruption: place }],
    ['an end inside a frame', { ...some, interruption: place, cutsFrame: true }],
    ['an end after all content', { ...some, interruption: { after: 'end', how: 'end' } as const }],
  ])('T4: %s after content is an error event, and billed at its worst', async (_, script) => {
    bedrock.answer(script);
    const answer = await ask({ stream: true });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('some');
    expect(answer.events.at(-1)?.name).toBe('error');
    expect(answer.events.some(({ name }) => name === 'message_stop')).toBe(false);
    expect(answer.text).not.toContain('arn:');
    const row = await booked();
    expect(row).toMatchObject({ estimated: true });
    expect(Number(row?.['cost_nano'])).toBeGreaterThan(0);
  });

  test('B2: a frame whose sum is wrong is no answer', async () => {
    bedrock.answer({ ...some, damagesFrame: true });
    const answer = await ask({ stream: true });
    expect(answer.status).toBe(502);
    expect(answer.text).not.toContain('some');
    expect(await booked()).toMatchObject({ estimated: true });
  });
});
