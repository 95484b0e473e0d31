/** What is answered when nothing is scripted: a short text that says what it is and what it was asked. */
import type { Call } from './call';
import { messages } from './call';
import type { ScriptedAnswer } from './script';
import { say } from './script';

const WORDS = 12;

export function defaultAnswer(call: Call): ScriptedAnswer {
  const last = messages(call)
    .filter(({ role }) => role === 'user')
    .at(-1);
  const text = last?.blocks.filter(({ type }) => type === 'text').at(-1)?.fields['text'];
  const words = typeof text === 'string' ? text.trim().split(/\s+/) : [];
  const quoted = words.slice(0, WORDS).join(' ') + (words.length > WORDS ? ' …' : '');
  return say(
    'This is the stand-in model: ',
    'no provider was asked. ',
    quoted === '' ? 'Your message had no text.' : `Your message begins: "${quoted}"`,
  );
}
