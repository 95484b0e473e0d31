import { EnvironmentError, readSettings } from '../../gateway/config/environment';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

const PAGE = 'https://chat.example.com';
const OTHER = 'http://localhost:5173';
const ask = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }] };

/** A browser's question before a page's call. */
const preflight = (
  gateway: TestGateway,
  origin: string,
  path = '/v1/chat/completions',
  base = gateway.dataUrl,
) =>
  gateway.request(base + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-os',
    },
  });

function names(headers: Headers): string[] {
  const found: string[] = [];
  headers.forEach((_, name) => {
    if (name.startsWith('access-control') || name === 'vary') found.push(name);
  });
  return found;
}

describe('with origins named', () => {
  let gateway: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { GATEWAY_CORS_ORIGINS: `${PAGE}, ${OTHER}` } });
    key = await gateway.workspaceKey();
  });
  afterAll(() => gateway.close());

  test.each(['/v1/chat/completions', '/v1/messages', '/v1/models'])(
    'a page of theirs may ask %s',
    async (path) => {
      const { status, headers, text } = await preflight(gateway, PAGE, path);
      expect([status, text]).toEqual([204, '']);
      expect(headers.get('access-control-allow-origin')).toBe(PAGE);
      expect(headers.get('access-control-allow-methods')).toBe(path === '/v1/models' ? 'GET' : 'POST');
      expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type,x-stainless-os');
      expect(headers.get('vary')).toBe('Origin');
    },
  );

  test('answers, streams and errors can be read by it', async () => {
    const calls = [
      gateway.request('/v1/chat/completions', { key, headers: { origin: OTHER }, body: ask }),
      gateway.request('/v1/chat/completions', {
        key,
        headers: { origin: OTHER },
        body: { ...ask, stream: true },
      }),
      gateway.request('/v1/chat/completions', { key: 'sk-wrong', headers: { origin: OTHER }, body: ask }),
      gateway.request('/v1/nothing', { key, headers: { origin: OTHER } }),
    ];
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 404]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(OTHER);
      expect(headers.get('access-control-expose-headers')).toContain('x-gateway-dropped-fields');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test.each(['https://evil.example.com', `${PAGE}.evil.com`, `${PAGE}:444`, PAGE.toUpperCase(), 'null'])(
    'no other page may: %s',
    async (origin) => {
      const asked = await preflight(gateway, origin);
      expect([asked.status, names(asked.headers)]).toEqual([405, ['vary']]);
      const { headers } = await gateway.request('/v1/chat/completions', {
        key,
        headers: { origin },
        body: ask,
      });
      expect(names(headers)).toEqual(['vary']);
    },
  );

  test('what a browser asks to send is not repeated where it is no list of names', async () => {
    const { status, headers } = await gateway.request('/v1/models', {
      method: 'OPTIONS',
      headers: {
        origin: PAGE,
        'access-control-request-method': 'GET',
        'access-control-request-headers': `x=1;${'y'.repeat(3_000)}`,
      },
    });
    expect([status, headers.get('access-control-allow-headers')]).toEqual([204, null]);
  });

  test('no page may ask the administrators’ listener', async () => {
    const asked = await preflight(gateway, PAGE, '/key/generate', gateway.adminUrl);
    expect([asked.status, names(asked.headers)]).toEqual([401, []]);
    const { headers } = await gateway.request(`${gateway.adminUrl}/key/list`, {
      key: MASTER_KEY,
      headers: { origin: PAGE },
    });
    expect(names(headers)).toEqual([]);
  });
});

test('without any, no page may ask, and no answer says a word of it', async () => {
  const gateway = await startTestGateway();
  try {
    const asked = await preflight(gateway, PAGE);
    expect([asked.status, names(asked.headers)]).toEqual([405, []]);
    const { headers } = await gateway.request('/health/liveness', { headers: { origin: PAGE } });
    expect(names(headers)).toEqual([]);
  } finally {
    await gateway.close();
  }
});

test.each(['*', 'https://a.example.com,*', 'a.example.com', 'https://a.example.com/', 'ftp://a', 'null'])(
  'origins are whole and single: %s is refused',
  (value) => {
    let faults: readonly string[] = [];
    try {
      readSettings({ GATEWAY_MASTER_KEY: MASTER_KEY, GATEWAY_CORS_ORIGINS: value });
    } catch (fault) {
      if (fault instanceof EnvironmentError) ({ faults } = fault);
    }
    expect(faults.join()).toMatch(/^GATEWAY_CORS_ORIGINS must [^,]*/);
  },
);
