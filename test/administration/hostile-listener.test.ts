import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { run } from './support';

/** What a terminal would obey: a new title, the clipboard, a colour of the eighth bit, text turned around. */
const EVIL = 'no\u001b]0;title\u0007\u001b]52;c;ZXZpbA==\u0007\u009b31m\u202egnp.exe\r\nfake: done';
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/;

let server: Server;
let url: string;
let answer: { status: number; body: unknown };
beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

async function keys(...args: string[]): Promise<{ code: number | null; said: string }> {
  const { code, out, err } = await run(url, ['keys', ...args]);
  return { code, said: out + err };
}

test.each([
  ['a refusal', 400, { error: { message: EVIL } }],
  ['a refusal that is no text', 400, { error: { message: { toString: 1 } } }],
  ['a refusal that is no object', 400, null],
])('%s of the listener cannot speak to the terminal', async (_, status, body) => {
  answer = { status, body };
  const { code, said } = await keys('list');
  expect(code).toBe(3);
  expect(said).not.toMatch(OBEYED);
  expect(said.trimEnd().split('\n')).toHaveLength(1);
});

test('nor can the names in its tables, its JSON and its CSV', async () => {
  const text = ['token', 'key_name', 'key_alias', 'scope', 'user_alias', 'status', 'expires'];
  const row = { ...Object.fromEntries(text.map((name) => [name, EVIL])), spend: 1, max_budget: null };
  answer = { status: 200, body: { keys: [row], total_count: 1 } };
  for (const format of [[], ['--json'], ['--csv']]) {
    const { said } = await keys('list', ...format);
    expect(said.replaceAll('\r\n', '\n')).not.toMatch(OBEYED);
  }
  const { said } = await keys('list', '--json');
  expect(JSON.stringify(JSON.parse(said))).toContain(JSON.stringify(EVIL));
});
