import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSED_BETAS } from '../../gateway/protocols/anthropic-messages/betas';
import { renderGatewayDocument } from '../../src/gateway-document';
import { say } from '../standins/anthropic';
import { noonPolicy as policy } from './support/calendar';
import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { lastingCatalog as catalog } from './support/lasting-catalog';
import { askMessages, tool, type MessageOptions } from './support/messages';

const PROMPT = 'Think first.\nThen write.';

describe("what policy demands of Anthropic's Messages API", () => {
  let folder: string;
  let gateway: TestGateway;
  let key: string;
  let number = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-messages-'));
    const workspace = {
      ...policy.scopes.workspace,
      maxBudget: 0.1,
      models: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
    };
    const document = renderGatewayDocument(catalog, { ...policy, scopes: { ...policy.scopes, workspace } });
    await Promise.all([
      writeFile(join(folder, 'config.json'), JSON.stringify(document)),
      writeFile(join(folder, 'standard.md'), PROMPT),
      writeFile(join(folder, 'design-first.md'), 'Propose before you write.'),
    ]);
    gateway = await startTestGateway({
      promptDirectory: folder,
      env: { GATEWAY_CONFIG: join(folder, 'config.json') },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    gateway.standin.reset();
    key = await gateway.workspaceKey({ workspace: { id: `w-${(number += 1)}`, name: 'dev' } });
  });

  const ask = (body?: Record<string, unknown>, options?: MessageOptions) =>
    askMessages(gateway, key, body, options);
  const askWithBeta = (beta: string, body?: Record<string, unknown>) =>
    ask(body, { headers: { 'anthropic-beta': beta } });

  test.each<[string, unknown, string[]]>([
    ['none', undefined, []],
    ['an empty one', '', []],
    ['a string', 'Mine.', ['Mine.']],
    [
      'blocks',
      [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B' },
      ],
      ['A', 'B'],
    ],
    ['a copy of ours', PROMPT, []],
    ['a copy among its own', [{ type: 'text', text: `Before ${PROMPT} after` }], ['Before  after']],
    [
      'the copy as a block',
      [
        { type: 'text', text: PROMPT },
        { type: 'text', text: 'B' },
      ],
      ['B'],
    ],
  ])('the prompt comes first and once when the system field is %s', async (_, system, kept) => {
    for (const stream of [false, true]) {
      const answer = await ask({ stream, ...(system === undefined ? {} : { system }) });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-gateway-level')).toBe('standard');
      expect(lastSent(gateway.standin).system?.map(({ text }) => text)).toEqual([PROMPT, ...kept]);
    }
  });

  test('near the end of the budget fewer tokens are asked for, then the call is refused for good', async () => {
    gateway.standin.answer({ ...say('x'), usage: { input_tokens: 0, output_tokens: 4_000 } });
    await ask({ max_tokens: 4_000 });
    await gateway.ledger(1);
    const clamped = await ask({ max_tokens: 50_000 });
    expect(clamped.status).toBe(200);
    const { max_tokens } = lastSent(gateway.standin);
    expect(max_tokens).toBeLessThan(3_000);
    expect(clamped.headers.get('x-gateway-max-tokens')).toBe(String(max_tokens));
    // What is reserved is given back only after the answer is out.
    await gateway.ledger(1);
    // No room for the thinking that was asked for: refused here rather than by the provider.
    const thoughtful = await ask({
      max_tokens: 50_000,
      thinking: { type: 'enabled', budget_tokens: 10_000 },
    });
    expect(thoughtful.status).toBe(402);
    gateway.standin.answer({ ...say('x'), usage: { input_tokens: 0, output_tokens: max_tokens - 100 } });
    expect((await ask({ max_tokens: max_tokens - 100 })).status).toBe(200);
    await gateway.ledger(1);
    const sent = gateway.standin.requests.length;
    const refused = await ask({ stream: true });
    expect(refused.status).toBe(402);
    expect(refused.json).toMatchObject({ type: 'error', error: { type: 'budget_exceeded' } });
    expect(refused.json.error.message).toContain('Budget has been exceeded!');
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(gateway.standin.requests).toHaveLength(sent);
  });

  test('more tokens than the model writes become as many as it does', async () => {
    gateway.standin.answer(say('x'));
    await ask({ model: 'claude-haiku', max_tokens: 10_000_000 });
    expect(lastSent(gateway.standin).max_tokens).toBeLessThanOrEqual(64_000);
  });

  test('a packed document that the provider does not count is admitted only where a whole context is affordable', async () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: 'AAAA' };
    const document = { type: 'document', source, citations: { enabled: true } };
    const answer = await ask({ messages: [{ role: 'user', content: [document] }] });
    expect(answer.status).toBe(402);
    expect(answer.json.error.message).toContain('This call may cost $0.7');
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['no key', {}, 401, 'authentication_error'],
    ['a key that is none', { 'x-api-key': 'pk-1' }, 401, 'authentication_error'],
    ['an unknown key', { 'x-api-key': 'sk-unknown' }, 401, 'authentication_error'],
    ['an unknown token', { authorization: 'Bearer sk-unknown' }, 401, 'authentication_error'],
  ])('%s is refused', async (_, headers, status, type) => {
    const answer = await gateway.request('/v1/messages', { headers, body: {} });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ type: 'error', error: { type } });
  });

  test('either header brings the key', async () => {
    const body = { model: 'claude-sonnet', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };
    expect((await gateway.request('/v1/messages', { key, body })).status).toBe(200);
    expect((await ask(body)).status).toBe(200);
  });

  test.each([
    ['gpt-x', 400, 'invalid_request_error', '/v1/models'],
    ['claude-opus', 403, 'permission_error', 'claude-sonnet-4-5'],
  ])('the model %s is refused', async (model, status, type, hint) => {
    const answer = await ask({ model });
    expect(answer.status).toBe(status);
    expect(answer.json.error.type).toBe(type);
    expect(answer.json.error.message).toContain(hint);
    expect(gateway.standin.requests).toHaveLength(0);
  });

  test('what is not served there says so in the same shape', async () => {
    const batches = await gateway.request('/v1/messages/batches', { key });
    expect([batches.status, batches.json]).toMatchObject([404, { error: { type: 'not_found_error' } }]);
    const get = await gateway.request('/v1/messages', { key });
    expect([get.status, get.json]).toMatchObject([405, { error: { type: 'invalid_request_error' } }]);
  });

  const block = (content: unknown) => ({ messages: [{ role: 'user', content: [content] }] });
  const tools = (...list: unknown[]) => ({ tools: list });

  test.each<[Record<string, unknown>, string]>([
    [{ seed: 1 }, 'seed: extra fields are not permitted'],
    [{ n: 1 }, 'n: extra'],
    [{ service_tier: 'priority' }, 'service_tier'],
    [{ max_tokens: null }, 'max_tokens'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ stream: 'yes' }, 'stream'],
    [{ temperature: 1.5 }, 'temperature'],
    [{ thinking: { type: 'much' } }, 'thinking.type'],
    [{ output_config: { speed: 'fast' } }, 'output_config.speed'],
    [{ metadata: { account: 'x' } }, 'metadata.account'],
    [{ stop_sequences: [1] }, 'stop_sequences.0'],
    [{ system: [{ type: 'image' }] }, 'system.0.type'],
    [{ system: 7 }, 'system'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'system', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: 'x', name: 'ann' }] }, 'messages.0.name'],
    [{ messages: [{ role: 'user', content: null }] }, 'messages.0.content'],
    [block({ type: 'server_tool_use' }), 'messages.0.content.0.type'],
    [block({ type: 'container_upload', file_id: 'f' }), 'messages.0.content.0.type'],
    [block({ type: 'image', source: { type: 'file', file_id: 'f' } }), 'messages.0.content.0.source.type'],
    [
      block({ type: 'document', source: { type: 'url', url: 'file:///x' } }),
      'messages.0.content.0.source.url',
    ],
    [block({ type: 'text', text: 'x', cache_control: { type: 'eternal' } }), 'cache_control.type'],
    [block({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference' }] }), 'content.0'],
    [tools({ type: 'web_search_20250305', name: 'web_search' }), 'web_search_20250305'],
    [tools({ type: 'code_execution_20250825', name: 'code_execution' }), 'code_execution_20250825'],
    [tools({ type: 'mcp_toolset', name: 'm' }), 'mcp_toolset'],
    [tools({ type: 'bash_20250124', name: 'bash', max_characters: 5 }), 'tools.0.max_characters: extra'],
    [
      tools({ type: 'bash_20250124', name: 'bash', allowed_callers: ['code_execution_20250825'] }),
      'tools.0.allowed_callers: extra',
    ],
    [
      tools({ type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', defer_loading: true }),
      'tools.0.defer_loading: extra',
    ],
    [tools(tool('a', { allowed_callers: ['code_execution_20250825'] })), 'tools.0.allowed_callers'],
    [tools(tool('a', { defer_loading: true })), 'tools.0.defer_loading'],
    [{ ...tools(tool('a')), tool_choice: { type: 'most' } }, 'tool_choice.type'],
    [{ tool_choice: { type: 'any' } }, 'tool_choice'],
    [{ ...tools(tool('a')), tool_choice: { type: 'any', speed: 1 } }, 'tool_choice.speed: extra'],
  ])('%j is refused, naming it', async (change, named) => {
    const answer = await ask(change);
    expect(answer.status).toBe(400);
    expect(answer.json.error.type).toBe('invalid_request_error');
    // Clients take three of the digits in a date for a status.
    expect(answer.json.error.message.replaceAll('\u202f', '')).toContain(named);
    expect(gateway.standin.requests).toHaveLength(0);
  });

  test('betas that cost only tokens go through, the others are dropped and named', async () => {
    const passed = Object.keys(PASSED_BETAS);
    const own = ['claude-code-20250219', 'context-management-2025-06-27', 'extended-cache-ttl-2025-04-11'];
    const answer = await askWithBeta([...own, ...passed, 'bad\u00e9name'].join(','));
    expect(answer.text).toContain('"type":"message"');
    const headers = gateway.standin.requests.at(-1)?.headers;
    expect(headers?.['anthropic-beta']).toBe(passed.join(','));
    const dropped = answer.headers.get('x-gateway-dropped-fields')?.split(', ');
    expect(dropped?.slice(0, 3)).toEqual(own.map((name) => `anthropic-beta.${name}`));
    expect(dropped).toHaveLength(4);
    const format = { type: 'json_schema', schema: { type: 'string' } };
    const formatted = await askWithBeta('structured-outputs-2025-11-13', { output_format: format });
    expect(formatted.status).toBe(200);
    await ask();
    expect(gateway.standin.requests.at(-1)?.headers).not.toHaveProperty('anthropic-beta');
  });
});
