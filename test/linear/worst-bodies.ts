/** Bodies of the most bytes that are read, each made to take long at another place. */
import { anthropicMessages } from '../../gateway/protocols/anthropic-messages';
import { openAiChat } from '../../gateway/protocols/openai-chat';
import type { Protocol } from '../../gateway/protocols/protocol';
import { DEFAULT_LIMITS } from '../../gateway/services';

export interface WorstBody {
  readonly protocol: Protocol;
  make(): string;
}

export const MOST_BYTES = 32 * 1024 * 1024;
/** For what is around that which fills the body. */
const FRAME_BYTES = 1_000;
const ROOM = MOST_BYTES - FRAME_BYTES;
/** Some are in the frame. */
const ELEMENTS = DEFAULT_LIMITS.bodyElements - 100;

const MODEL = '"model":"claude-sonnet-4-5"';

const chat = (messages: string, rest = ''): string => `{${MODEL},"messages":[${messages}]${rest}}`;
const said = (content: string): string => `{"role":"user","content":${content}}`;
const messages = (content: string, rest = ''): string =>
  `{${MODEL},"max_tokens":5,"messages":[${content}]${rest}}`;

/** Text of the whole room. */
const filled = (unit: string): string => `"${unit.repeat(ROOM / Buffer.byteLength(unit))}"`;

/** Entries that fill the room evenly. */
function entries(count: number, of: (index: number, text: string) => string, unit = 'x'): string {
  // The longest number there is, and a comma.
  const around = Buffer.byteLength(of(count, '')) + 1;
  const text = unit.repeat(Math.max(0, Math.floor((ROOM / count - around) / Buffer.byteLength(unit))));
  return Array.from({ length: count }, (_, index) => of(index, text)).join(',');
}

const call = (id: string, written: string): string =>
  `{"id":"${id}","type":"function","function":{"name":"read","arguments":"${written}"}}`;
const calls = (list: string): string => `${said('"hi"')},{"role":"assistant","tool_calls":[${list}]}`;
const tool = (parameters: string): string =>
  `,"tools":[{"type":"function","function":{"name":"read","parameters":${parameters}}}]`;

const ofChat = (make: () => string): WorstBody => ({ protocol: openAiChat, make });
const ofMessages = (make: () => string): WorstBody => ({ protocol: anthropicMessages, make });

export const WORST_BODIES: Readonly<Record<string, WorstBody>> = {
  'one text of quotes': ofChat(() => chat(said(filled('\\"')))),
  'one text of two units a character, of the system': ofChat(() =>
    chat(`{"role":"system","content":${filled('😀')}},${said('"hi"')}`),
  ),
  'calls with arguments': ofChat(() =>
    chat(calls(entries(ELEMENTS / 7, (index, text) => call(`c${index}`, `{\\"a\\":\\"${text}\\"}`)))),
  ),
  'one call whose arguments have many entries': ofChat(() =>
    chat(calls(call('c', `{\\"a\\":[${entries(ELEMENTS, (_, text) => `\\"${text}\\"`)}]}`))),
  ),
  'one call of a long argument': ofChat(() =>
    chat(calls(call('c', `{\\"a\\":\\"${'\\\\\\"'.repeat(ROOM / 4)}\\"}`))),
  ),
  'results of many languages': ofChat(() =>
    chat(
      `${said('"hi"')},${entries(ELEMENTS / 4, (index, text) => `{"role":"tool","tool_call_id":"é${index}","content":"${text}"}`, 'ß')}`,
    ),
  ),
  parts: ofMessages(() =>
    messages(said(`[${entries(ELEMENTS / 3, (_, text) => `{"type":"text","text":"é${text}"}`)}]`)),
  ),
  'the input of a tool': ofMessages(() =>
    messages(
      said(
        `[{"type":"tool_use","id":"a","name":"b","input":{"a":[${entries(ELEMENTS / 2, (_, text) => `{"a":"${text}"}`)}]}}]`,
      ),
    ),
  ),
  'a schema whose bounds are told in words': ofChat(() =>
    chat(
      said('"hi"'),
      `,"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"not":[${filled('\\"')}]}}}`,
    ),
  ),
  'numbers that are nearly nothing': ofChat(() =>
    chat(
      said('"hi"'),
      tool(`{"a":[${entries(ELEMENTS, (_, text) => `2.470328229206232720${text}e-324`, '7')}]}`),
    ),
  ),
  'members of other names each': ofChat(() =>
    chat(said('"hi"'), tool(`[${entries(ELEMENTS / 2, (index, text) => `{"${text}${index}":1}`)}]`)),
  ),
};
