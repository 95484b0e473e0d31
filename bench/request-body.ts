/** What a coding agent sends: a conversation about code, of an exact size. */
import type { Case } from './cases';

export const MODEL = 'claude-sonnet-4-5';

/** Bytes of one message; agents send many of about this size, and few long ones. */
const MESSAGE_BYTES = 2_500;

/** Code has quotes and line ends, which JSON escapes: text without them would be read faster than it is in life. */
const CODE = [
  'export function findUser(users: readonly User[], name: string): User | undefined {',
  '  const wanted = name.trim().toLowerCase();',
  '  return users.find((user) => user.name === wanted || user.aliases.includes("@" + wanted));',
  '}',
  '',
].join('\n');

const codeOf = (length: number): string =>
  CODE.repeat(Math.ceil(length / CODE.length)).slice(0, Math.max(0, length));

interface Message {
  role: 'user' | 'assistant';
  content: string;
}

export function requestBody({ bodyBytes, events }: Pick<Case, 'bodyBytes' | 'events'>): string {
  const write = (messages: readonly Message[]): string =>
    JSON.stringify({ model: MODEL, max_tokens: 4_096, stream: events > 0, messages });
  const messages: Message[] = [{ role: 'user', content: 'Explain this code.\n' }];
  while (write(messages).length < bodyBytes - MESSAGE_BYTES)
    messages.push(
      { role: 'assistant', content: codeOf(MESSAGE_BYTES / 2) },
      { role: 'user', content: codeOf(MESSAGE_BYTES / 2) },
    );
  const last = messages.at(-1) as Message;
  const text = last.content;
  // An escape is two bytes, so the last few are made up of what has none.
  for (let length = bodyBytes - write(messages).length; length >= 0; length -= 1) {
    last.content = text + codeOf(length);
    const missing = bodyBytes - write(messages).length;
    if (missing < 0) continue;
    last.content += '.'.repeat(missing);
    return write(messages);
  }
  throw new Error(`a body of ${bodyBytes} bytes is too small for a conversation`);
}
