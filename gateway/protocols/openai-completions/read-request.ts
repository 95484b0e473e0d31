/** Reads a legacy completion request: what a chat has as well is read as the chat reads it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ElementAllowance } from '../../http/element-allowance';
import type { ModelRequest } from '../../model/request';
import { checkCount } from '../../model/request-limits';
import { invalid, isAbsent, object, optionalCount, text, type Fields } from '../fields';
import { readRequest as readChat } from '../openai-chat/read-request';

/** Fields that mean the same as in a chat. All others but the prompt are dropped and named to the client. */
const AS_IN_CHAT = [
  'frequency_penalty',
  'logit_bias',
  'max_tokens',
  'model',
  'n',
  'presence_penalty',
  'seed',
  'stop',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
  'user',
];
export const READ: readonly string[] = ['prompt', 'best_of', 'echo', 'suffix', ...AS_IN_CHAT];

export function readRequest(
  body: unknown,
  headers: IncomingHttpHeaders,
  elements: ElementAllowance,
): ModelRequest {
  const fields = object('request_body', body);
  const names = Object.keys(fields);
  checkCount('request_body', names.length, 'bodyFields');
  refuseOtherAnswers(fields);
  const content = readPrompt(fields['prompt']);
  const chat: Record<string, unknown> = { messages: [{ role: 'user', content }] };
  for (const name of AS_IN_CHAT) if (name in fields) chat[name] = fields[name];
  const request = readChat(chat, headers, elements);
  const dropped = names.filter((name) => !READ.includes(name) && !isAbsent(fields[name]));
  return { ...request, droppedFields: [...dropped, ...request.droppedFields] };
}

/** A string, or a list of one: several would be several answers. */
function readPrompt(value: unknown): string {
  const prompt: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof prompt !== 'string')
    throw invalid('prompt', 'a string or a list of one string, since only one choice is offered', value);
  if (prompt.trim() === '') throw invalid('prompt', 'a text that is not blank', prompt);
  return text('prompt', prompt);
}

/** What would make the answer another one than the client reads it as. */
function refuseOtherAnswers(fields: Fields): void {
  const { best_of: bestOf, echo, suffix } = fields;
  if ((optionalCount('best_of', bestOf) ?? 1) > 1)
    throw invalid('best_of', '1, since only one choice is offered', bestOf);
  if (!isAbsent(echo) && echo !== false)
    throw invalid('echo', 'false, since the prompt is not repeated', echo);
  if (!isAbsent(suffix) && suffix !== '')
    throw invalid('suffix', 'no suffix, since models that chat do not fill in', suffix);
}
