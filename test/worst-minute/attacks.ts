/** What a caller with a key may send that is dear to look at: each kind once, of the most bytes that are read. */
import { WORST_BODIES } from '../linear/worst-bodies';

export interface Attack {
  readonly name: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  body(): Buffer;
}

const MESSAGES = '/v1/messages';
const CHAT = '/v1/chat/completions';
const MODEL = '"model":"claude-sonnet-4-5","max_tokens":5';
const SAID = '"messages":[{"role":"user","content":"hi"}]';
const TOO_LONG = 30 * 1024 * 1024;

const tools = (tool: string): string => `{${MODEL},${SAID},"tools":[${tool}]}`;
const required = (letter: string): string =>
  `{"required":[${Array.from({ length: 95_000 }, (_, index) => `"${letter}${index}"`).join(',')}]}`;

const worst: Attack[] = Object.entries(WORST_BODIES).map(([name, each]) => ({
  name,
  path: each.protocol.dialect === 'anthropic' ? MESSAGES : CHAT,
  body: () => Buffer.from(each.make()),
}));

const named = (name: string, make: () => string, path = MESSAGES): Attack => ({
  name,
  path,
  body: () => Buffer.from(make()),
});

export const ATTACKS: readonly Attack[] = [
  ...worst,
  named('the name of a tool', () =>
    tools(`{"name":"${'aA'.repeat(TOO_LONG / 2)}","input_schema":{"type":"object"}}`),
  ),
  named('the name of a property', () =>
    tools(`{"name":"a","input_schema":{"type":"object","properties":{"${'aA'.repeat(TOO_LONG / 2)}":{}}}}`),
  ),
  named('a choice of two long lists', () =>
    tools(`{"name":"a","input_schema":{"anyOf":[${required('a')},${required('b')}]}}`),
  ),
  named('an unknown field', () => `{${MODEL},${SAID},"${'\u00e9'.repeat(TOO_LONG / 2)}":1}`, CHAT),
  named(
    'the id of a tool call',
    () =>
      `{${MODEL},"messages":[{"role":"user","content":"hi"},{"role":"tool","tool_call_id":"${'%'.repeat(TOO_LONG)}","content":"a"}]}`,
    CHAT,
  ),
  named('lists in lists', () => `{${MODEL},"messages":${'['.repeat(190_000)}${']'.repeat(190_000)}}`),
  named(
    'a count of much text',
    () =>
      `{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"${'a b '.repeat(TOO_LONG / 4)}"}]}`,
    '/v1/messages/count_tokens',
  ),
  named('no JSON', () => '"'.repeat(TOO_LONG), CHAT),
];
