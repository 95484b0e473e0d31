/** Whatever the client wrote goes on in its own JSON where it can, and always with the same meaning. */
import { ElementAllowance } from '../../gateway/http/element-allowance';
import { findSentStrings } from '../../gateway/json/find-sent-strings';
import { CONVERSATION_MEMBERS, type ModelRequest } from '../../gateway/model/request';
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import { openAiCompletions } from '../../gateway/protocols/openai-completions';
import type { Protocol } from '../../gateway/protocols/protocol';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from '../fuzz/providers';
import { modelNamed } from '../gateway/support/models';

const ESCAPED_LINE = '\\u000A';
const long = (about: string): string =>
  `${about}: ${'if (a < b) { return "é"; } // what else is there to say?\n'.repeat(20)}`;
/** As a client may write it that escapes otherwise than `JSON.stringify` does. */
const written = (body: object): string => JSON.stringify(body).replaceAll('\\n', ESCAPED_LINE);

const call = (id: string) => ({
  id,
  type: 'function',
  function: { name: 'write', arguments: JSON.stringify({ content: long('argument') }) },
});
const CHAT = {
  messages: [
    { role: 'system', content: long('system') },
    { role: 'user', content: long('text') },
    { role: 'assistant', content: long('said'), tool_calls: [call('call_1'), call('call_2')] },
    { role: 'tool', tool_call_id: 'call_2', content: long('second result') },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: long('first result') }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: long('part') },
        { type: 'text', text: 'short\n' },
      ],
    },
    { role: 'assistant', content: `${long('begun')}  \n` },
  ],
};
const MESSAGES = {
  max_tokens: 100,
  system: [{ type: 'text', text: long('system'), cache_control: { type: 'ephemeral' } }],
  messages: [
    { role: 'user', content: long('text') },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: long('thought'), signature: long('signature') },
        { text: long('said'), type: 'text' },
        { type: 'tool_use', id: 'call_1', name: 'write', input: { content: long('input'), 1: [], 0: {} } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: long('result') }] },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: long('document') } },
        { type: 'text', text: long('asked'), cache_control: { type: 'ephemeral' } },
      ],
    },
  ],
  tools: [{ name: 'write', description: long('tool'), input_schema: { type: 'object' } }],
};

const CALLS: readonly (readonly [Protocol, object])[] = [
  [openAiChat, CHAT],
  [openAiCompletions, { prompt: long('prompt') }],
  [anthropicMessages, MESSAGES],
];
const model = modelNamed('claude-sonnet-4-5');

function read(protocol: Protocol, text: string): ModelRequest {
  const parsed: unknown = JSON.parse(text);
  const request = protocol.readRequest(parsed, {}, new ElementAllowance(10_000));
  request.sentStrings = findSentStrings(text, parsed, CONVERSATION_MEMBERS);
  return request;
}

describe.each([ANTHROPIC, BEDROCK, COMPATIBLE])('to $name', (provider) => {
  it.each(CALLS)('$name', (protocol, body) => {
    const text = written({ model: model.name, ...body });
    const request = read(protocol, text);
    const sent = provider.writeBody(request, model);
    const { members } = provider.writeBody({ ...request, sentStrings: undefined }, model);
    expect(JSON.parse(`{${String(sent.members)}}`)).toEqual(JSON.parse(`{${String(members)}}`));
    expect(String(members)).not.toContain(ESCAPED_LINE);
    // Its own escapes make it longer.
    expect(String(sent.members)).toContain(ESCAPED_LINE);
    expect(sent.members.length).toBeGreaterThan(members.length);
  });

  it('as it is read where a member comes twice, never as it is written', () => {
    const [first, second] = [long('first'), long('second')].map((text) => JSON.stringify(text));
    const text = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":${first},"content":${second}}]}`;
    const members = String(provider.writeBody(read(anthropicMessages, text), model).members);
    expect(members).toContain(second);
    expect(members).not.toContain(first);
  });
});
