import { connect } from 'node:net';
import { fail, say } from '../standins/anthropic';
import { eventually, startTestGateway, type Answer, type TestGateway } from './support/gateway';
import { askMessages, tool } from './support/messages';
import { policyFile, type PolicyFile } from './support/policy-file';

const IDS = ['x-request-id', 'request-id', 'x-litellm-call-id'];
const HELLO = { messages: [{ role: 'user', content: 'hi' }] };

describe('whatever goes wrong', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;

  beforeAll(async () => {
    policy = await policyFile();
    gateway = await startTestGateway({ env: { ...policy.env, GATEWAY_BUDGET_STATUS: '429' } });
    key = await gateway.workspaceKey();
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(() => gateway.standin.reset());

  /** What a connection answers to these bytes until it closes. */
  const send = (bytes: string, url = gateway.dataUrl) =>
    new Promise<{ status: number; headers: Headers; body: string }>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
      socket.on('error', reject);
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => {
        const [head = '', body = ''] = text.split('\r\n\r\n');
        const [first = '', ...lines] = head.split('\r\n');
        const headers = new Headers(
          lines.map((line): [string, string] => {
            const [name = '', ...value] = line.split(': ');
            return [name, value.join(': ')];
          }),
        );
        resolve({ status: Number(first.split(' ')[1]), headers, body });
      });
    });

  /** The one id an answer has under its three names. */
  function idOf(headers: Headers): string {
    const ids = new Set(IDS.map((name) => headers.get(name)));
    expect(ids.size).toBe(1);
    const [id] = ids;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    return id as string;
  }
  const logged = (id: string) =>
    eventually(() => {
      const line = gateway.logs.find((each) => each.includes(id));
      return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>);
    });

  const POST = 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n';
  test.each<[string, string, number, string]>([
    ['nonsense', 'nonsense\r\n\r\n', 400, 'http_malformed'],
    [
      'TLS where there is none',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
      400,
      'http_malformed',
    ],
    ['a bad header', `${POST}bad header: x\r\n\r\n`, 400, 'http_malformed'],
    ['two lengths', `${POST}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`, 400, 'http_malformed'],
    ['no host', 'GET /health/liveness HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'host_missing'],
    ['headers without end', `${POST}x: ${'x'.repeat(40_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ])('%s is answered as an error with an id that is in the log', async (_, bytes, status, code) => {
    for (const url of [gateway.dataUrl, gateway.adminUrl]) {
      const answer = await send(bytes, url);
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({
        error: {
          type: 'invalid_request_error',
          code: String(status),
          message: expect.any(String) as unknown,
        },
      });
      expect(await logged(idOf(answer.headers))).toMatchObject({
        msg: 'request refused',
        status,
        error: code,
      });
    }
  });

  test('what cannot be read of a path of Anthropic’s is refused in its shape', async () => {
    const answer = await send('POST /v1/messages HTTP/1.1\r\nhost: x\r\nbad header: x\r\n\r\n');
    expect(JSON.parse(answer.body)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
      request_id: idOf(answer.headers),
    });
  });

  test('HTTP/1.0 needs no host', async () => {
    expect((await send('GET /health/liveness HTTP/1.0\r\n\r\n')).status).toBe(200);
  });

  test.each<[string, () => Promise<Pick<Answer, 'status' | 'headers'>>, number, string]>([
    ['a call', () => gateway.chat(key, HELLO), 200, 'call'],
    ['a streamed call', () => gateway.chat(key, { ...HELLO, stream: true }), 200, 'call'],
    ['a count', () => askMessages(gateway, key, {}, { path: '/v1/messages/count_tokens' }), 200, 'call'],
    ['a refused call', () => gateway.chat(key, { ...HELLO, model: 'none' }), 400, 'call'],
    ['a call without a key', () => gateway.request('/v1/messages', { body: {} }), 401, 'call'],
    ['a list', () => gateway.request('/v1/models', { key }), 200, 'request'],
    ['a probe', () => gateway.request('/health/readiness'), 200, 'request'],
    ['an unknown path', () => gateway.request('/v1/files', { key }), 404, 'request refused'],
    ['a wrong method', () => gateway.request('/v1/models', { key, body: {} }), 405, 'request refused'],
    [
      'an administrator’s path',
      () => gateway.request('/key/generate', { key, body: {} }),
      404,
      'request refused',
    ],
    [
      'a stranger at the other door',
      () => gateway.request(`${gateway.adminUrl}/key/list`),
      401,
      'request refused',
    ],
  ])('%s has an id that is in the log', async (_, ask, status, msg) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(await logged(idOf(answer.headers))).toMatchObject({ msg, status });
  });

  test('a key in a path is not in the log', async () => {
    const answer = await gateway.request(`${gateway.adminUrl}/key/${key}/regenerate`, { body: {} });
    await logged(idOf(answer.headers));
    expect(gateway.logs.join()).not.toContain(key);
  });

  test('the ledger has the ids of calls', async () => {
    await gateway.clearLedger();
    const answer = await gateway.chat(key, HELLO);
    const rows = await gateway.ledger(1);
    expect(rows).toMatchObject([{ request_id: idOf(answer.headers) }]);
  });

  describe('no secret and no address of a provider is shown', () => {
    // Of the shape of a real one; put together, so that no scanner takes this file for a leak.
    const ACCESS_KEY_ID = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
    const HOSTILE: readonly [string, string][] = [
      ['sk-ant-api03-AbCdEf0123456789_-xyz', 'invalid x-api-key sk-ant-api03-AbCdEf0123456789_-xyz'],
      [ACCESS_KEY_ID, `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY_ID}/20261121/us-east-1/bedrock`],
      [
        'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1',
        'for wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1 it is not',
      ],
      [
        'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
        'token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
      ],
      ['hunter2', 'the api_key="hunter2" is wrong'],
      ['swordfish', 'Authorization: Bearer swordfish was refused'],
      [
        'arn:aws:iam::123456789012:role/gateway',
        'arn:aws:iam::123456789012:role/gateway may not bedrock:InvokeModel',
      ],
      ['123456789012', 'account 123456789012 has no access'],
      ['10.1.2.3', 'upstream 10.1.2.3:8443 refused'],
      ['fd00:ec2::254', 'connect to fd00:ec2::254 failed'],
      ['llm.corp.internal', 'no route to llm.corp.internal'],
      ['db-1:5432', 'connect ECONNREFUSED db-1:5432'],
      ['user:pass@proxy', 'via http://user:pass@proxy.example.com:3128/x?k=v'],
      ['ops@example.com', 'ask ops@example.com'],
      [
        '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
        'organization 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is over it',
      ],
      ['sk-ant-behind-the-edge', `${'x '.repeat(495)}sk-ant-behind-the-edge`],
    ];

    test.each(HOSTILE)('%s', async (secret, message) => {
      const refusal = fail(400, { message: `tools.0.name: ${message}` });
      const interruption = { after: 'content', how: 'error', errorMessage: message } as const;
      const answers: Pick<Answer, 'status' | 'text'>[] = [];
      for (const ask of [
        (body: object) => gateway.chat(key, { ...HELLO, ...body }),
        (body: object) => askMessages(gateway, key, { ...body }),
      ]) {
        gateway.standin.answer(refusal);
        answers.push(await ask({}));
        gateway.standin.answer(refusal);
        answers.push(await ask({ stream: true }));
        gateway.standin.answer({ ...say('a', 'b', 'c'), interruption });
        answers.push(await ask({ stream: true }));
      }
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 200, 400, 400, 200]);
      for (const { text } of answers) {
        expect(text).not.toContain(secret);
        expect(text).toMatch(/"error"/);
      }
      expect(answers[0]?.text).toContain('tools.0.name: ');
      expect(gateway.logs.join()).not.toContain(secret);
    });
  });

  test('what helps the client stays in a provider’s message', async () => {
    const message =
      'messages.2.content.0: tool_use toolu_01A09q90qw90lq917835lq9 of claude-sonnet-4-5-20250929 has no result; max_tokens: 70000 > 64000';
    gateway.standin.answer(fail(400, { message }));
    expect((await gateway.chat(key, HELLO)).json.error.message).toBe(
      `The provider refused the request: ${message}`,
    );
  });

  test('an exhausted budget has the status that was asked for, on every path', async () => {
    await policy.write({ workspace: { maxBudget: 0.000001 } });
    gateway.gateway.services.documents.poll();
    const [first, again, other] = [
      await gateway.chat(key, HELLO),
      await gateway.chat(key, { ...HELLO, stream: true }),
      await askMessages(gateway, key, { tools: [tool('a')] }),
    ];
    await policy.write({});
    for (const { status, headers, text } of [first, again, other]) {
      expect(status).toBe(429);
      expect(headers.get('x-should-retry')).toBe('false');
      expect(headers.get('retry-after')).toBeNull();
      expect(text).toContain('"type":"budget_exceeded"');
      expect(text).toContain('Budget has been exceeded!');
    }
    expect(first.json.error.code).toBe('429');
    expect(gateway.standin.requests).toHaveLength(0);
  });
});
