import { countElements, ElementAllowance } from '../../gateway/http/element-allowance';
import { DEFAULT_LIMITS } from '../../gateway/services';
import { startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const MOST = 200;

describe('a body of more elements than are read', () => {
  let gateway: TestGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startTestGateway({ limits: { bodyElements: MOST } });
    key = await gateway.workspaceKey();
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.standin.reset());

  const calls = (list: unknown[]) => [
    { role: 'user', content: 'hi' },
    { role: 'assistant', tool_calls: list },
  ];
  const call = (id: string, written = '{}') => ({
    id,
    type: 'function',
    function: { name: 'f', arguments: written },
  });
  const many = Array.from({ length: MOST }, (_, index) => index);

  test.each<[string, Record<string, unknown>]>([
    ['messages', { messages: many.map((content) => ({ role: 'user', content: String(content) })) }],
    ['tool calls', { messages: calls(many.map((id) => call(`c${id}`))) }],
    ['a field nobody reads', { messages: [{ role: 'user', content: 'hi' }], extra: many }],
  ])('is refused when they are %s', async (_, body) => {
    const answer = await gateway.chat(key, body);
    expect([answer.status, answer.json.error.param]).toEqual([413, 'request_body']);
    expect(answer.json.error.message).toContain(`more than the ${MOST} JSON elements`);
    expect(gateway.standin.requests).toHaveLength(0);
  });

  test("is refused on Anthropic's path, in its shape", async () => {
    const answer = await askMessages(gateway, key, {
      messages: [{ role: 'user', content: many.map((text) => ({ type: 'text', text: String(text) })) }],
    });
    expect(answer.status).toBe(413);
    expect(answer.json.error.type).toBe('request_too_large');
    expect(answer.json.error.message).toContain('as one string');
  });

  test('is refused when they are in the text of tool arguments, one call alone or all together', async () => {
    const alone = await gateway.chat(key, { messages: calls([call('c', JSON.stringify({ many }))]) });
    expect([alone.status, alone.json.error.param]).toEqual([
      413,
      'messages[1].tool_calls[0].function.arguments',
    ]);
    const part = JSON.stringify({ many: many.slice(0, MOST / 3) });
    const together = await gateway.chat(key, {
      messages: calls(['a', 'b', 'c'].map((id) => call(id, part))),
    });
    expect([together.status, together.json.error.param]).toEqual([
      413,
      'messages[1].tool_calls[2].function.arguments',
    ]);
    expect((await gateway.chat(key, { messages: calls([call('a', part)]) })).status).toBe(200);
  });

  test('is none when they are text', async () => {
    const content = 'const a = f({ b: [1, 2, 3] }, "c,\\\\");\n'.repeat(MOST);
    const answer = await gateway.chat(key, { messages: [{ role: 'user', content }] });
    expect(answer.status).toBe(200);
  });
});

describe('the elements of a JSON text', () => {
  const count = countElements;

  test.each<[string, number]>([
    ['', 0],
    ['7', 0],
    ['{}', 1],
    ['[[],{}]', 4],
    ['{"a":1,"b":[2,3]}', 4],
    ['["{[,", "\\"[,", "\\\\", "[\\\\\\"["]', 4],
    [`["${'x'.repeat(100)}\\"[${'y'.repeat(100)}\\\\",1]`, 2],
    [`["${'\\"['.repeat(100)}",1]`, 2],
    [`["${'\\\\'.repeat(100)}",[]]`, 3],
    ['"never closed [[[', 0],
    [`"${'['.repeat(200)}`, 0],
    ['"\\', 0],
  ])('of %j are counted', (text, expected) => {
    expect(count(text)).toBe(expected);
  });

  test('are as many as a parser finds, whatever the strings hold', () => {
    const strings = [
      '',
      '"',
      '\\',
      '\\"',
      '[,{',
      '\\\\"[',
      'ä中🙂,',
      `${'long '.repeat(30)}"[`,
      '\n\t\u0001',
    ];
    const measure = (value: unknown): number => {
      if (value === null || typeof value !== 'object') return 0;
      const inner: unknown[] = Object.values(value);
      return 1 + Math.max(0, inner.length - 1) + inner.map(measure).reduce((sum, each) => sum + each, 0);
    };
    for (const one of strings)
      for (const other of strings) {
        const value = { [one]: [other, one, { [other]: { one, other } }], list: [[other], [], {}] };
        expect(count(JSON.stringify(value))).toBe(measure(value));
      }
  });

  test('leave room for a million tokens of code in thousands of messages', () => {
    const content = JSON.stringify('const a = { b: [1, 2, 3], c: "d" };\n'.repeat(40));
    const messages = Array.from({ length: 4_000 }, () => `{"role":"user","content":${content}}`).join(',');
    const body = Buffer.from(`{"model":"m","messages":[${messages}]}`);
    expect(body.length).toBeGreaterThan(4_000_000);
    expect(countElements(body.toString())).toBeLessThan(DEFAULT_LIMITS.bodyElements / 10);
    expect(() => new ElementAllowance(DEFAULT_LIMITS.bodyElements).take(body.toString())).not.toThrow();
  });
});
