import fc from 'fast-check';
import { callsLast } from '../../gateway/model/turn-order';
import type { ContentBlock, Turn } from '../../gateway/model/request';
import { startCompatibleGateway, type CompatibleGateway } from './support/compatible';
import { lastSent } from './support/gateway';
import { askMessages, tool } from './support/messages';

let gateway: CompatibleGateway;
let key: string;
beforeAll(async () => {
  gateway = await startCompatibleGateway();
  key = await gateway.workspaceKey();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.standin.reset();
  gateway.endpoint.reset();
});

const use = { type: 'tool_use', id: 'a', name: 'read', input: {} } as const;
const words = (text: string) => ({ type: 'text', text }) as const;
const result = { type: 'tool_result', tool_use_id: 'a', content: 'done' } as const;
const asked = { role: 'user', content: 'Read it' } as const;
const answered = { role: 'user', content: [result] } as const;

/** Words behind a call: in one message, and in a message of their own. */
const SPLIT = [
  [{ role: 'assistant', content: [words('First.'), use, words('Then.')] }],
  [
    { role: 'assistant', content: [words('First.'), use] },
    { role: 'assistant', content: [words('Then.')] },
  ],
];

test.each(SPLIT)('words behind a call go before it, for Anthropic: %#', async (...turns) => {
  const { status } = await askMessages(gateway, key, {
    tools: [tool('read')],
    messages: [asked, ...turns, answered],
  });
  expect(status).toBe(200);
  expect(lastSent(gateway.standin).messages.map(({ content }) => content)).toMatchObject([
    [words('Read it')],
    [words('First.'), words('Then.'), use],
    [result],
  ]);
});

test.each(SPLIT)('words behind a call go before it, for other servers: %#', async (...turns) => {
  const { status } = await askMessages(gateway, key, {
    model: 'local',
    tools: [tool('read')],
    messages: [asked, ...turns, answered],
  });
  expect(status).toBe(200);
  const { messages } = gateway.endpoint.requests.at(-1)?.body as { messages: unknown[] };
  expect(messages.slice(-3)).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: 'First.\n\nThen.', tool_calls: [{ id: 'a' }] },
    { role: 'tool', tool_call_id: 'a' },
  ]);
});

test.each(['claude-sonnet-4-5', 'local'])('so it is in a chat with %s', async (model) => {
  const calls = [{ id: 'a', type: 'function', function: { name: 'read', arguments: '{}' } }];
  const { status } = await gateway.chat(key, {
    model,
    messages: [
      asked,
      { role: 'assistant', content: 'First.', tool_calls: calls },
      { role: 'assistant', content: 'Then.' },
      { role: 'tool', tool_call_id: 'a', content: 'done' },
    ],
    tools: [{ type: 'function', function: { name: 'read', parameters: { type: 'object' } } }],
  });
  expect(status).toBe(200);
});

const block = fc.constantFrom<ContentBlock>(use, words('x'), { ...result });
const turns = fc.array(
  fc.record({ role: fc.constantFrom<Turn['role']>('user', 'assistant'), content: fc.array(block) }),
);

test('nothing is lost, and what is in order stays the very same', () => {
  fc.assert(
    fc.property(turns, (sent) => {
      const ordered = callsLast(sent);
      const count = (list: readonly Turn[]) => list.flatMap(({ content }) => content).length;
      expect(count(ordered)).toBe(count(sent));
      for (const [at, { role, content }] of ordered.entries()) {
        if (role !== 'assistant') continue;
        const first = content.findIndex(({ type }) => type === 'tool_use');
        if (first === -1) continue;
        expect(content.slice(first).every(({ type }) => type === 'tool_use')).toBe(true);
        expect(ordered[at + 1]?.role).not.toBe('assistant');
      }
      expect(callsLast(ordered)).toBe(ordered);
    }),
  );
});
