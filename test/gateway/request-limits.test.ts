import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { betasIn } from '../../gateway/enforcement/beyond-tokens';
import { effectOf } from '../../gateway/enforcement/tool-effect';
import { mostOf, REQUEST_LIMITS, type LimitName } from '../../gateway/model/request-limits';
import { readBody } from './support/read-body';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');

describe('a name of 30 MB', () => {
  test.each([
    [
      'openai-chat tool',
      /^400 tools\[0\]\.function\.name: at most 128 characters .*"toolName".*30000000: "aAaA/,
    ],
    ['anthropic-messages tool', /^400 tools\.0\.name: at most 128 characters .*"toolName".*30000000: "aAaA/],
    [
      'anthropic-messages property',
      /^400 request_body: at most 4096 characters .*"memberName".*30000000: "aAaA/,
    ],
    ['openai-chat call', /^withheld 0$/],
    [
      'openai-chat id',
      /^400 messages\[1\]\.tool_calls\[0\]\.id: at most 16384 .*"toolCallId".*30000000: "éééé/,
    ],
    ['openai-chat field', /^400 request_body: at most 4096 characters .*"memberName".*30000000: "aAaA/],
    ['openai-chat address', /^400 .*messages\[0\]\.content\[0\]\.image_url\.url/],
  ])('is read or refused, and ends nothing: %s', async (name, expected) => {
    const { stdout } = await run(
      process.execPath,
      ['--require', './scripts/register-typescript.cjs', join(__dirname, 'long-names-child.ts'), name],
      { cwd: ROOT },
    );
    expect(stdout.length).toBeLessThan(600);
    expect(stdout).toMatch(expected);
  });
});

type Body = Record<string, unknown>;

const hi = { role: 'user', content: 'hi' };
const text = (count: number): string => 'x'.repeat(count);
const rows = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));
const members = (count: number): Body => Object.fromEntries(rows(count, (index) => [`m${index}`, 1]));
const deep = (count: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < count; level += 1) value = [value];
  return value;
};
const chatTool = (parameters: unknown, name = 'read') => ({
  type: 'function',
  function: { name, parameters },
});
const schemaOf = (parameters: unknown): Body => ({ messages: [hi], tools: [chatTool(parameters)] });
const blocks = (...content: unknown[]): Body => ({ max_tokens: 5, messages: [{ role: 'user', content }] });

/** Bodies with as many of something as are taken, or one more. Of those that are looked at elsewhere there is none. */
const BODIES: Partial<Record<LimitName, readonly [protocol: string, make: (count: number) => Body][]>> = {
  jsonDepth: [['openai-chat', (count) => ({ messages: [hi], extra: deep(count - 1) })]],
  memberName: [['openai-chat', (count) => ({ messages: [hi], extra: { [text(count)]: 1 } })]],
  objectMembers: [['openai-chat', (count) => ({ messages: [hi], extra: members(count) })]],
  distinctNames: [
    [
      'openai-chat',
      (count) => ({ messages: [hi], extra: rows(count - 5, (index) => ({ [`m${index}`]: 1 })) }),
    ],
  ],
  bodyFields: [
    ['openai-chat', (count) => ({ messages: [hi], ...members(count - 2) })],
    ['openai-completions', (count) => ({ prompt: 'hi', ...members(count - 2) })],
  ],
  model: [
    ['openai-chat', (count) => ({ messages: [hi], model: text(count) })],
    ['anthropic-messages', (count) => ({ ...blocks(), model: text(count) })],
  ],
  userId: [['anthropic-messages', (count) => ({ ...blocks(), metadata: { user_id: text(count) } })]],
  stopSequences: [
    ['openai-chat', (count) => ({ messages: [hi], stop: rows(count, () => 'x') })],
    ['anthropic-messages', (count) => ({ ...blocks(), stop_sequences: rows(count, () => 'x') })],
  ],
  stopSequence: [
    ['openai-chat', (count) => ({ messages: [hi], stop: text(count) })],
    ['anthropic-messages', (count) => ({ ...blocks(), stop_sequences: [text(count)] })],
  ],
  parts: [['anthropic-messages', (count) => blocks(...rows(count, () => null))]],
  messages: [['anthropic-messages', (count) => ({ max_tokens: 5, messages: rows(count, () => null) })]],
  toolCallId: [
    ['anthropic-messages', (count) => blocks({ type: 'tool_use', id: text(count), name: 'a', input: {} })],
    ['anthropic-messages', (count) => blocks({ type: 'tool_result', tool_use_id: text(count) })],
    [
      'openai-chat',
      (count) => ({ messages: [hi, { role: 'tool', tool_call_id: text(count), content: '' }] }),
    ],
    ['openai-chat', (count) => ({ messages: [hi, { role: 'function', name: text(count), content: '' }] })],
  ],
  calledName: [
    ['anthropic-messages', (count) => blocks({ type: 'tool_use', id: 'a', name: text(count), input: {} })],
  ],
  mediaType: [
    [
      'anthropic-messages',
      (count) => blocks({ type: 'image', source: { type: 'base64', media_type: text(count), data: 'x' } }),
    ],
  ],
  url: [
    [
      'anthropic-messages',
      (count) => blocks({ type: 'image', source: { type: 'url', url: `https://${text(count - 8)}` } }),
    ],
    [
      'openai-chat',
      (count) => ({
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: `https://example.com/${text(count - 20)}` } }],
          },
        ],
      }),
    ],
  ],
  cacheMark: [
    [
      'anthropic-messages',
      (count) =>
        blocks({ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ...members(count - 1) } }),
    ],
    [
      'openai-chat',
      (count) => ({ messages: [{ ...hi, cache_control: { type: 'ephemeral', ...members(count - 1) } }] }),
    ],
  ],
  tools: [
    ['openai-chat', (count) => ({ messages: [hi], tools: rows(count, () => chatTool({})) })],
    [
      'anthropic-messages',
      (count) => ({ ...blocks(), tools: rows(count, () => ({ name: 'a', input_schema: {} })) }),
    ],
  ],
  toolName: [
    ['openai-chat', (count) => ({ messages: [hi], tools: [chatTool({}, text(count))] })],
    ['anthropic-messages', (count) => ({ ...blocks(), tools: [{ name: text(count), input_schema: {} }] })],
  ],
  propertyName: [['openai-chat', (count) => schemaOf({ properties: { [text(count)]: {} } })]],
  schemaNodes: [['openai-chat', (count) => schemaOf({ enum: rows(count - 1, () => 1) })]],
  schemaText: [['openai-chat', (count) => schemaOf({ description: text(count) })]],
  schemaDepth: [['openai-chat', (count) => schemaOf({ a: deep(count - 1) })]],
  formatName: [
    [
      'openai-chat',
      (count) => ({
        messages: [hi],
        response_format: { type: 'json_schema', json_schema: { name: text(count), schema: {} } },
      }),
    ],
  ],
};

