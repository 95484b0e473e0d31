import { UNOFFERED_ADMINISTRATION, UNOFFERED_CALLS } from '../../gateway/errors/unoffered';
import { MASTER_KEY, startTestGateway, type Answer, type TestGateway } from './support/gateway';

let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  key = await gateway.workspaceKey();
});
afterAll(() => gateway.close());

const post = (path: string): Promise<Answer> => gateway.request(path, { key, body: {} });

test.each([
  ['/v1/v1/chat/completions', '/v1/chat/completions', '/v1 '],
  ['/v1/v1/v1/models', '/v1/models', '/v1/v1 '],
  ['/openai/v1/chat/completions', '/v1/chat/completions', '/openai '],
  ['/v1/chat/completions/chat/completions', '/chat/completions', '/v1/chat/completions '],
  ['/a%0d%0ab<script>/v1/models', '/v1/models', '/a'],
])('%s says which base URL is right for a chat', async (path, meant, tooMuch) => {
  const { status, json } = await post(path);
  expect(status).toBe(404);
  expect(json.error.message).toContain(`it is ${meant} with ${tooMuch}`);
  expect(json.error.message).toContain('with /v1 behind it, once');
});

test.each(['/v1/v1/messages', '/anthropic/v1/messages', '/anthropic/v1/messages/count_tokens'])(
  '%s says which base URL is right for Anthropic’s clients',
  async (path) => {
    const { status, json } = await post(path);
    expect([status, json]).toMatchObject([404, { type: 'error', error: { type: 'not_found_error' } }]);
    expect(json.error.message).toContain('address alone (ANTHROPIC_BASE_URL), without a path');
  },
);

test('a path that is long or deep is looked at for a moment only', async () => {
  const deep = `/${'a/'.repeat(7_000)}v1/models`;
  const { status, json } = await post(deep);
  expect([status, json.error.type]).toEqual([404, 'not_found_error']);
  expect(json.error.message.length).toBeLessThan(200);
});

test.each(UNOFFERED_CALLS.flatMap(({ paths, what }) => paths.map((path) => [path, what] as const)))(
  '/v1/%s is said not to be offered, by name',
  async (path, what) => {
    for (const asked of [`/v1/${path}`, `/${path}`, `/v1/${path}/some/id`]) {
      const { status, json } = await post(asked);
      expect([asked, status]).toEqual([asked, 404]);
      expect(json.error.message).toContain(`${what} are not offered by this gateway.`);
    }
  },
);

test.each(UNOFFERED_ADMINISTRATION.flatMap(({ paths, what }) => paths.map((path) => [path, what] as const)))(
  'of administrators, /%s is said not to be offered, by name',
  async (path, what) => {
    const { status, json } = await gateway.request(`${gateway.adminUrl}/${path}/whatever`, {
      key: MASTER_KEY,
      body: {},
    });
    expect([status, json.error.type]).toEqual([404, 'not_offered']);
    expect(json.error.message).toContain(`${what} are not offered`);
  },
);

test('what nobody knows is still a plain 404', async () => {
  expect((await post('/v1/weather')).json.error.message).toContain('serves no such path');
  const { status, json } = await gateway.request(`${gateway.adminUrl}/weather`, { key: MASTER_KEY });
  expect([status, json.error.type]).toEqual([404, 'not_found_error']);
});
