import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { lastingCatalog as catalog } from './support/lasting-catalog';
import { policyFile, type PolicyFile } from './support/policy-file';

interface Entry {
  readonly id: string;
  readonly display_name: string;
}
interface Page {
  readonly data: readonly Entry[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** Those that Anthropic has, by which this gateway is served alone. */
const SERVED = catalog.models
  .filter(({ deployments }) => deployments.some(({ provider }) => provider === 'anthropic'))
  .flatMap(({ name, aliases }) => [name, ...aliases]);

describe('the list of models', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;
  let narrow: string;
  beforeAll(async () => {
    policy = await policyFile({ models: catalog.models });
    gateway = await startTestGateway({ env: policy.env });
    key = await gateway.workspaceKey();
    const made = await gateway.request(`${gateway.adminUrl}/key/generate`, {
      key: MASTER_KEY,
      body: { user_id: 'ann', models: ['claude-haiku-4-5'] },
    });
    narrow = made.json.key;
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });

  const asAnthropic = async (path: string, of = key, headers: Record<string, string> = {}) => {
    const answer = await gateway.request(path, {
      headers: { 'x-api-key': of, 'anthropic-version': '2023-06-01', ...headers },
    });
    return { status: answer.status, json: answer.json, page: answer.json as unknown as Page };
  };
  const asOpenAi = async (path: string, of = key) => {
    const { status, json } = await gateway.request(path, { key: of });
    return { status, json, page: json as unknown as { object: string; data: readonly Entry[] } };
  };
  const ids = ({ data }: { data: readonly Entry[] }): string[] => data.map(({ id }) => id);

  test.each<[string, Record<string, string>]>([
    ['by the version of the protocol, whatever the key comes by', { 'anthropic-version': '2023-06-01' }],
    ['by the header of the key', {}],
  ])('is in Anthropic’s shape where its clients ask: %s', async (_, own) => {
    const brings: Record<string, string> =
      own['anthropic-version'] === undefined ? { 'x-api-key': key } : { authorization: `Bearer ${key}` };
    const { json } = await gateway.request('/v1/models?limit=1000', { headers: { ...own, ...brings } });
    const page = json as unknown as Page;
    expect(ids(page)).toEqual(SERVED);
    expect(page).toMatchObject({ has_more: false, first_id: SERVED[0], last_id: SERVED.at(-1) });
    expect(page.data[0]).toMatchObject({
      type: 'model',
      id: 'claude-sonnet-4-5',
      display_name: 'Claude Sonnet 4.5',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      lifecycle: 'active',
      capabilities: {
        effort: { supported: false },
        thinking: {
          supported: true,
          types: { adaptive: { supported: false }, enabled: { supported: true } },
        },
      },
    });
    // No two look the same in a picker.
    expect(new Set(page.data.map(({ display_name }) => display_name)).size).toBe(SERVED.length);
  });

  test('is in OpenAI’s shape for everybody else, with what nobody serves marked so', async () => {
    for (const path of ['/v1/models', '/models']) {
      const { page } = await asOpenAi(path);
      expect(page.object).toBe('list');
      expect(ids(page)).toEqual(catalog.models.flatMap(({ name, aliases }) => [name, ...aliases]));
      const available = page.data.filter((each) => (each as { available?: boolean }).available === true);
      expect(ids({ data: available })).toEqual(SERVED);
    }
  });

  test('holds what the key may use, no more', async () => {
    expect(ids((await asAnthropic('/v1/models', narrow)).page)).toEqual(['claude-haiku-4-5', 'claude-haiku']);
  });

  test('comes in pages, forth and back', async () => {
    const forth: string[][] = [];
    for (let query = 'limit=3'; ;) {
      const { page } = await asAnthropic(`/v1/models?${query}`);
      expect([page.first_id, page.last_id]).toEqual([ids(page)[0], ids(page).at(-1)]);
      forth.push(ids(page));
      if (!page.has_more) break;
      query = `limit=3&after_id=${page.last_id}`;
    }
    expect(forth.flat()).toEqual(SERVED);
    expect(forth.slice(0, -1).every(({ length }) => length === 3)).toBe(true);
    const back: string[] = [];
    for (let before = SERVED.at(-1) ?? ''; ;) {
      const { page } = await asAnthropic(`/v1/models?limit=2&before_id=${before}`);
      back.unshift(...ids(page));
      if (!page.has_more) break;
      before = page.first_id ?? '';
    }
    expect(back).toEqual(SERVED.slice(0, -1));
    const { page: none } = await asAnthropic(`/v1/models?after_id=${SERVED.at(-1)}`);
    expect(none).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });

  test.each(['limit=0', 'limit=1001', 'limit=x', 'limit=', 'after_id=gpt-x', 'before_id=gpt-x'])(
    '%s is refused by name',
    async (query) => {
      const { status, json } = await asAnthropic(`/v1/models?${query}`);
      expect([status, json]).toMatchObject([
        400,
        { type: 'error', error: { type: 'invalid_request_error' } },
      ]);
      expect(json.error.message).toContain(`${query.split('=')[0]}: expected`);
    },
  );

  test('shows each by its name, an alias, or the name of one that is no more', async () => {
    for (const id of ['claude-sonnet-5-5', 'claude-sonnet', 'claude-opus-4-20250514']) {
      expect((await asAnthropic(`/v1/models/${id}?beta=true`)).json).toMatchObject({ type: 'model', id });
      for (const path of ['/v1/models', '/models'])
        expect((await asOpenAi(`${path}/${id}`)).json).toMatchObject({ object: 'model', id });
    }
    const listed = (await asOpenAi('/v1/models')).page.data.find(({ id }) => id === 'claude-sonnet');
    expect((await asOpenAi('/v1/models/claude-sonnet')).json).toEqual(listed);
    expect((await asOpenAi(`/v1/models/${encodeURIComponent('claude-haiku')}`)).status).toBe(200);
  });

  test.each([
    ['nobody knows it', 'gpt-x', false],
    ['the key may not use it', 'claude-sonnet', true],
    ['it is no name at all', '%E0%A4%A', false],
    ['it is empty', '', false],
  ])('has none to show where %s', async (_, id, isNarrow) => {
    const of = isNarrow ? narrow : key;
    expect(await asAnthropic(`/v1/models/${id}`, of)).toMatchObject({
      status: 404,
      json: { type: 'error', error: { type: 'not_found_error' } },
    });
    const plain = await asOpenAi(`/v1/models/${id}`, of);
    expect([plain.status, plain.json.error]).toMatchObject([404, { param: 'model', code: '404' }]);
  });

  test('shows Anthropic’s clients none that nobody serves', async () => {
    expect((await asAnthropic('/v1/models/bedrock-claude-haiku')).status).toBe(404);
    expect((await asOpenAi('/v1/models/bedrock-claude-haiku')).json).toMatchObject({ available: false });
  });

  test('is refused to strangers in the shape of whoever asks, and takes no other method', async () => {
    for (const path of ['/v1/models', '/v1/models/claude-sonnet']) {
      const stranger = await asAnthropic(path, 'sk-nobody-ever-had-this-key');
      expect([stranger.status, stranger.json]).toMatchObject([401, { type: 'error' }]);
      expect((await asOpenAi(path, 'sk-nobody-ever-had-this-key')).json.error.code).toBe('401');
      expect((await gateway.request(path, { method: 'DELETE', key })).status).toBe(405);
    }
  });
});
