import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REFUSED_BETAS, REFUSED_FIELDS } from '../../gateway/enforcement/beyond-tokens';
import { PASSED_BETAS } from '../../gateway/protocols/anthropic-messages/betas';
import { lastSent, startTestGateway, type Answer, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

type Ask = (
  body?: Record<string, unknown>,
  headers?: Record<string, string>,
) => Promise<Pick<Answer, 'status' | 'headers' | 'text'>>;

describe('what passes', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    policy = await policyFile();
    gateway = await startTestGateway({ env: policy.env });
    key = await gateway.workspaceKey({ level: 'unrestricted' });
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(() => gateway.standin.reset());

  const user = (content: unknown = 'hi') => [{ role: 'user', content }];
  const openAi =
    (path: string): Ask =>
    (body = {}, headers = {}) =>
      gateway.request(path, {
        key,
        headers,
        body: { model: 'claude-sonnet-4-5', messages: user(), ...body },
      });
  const anthropic =
    (path: string): Ask =>
    (body = {}, headers = {}) =>
      askMessages(gateway, key, body, { headers, path });
  /** Every way in, by what it is asked with. */
  const WAYS: Readonly<Record<string, Ask>> = {
    'OpenAI chat': openAi('/v1/chat/completions'),
    'OpenAI completions': (body = {}, headers = {}) =>
      gateway.request('/v1/completions', {
        key,
        headers,
        body: { model: 'claude-sonnet-4-5', prompt: 'hi', ...body },
      }),
    'Anthropic messages': anthropic('/v1/messages'),
    'Anthropic count': anthropic('/v1/messages/count_tokens'),
  };
  const by = (way: string): Ask => WAYS[way] as Ask;

  const messageOf = ({ text }: { text: string }) =>
    (JSON.parse(text) as { error: { message: string } }).error.message;
  const expectRefused = (answer: Awaited<ReturnType<Ask>>, named: string) => {
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining(named)]);
    expect(gateway.standin.requests).toHaveLength(0);
  };

  describe.each(Object.keys(REFUSED_FIELDS))('the field %s', (name) => {
    test.each(Object.keys(WAYS))('is refused by name: %s', async (way) => {
      for (const value of [{}, 'priority', true, [{ type: 'url', url: 'https://mcp.example.com' }]]) {
        const answer = await by(way)({ [name]: value });
        expectRefused(answer, name);
        expect(messageOf(answer)).toContain(REFUSED_FIELDS[name]?.reason);
      }
    });

    test('goes no further where it asks for nothing', async () => {
      for (const value of [null, ...(REFUSED_FIELDS[name]?.harmless ?? [])]) {
        const answer = await by('OpenAI chat')({ [name]: value });
        expect([name, value, answer.status]).toEqual([name, value, 200]);
        expect(lastSent(gateway.standin)).not.toHaveProperty(name);
      }
    });
  });

  test.each(['auto', 'standard_only'])(
    'the tier %s costs nothing more, and reaches Anthropic',
    async (tier) => {
      expect((await by('Anthropic messages')({ service_tier: tier })).status).toBe(200);
      expect(lastSent(gateway.standin)).toHaveProperty('service_tier', tier);
    },
  );

  describe.each(REFUSED_BETAS.map(({ prefix }) => prefix))('the beta %s…', (prefix) => {
    test.each(Object.keys(WAYS))('is refused by name: %s', async (way) => {
      const beta = `${prefix}2025-08-25`;
      expectRefused(await by(way)({}, { 'anthropic-beta': `claude-code-20250219, ${beta}` }), beta);
    });
  });

  test('no beta is both let through and refused', () => {
    for (const name of Object.keys(PASSED_BETAS))
      expect(REFUSED_BETAS.filter(({ prefix }) => name.startsWith(prefix))).toEqual([]);
  });

  const tools = (...list: unknown[]) => ({ tools: list });
  const inMessage = (block: unknown) => ({ messages: user([block]) });
  test.each<[string, Record<string, unknown>, string]>([
    ['Anthropic messages', tools({ type: 'web_search_20250305', name: 'web_search' }), 'web_search'],
    ['Anthropic messages', tools({ type: 'web_fetch_20250910', name: 'web_fetch' }), 'web_fetch'],
    [
      'Anthropic messages',
      tools({ type: 'code_execution_20250825', name: 'code_execution' }),
      'code_execution',
    ],
    ['Anthropic messages', tools({ type: 'computer_20250124', name: 'computer' }), 'computer'],
    ['Anthropic messages', tools({ type: 'memory_20250818', name: 'memory' }), 'memory'],
    ['Anthropic messages', tools({ type: 'mcp_toolset', mcp_server_name: 'm' }), 'tools.0'],
    ['Anthropic messages', tools({ type: 'tool_search_tool_regex_20251119', name: 't' }), 'tool_search'],
    [
      'Anthropic messages',
      inMessage({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      'type',
    ],
    ['Anthropic messages', inMessage({ type: 'mcp_tool_use', id: 's', name: 'x', input: {} }), 'type'],
    ['Anthropic messages', inMessage({ type: 'container_upload', file_id: 'f' }), 'type'],
    [
      'Anthropic messages',
      inMessage({ type: 'document', source: { type: 'file', file_id: 'f' } }),
      'source.type',
    ],
    ['Anthropic messages', { output_config: { speed: 'fast' } }, 'output_config.speed'],
    ['OpenAI chat', tools({ type: 'web_search_preview' }), 'tools[0].type'],
    ['OpenAI chat', tools({ type: 'mcp', server_url: 'https://x.example.com' }), 'tools[0].type'],
    ['OpenAI chat', tools({ type: 'code_interpreter', container: { type: 'auto' } }), 'tools[0].type'],
    ['OpenAI chat', tools({ type: 'web_search_20250305', name: 'web_search' }), 'tools[0].type'],
    ['OpenAI chat', inMessage({ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }), 'type'],
    ['OpenAI chat', inMessage({ type: 'file', file: { file_id: 'f' } }), 'content[0]'],
    ['OpenAI chat', { n: 2 }, "'n'"],
  ])('nested: %s refuses %j', async (way, body, named) => expectRefused(await by(way)(body), named));

  test('what OpenAI’s clients send and Anthropic does not know is left out and named', async () => {
    const fields = {
      frequency_penalty: 0.5,
      presence_penalty: 0.5,
      seed: 7,
      logit_bias: { 50256: -100 },
      logprobs: true,
      prediction: { type: 'content', content: 'x' },
      prompt_cache_key: 'k',
      safety_identifier: 's',
      verbosity: 'low',
      api_base: 'http://elsewhere.example.com',
      made_up: 1,
    };
    const answer = await by('OpenAI chat')(fields);
    expect(answer.status).toBe(200);
    const named = answer.headers.get('x-gateway-dropped-fields')?.split(', ') ?? [];
    expect(named.sort()).toEqual(Object.keys(fields).sort());
    for (const name of Object.keys(fields)) expect(lastSent(gateway.standin)).not.toHaveProperty(name);
  });

  describe('no address that a request names is asked', () => {
    let elsewhere: Server;
    let visits: string[];
    let url: string;

    beforeAll(async () => {
      elsewhere = createServer((request, response) => {
        visits.push(request.url ?? '');
        response.end('seen');
      });
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/secret.png`;
    });
    beforeEach(() => (visits = []));
    afterAll(() => new Promise((resolve) => elsewhere.close(resolve)));

    test.each<[string, (url: string) => Record<string, unknown>]>([
      ['OpenAI chat', (url) => inMessage({ type: 'image_url', image_url: { url } })],
      ['Anthropic messages', (url) => inMessage({ type: 'image', source: { type: 'url', url } })],
      ['Anthropic messages', (url) => inMessage({ type: 'document', source: { type: 'url', url } })],
      ['Anthropic count', (url) => inMessage({ type: 'image', source: { type: 'url', url } })],
      ['OpenAI chat', (url) => ({ api_base: url, base_url: url, metadata: { url } })],
      ['OpenAI chat', (url) => ({ messages: user(`Look at ${url}`) })],
    ])('%s, %#', async (way, body) => {
      const answer = await by(way)(body(url));
      // The provider is told the address of an image or document, and may fetch it itself.
      expect(answer.status).toBe(200);
      expect(gateway.standin.requests).toHaveLength(1);
      expect(visits).toEqual([]);
    });
  });

  test.each([
    ['POST', '/'],
    ['POST', '/v1'],
    ['POST', '/v1/responses'],
    ['POST', '/v1/embeddings'],
    ['POST', '/v1/images/generations'],
    ['POST', '/v1/files'],
    ['POST', '/v1/batches'],
    ['POST', '/v1/messages/batches'],
    ['GET', '/v1/messages/batches/b/results'],
    ['POST', '/v1/messages/'],
    ['POST', '/v1//messages'],
    ['POST', '//v1/messages'],
    ['POST', '/V1/MESSAGES'],
    ['POST', '/v1/%6dessages'],
    ['POST', '/v1/messages/../messages/batches'],
    ['POST', '/v1/complete'],
    ['POST', '/anthropic/v1/messages'],
    ['POST', '/bedrock/model/x/invoke'],
    ['POST', '/model/anthropic.claude-sonnet-4-5/invoke'],
    ['POST', '/openai/v1/chat/completions'],
    ['POST', '/v1/chat/completions/x'],
    ['PUT', '/v1/messages'],
    ['GET', '/v1/chat/completions'],
    ['DELETE', '/v1/models'],
  ])('%s %s is not served, and reaches no provider', async (method, path) => {
    const body = { model: 'claude-sonnet-4-5', max_tokens: 10, messages: user() };
    const answer = await gateway.request(gateway.dataUrl + path, {
      method,
      key,
      headers: { 'x-api-key': key },
      ...(method === 'GET' ? {} : { body }),
    });
    expect([404, 405]).toContain(answer.status);
    expect(answer.json.error.message).toMatch(
      /Not found|Method not allowed|admin listener|not offered by this gateway|nothing at this path/,
    );
    expect(gateway.standin.requests).toHaveLength(0);
  });
});
