import { lastSent, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  key = await gateway.workspaceKey();
});
afterAll(() => gateway.close());
beforeEach(() => gateway.standin.reset());

/** As Claude Code 2.1 writes it behind a gateway; the last three digits are of what was said first. */
const attribution = (digits: string, more = '') =>
  `x-anthropic-billing-header: cc_version=2.1.330.${digits}; cc_entrypoint=sdk-cli;${more}`;
const words = (text: string, extra: object = {}) => ({ type: 'text', text, ...extra });
const CACHED = { cache_control: { type: 'ephemeral' } };
// Longer than the shortest prompt that is cached.
const PROMPT = words('You are an agent. '.repeat(500), CACHED);

const ask = (first: string, question: string, path?: string) =>
  askMessages(
    gateway,
    key,
    { system: [words(first), PROMPT], messages: [{ role: 'user', content: question }] },
    path === undefined ? {} : { path },
  );

test('what one conversation has cached of the system prompt, the next one reads', async () => {
  const first = await ask(attribution('a1b'), 'What is in a?');
  expect(first.json.usage['cache_creation_input_tokens']).toBeGreaterThan(1_024);
  const second = await ask(attribution('c2d', ' cc_is_subagent=true;'), 'What is in b?');
  expect(second.json.usage).toMatchObject({
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: first.json.usage['cache_creation_input_tokens'],
  });
  expect(JSON.stringify(gateway.standin.requests.map(({ body }) => body))).not.toContain('billing');
  expect(second.headers.get('x-gateway-dropped-fields')).toBe('system.x-anthropic-billing-header');
});

test('what is counted is what is sent', async () => {
  const { status } = await ask(attribution('a1b'), 'hi', '/v1/messages/count_tokens?beta=true');
  expect(status).toBe(200);
  expect(JSON.stringify(gateway.standin.requests.at(-1)?.body)).not.toContain('billing');
});

test.each([
  ['words behind it', `${attribution('a1b')} Be kind.`],
  ['a line behind it', `${attribution('a1b')}\nBe kind.`],
  ['the name alone', 'x-anthropic-billing-header:'],
  ['words of another kind', 'x-anthropic-billing-header: what it means'],
  ['more than it ever has', attribution('a1b', ' cc_x=1;'.repeat(200))],
])('stays where there is more or less in the block: %s', async (_, text) => {
  const { headers } = await ask(text, 'hi');
  expect(JSON.stringify(lastSent(gateway.standin).system)).toContain('x-anthropic-billing-header');
  expect(headers.get('x-gateway-dropped-fields')).toBeNull();
});

test('stays elsewhere than at the beginning of the system prompt, and where it is marked', async () => {
  const text = attribution('a1b');
  await askMessages(gateway, key, {
    system: [words('Be kind.'), words(text)],
    messages: [{ role: 'user', content: text }],
  });
  expect(JSON.stringify(lastSent(gateway.standin)).split('billing-header')).toHaveLength(3);
  await askMessages(gateway, key, { system: [words(text, CACHED)] });
  expect(JSON.stringify(lastSent(gateway.standin).system)).toContain('billing-header');
});