const cases = (Object.keys(BODIES) as LimitName[]).flatMap((limit) =>
  (BODIES[limit] ?? []).map(([protocol, make]): [LimitName, string, (count: number) => Body] => [
    limit,
    protocol,
    make,
  ]),
);

/** Names are counted by their hashes, and a few share one. */
const INEXACT: Partial<Record<LimitName, number>> = { distinctNames: 5_000 };

/** The beginning of a message: of a wrong body, the limit is still what is told first. */
const refusalOf = (protocol: string, body: Body): string =>
  readBody(protocol, JSON.stringify({ model: 'claude-sonnet-4-5', ...body }));

describe('the table of limits', () => {
  test.each(cases)('%s holds on %s', (limit, protocol, make) => {
    const most = mostOf(limit);
    const isBeyond = (count: number): boolean => {
      const said = refusalOf(protocol, make(count));
      expect(said.length).toBeLessThan(600);
      return said.includes(`limit "${limit}"`) || said.includes(`more than ${most} levels`);
    };
    expect([isBeyond(most), isBeyond(most + 1 + (INEXACT[limit] ?? 0))]).toEqual([false, true]);
  });

  test('is tried in full here, but for what a header and a type of a tool have', () => {
    const untried = (Object.keys(REQUEST_LIMITS) as LimitName[]).filter((name) => !(name in BODIES));
    expect(untried).toEqual(['betaHeader', 'betas', 'toolType']);
  });
});

test.each<[string, LimitName]>([
  [text(mostOf('betaHeader') + 1), 'betaHeader'],
  [rows(mostOf('betas') + 1, (index) => `b${index}`).join(','), 'betas'],
])('a header that is too long is refused', (header, limit) => {
  expect(() => betasIn({ 'anthropic-beta': header })).toThrow(`limit "${limit}"`);
});

test('a type of a tool that is too long is refused', () => {
  const tools = [{ name: 'bash', type: text(mostOf('toolType') + 1) }];
  expect(refusalOf('anthropic-messages', { ...blocks(), tools })).toContain('limit "toolType"');
});

describe('what an error shows of what was sent', () => {
  test.each([
    ['a role', { messages: [{ role: text(1_000_000), content: '' }] }],
    ['an effort', { messages: [hi], reasoning_effort: text(1_000_000) }],
    ['a choice', { messages: [hi], tools: [chatTool({})], tool_choice: text(1_000_000) }],
  ])('is short: %s', (_, body) => {
    const said = refusalOf('openai-chat', body);
    expect(said).toMatch(/^400 .*"x{50,80}…/);
    expect(said.length).toBeLessThan(300);
  });
});

test('the words of a name as long as one may be are found in all of it', () => {
  const name = `get_${text(mostOf('toolName') - 7)}_rm`;
  expect(effectOf({ name, input_schema: {} })).toBe('changes');
});
