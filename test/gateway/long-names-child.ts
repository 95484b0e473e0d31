/** Reads the body that its argument names, in a process of its own: some have ended one. */
import { readBody } from './support/read-body';

const LONG = 'aA'.repeat(15_000_000);
const ODD = 'é'.repeat(30_000_000);
const asked = '"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"hi"}]';
const call = (id: string, name: string): string =>
  `{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"${id}","type":"function","function":{"name":"${name}","arguments":"{}"}}]}]}`;

const BODIES: Readonly<Record<string, () => string>> = {
  'openai-chat tool': () =>
    readBody('openai-chat', `{${asked},"tools":[{"type":"function","function":{"name":"${LONG}"}}]}`),
  'anthropic-messages tool': () =>
    readBody(
      'anthropic-messages',
      `{${asked},"max_tokens":5,"tools":[{"name":"${LONG}","input_schema":{}}]}`,
    ),
  'anthropic-messages property': () =>
    readBody(
      'anthropic-messages',
      `{${asked},"max_tokens":5,"tools":[{"name":"look","input_schema":{"properties":{"${LONG}":{}}}}]}`,
    ),
  'openai-chat call': () => readBody('openai-chat', call('c', LONG)),
  'openai-chat id': () => readBody('openai-chat', call(ODD, 'read')),
  'openai-chat field': () => readBody('openai-chat', `{${asked},"${LONG}":1}`),
  'openai-chat address': () =>
    readBody(
      'openai-chat',
      `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:${LONG}/png;base64,QUJD"}}]}]}`,
    ),
};

const [name = ''] = process.argv.slice(2);
process.stdout.write(BODIES[name]?.() ?? `no body ${name}`);
