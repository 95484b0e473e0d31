import { signatureFor } from '../standins/anthropic/message';
import { refusalOf, result, sendChat, tool, toolCall, user } from './support';

const read = tool('read');
const thought = { type: 'thinking', thinking: 'hm', signature: signatureFor('hm') };
const redacted = { type: 'redacted_thinking', data: 'abc' };
const asking = (extra: Record<string, unknown> = {}) => [
  user(),
  { role: 'assistant', tool_calls: [toolCall('a')], ...extra },
  result('a'),
];

describe('how much an OpenAI client wants the model to think', () => {
  test.each([
    ['minimal', 1_024],
    ['low', 4_096],
    ['medium', 10_240],
    ['high', 24_576],
    ['xhigh', 25_600],
  ])('Q16: effort %s is a budget of %i tokens where the model takes one', (effort, budget) => {
    const { body, shared } = sendChat({ reasoning_effort: effort });
    expect(body['thinking']).toEqual({ type: 'enabled', budget_tokens: budget });
    expect(body).not.toHaveProperty('output_config');
    expect(shared.leastTokens).toBeGreaterThan(budget);
  });

  test('Q16: effort is a word where the model takes one, with its beta', () => {
    const { body, headers } = sendChat({ reasoning_effort: 'xhigh', temperature: 0 }, 'claude-opus-4');
    expect(body).toMatchObject({ output_config: { effort: 'high' }, temperature: 0 });
    expect(body).not.toHaveProperty('thinking');
    expect(headers['anthropic-beta']).toBe('effort-2025-11-24');
  });

  test('Q16: effort is a word where the model decides itself when to think', () => {
    const { body, headers } = sendChat({ reasoning_effort: 'low' }, 'claude-opus-4', {
      reasoning: 'adaptive',
    });
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } });
    expect(headers).not.toHaveProperty('anthropic-beta');
  });

  test.each([
    ['minimal', 'low'],
    ['high', 'high'],
    ['xhigh', 'xhigh'],
    ['max', 'max'],
  ])('Q16: effort %s is %s for a model that takes all words', (asked, effort) => {
    const { body, dropped } = sendChat({ reasoning_effort: asked }, 'claude-sonnet-5-5');
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort } });
    expect(dropped).toEqual([]);
  });

  test.each([
    ['xhigh', 'high'],
    ['max', 'max'],
    ['low', 'medium'],
  ])('Q16: effort %s is %s for a model that takes medium, high and max alone', (asked, effort) => {
    const { body } = sendChat({ reasoning_effort: asked }, 'claude-sonnet-5-5', {
      efforts: ['max', 'medium', 'high'],
    });
    expect(body).toMatchObject({ output_config: { effort } });
  });

  test('Q16: a number of tokens never asks for more than high', () => {
    const { body } = sendChat(
      { thinking: { type: 'enabled', budget_tokens: 60_000 }, max_tokens: 100_000 },
      'claude-sonnet-5-5',
    );
    expect(body).toMatchObject({ output_config: { effort: 'high' } });
  });

  test.each(['none', undefined])('Q16: effort %s asks for nothing', (effort) => {
    const { body, dropped } = sendChat({ reasoning_effort: effort });
    expect(body).not.toHaveProperty('thinking');
    expect(dropped).toEqual([]);
  });

  test('Q16: a number of tokens is the number, or the word nearest above it', () => {
    const thinking = { type: 'enabled', budget_tokens: 5_000 };
    expect(sendChat({ thinking }).body['thinking']).toEqual(thinking);
    expect(sendChat({ thinking }, 'claude-opus-4').body['thinking']).toEqual(thinking);
    const { body } = sendChat({ thinking }, 'claude-opus-4', { reasoning: 'adaptive' });
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } });
  });

  test('Q16: the budget leaves room for an answer, and is left out where there is none', () => {
    const { body } = sendChat({ reasoning_effort: 'high', max_tokens: 4_000 });
    expect(body['thinking']).toEqual({ type: 'enabled', budget_tokens: 3_200 });
    const short = sendChat({ reasoning_effort: 'low', max_tokens: 1_000 });
    expect(short.body).not.toHaveProperty('thinking');
    expect(short.dropped).toEqual(['reasoning_effort']);
  });

  test('Q16: thinking has its own sampling', () => {
    const { body, dropped } = sendChat({ reasoning_effort: 'low', temperature: 0, top_p: 0.9 });
    expect(body).toHaveProperty('thinking');
    expect(body).not.toHaveProperty('temperature');
    expect(dropped).toEqual(['temperature', 'top_p']);
  });

  test('Q16: a model that does not think goes without', () => {
    const { body, dropped } = sendChat({ reasoning_effort: 'low' }, 'claude-sonnet-4-5', {
      reasoning: 'none',
    });
    expect(body).not.toHaveProperty('thinking');
    expect(dropped).toEqual(['reasoning_effort']);
  });

  test.each(['required', { type: 'function', function: { name: 'read' } }])(
    'Q12: a tool that is forced by %j goes before thinking',
    (tool_choice) => {
      const { body, dropped } = sendChat({ reasoning_effort: 'low', tools: [read], tool_choice });
      expect(body).not.toHaveProperty('thinking');
      expect(dropped).toEqual(['reasoning_effort']);
    },
  );

  test('Q16: thoughts that are given back come first in their turn, with their signature', () => {
    const { body } = sendChat({
      reasoning_effort: 'low',
      tools: [read],
      messages: asking({ content: 'Let me.', reasoning_content: 'hm', thinking_blocks: [thought, redacted] }),
    });
    expect(body).toHaveProperty('thinking');
    expect((body['messages'] as { content: unknown[] }[])[1]?.content).toEqual([
      thought,
      redacted,
      { type: 'text', text: 'Let me.' },
      { type: 'tool_use', id: 'a', name: 'read', input: {} },
    ]);
  });

  test.each([
    ['no thoughts', {}],
    ['thoughts as text alone', { reasoning_content: 'hm' }],
    [
      'thoughts without a signature',
      { thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: null }] },
    ],
    ['what is no list', { thinking_blocks: 'hm' }],
  ])('Q16: a call that comes back with %s is answered without thinking', (_, extra) => {
    const { body, dropped } = sendChat({ reasoning_effort: 'low', tools: [read], messages: asking(extra) });
    expect(body).not.toHaveProperty('thinking');
    expect(dropped).toEqual(['reasoning_effort']);
  });

  test('Q16: thinking goes on in the turn after that', () => {
    const messages = [...asking(), { role: 'assistant', content: 'Done.' }, user('next')];
    expect(sendChat({ reasoning_effort: 'low', tools: [read], messages }).body).toHaveProperty('thinking');
  });

  test('Q16: thoughts are left out when the model does not think this time, and a turn of nothing else with them', () => {
    const messages = [user('a'), { role: 'assistant', thinking_blocks: [thought] }, user('b')];
    expect(sendChat({ messages }).body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'user', content: [{ type: 'text', text: 'b' }] },
    ]);
  });

  test.each([
    [{ reasoning_effort: 'much' }, 'reasoning_effort', 'minimal, low'],
    [{ thinking: { type: 'on' } }, 'thinking.type', '"enabled"'],
    [{ thinking: { type: 'enabled', budget_tokens: -1 } }, 'thinking.budget_tokens', 'above 0'],
  ])('Q16: %j is refused, naming %s', (body, param, allowed) => {
    expect(refusalOf(body)).toMatchObject({ param, message: expect.stringContaining(allowed) as string });
  });
});
