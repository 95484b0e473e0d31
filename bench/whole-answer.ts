/** Whether an answer says everything that the provider said, in whichever protocol it came. */
import type { Case } from './cases';
import { ANSWER_TEXT, EVENT_TEXT } from './provider-answer';

interface Event {
  readonly type?: string;
  readonly delta?: { readonly text?: string };
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
}

interface Whole {
  readonly content?: readonly { readonly text: string }[];
  readonly choices?: readonly { readonly message: { readonly content: string } }[];
}

/** Throws what is wrong with it. */
export function checkWhole(text: string, { events }: Pick<Case, 'events'>): void {
  const said = events === 0 ? readWhole(text) : readStream(text);
  const expected = events === 0 ? ANSWER_TEXT : EVENT_TEXT.repeat(events);
  if (said !== expected)
    throw new Error(`an answer has ${said.length} characters of text where ${expected.length} were sent`);
}

function readWhole(text: string): string {
  const answer = JSON.parse(text) as Whole;
  return answer.choices?.[0]?.message.content ?? answer.content?.[0]?.text ?? '';
}

function readStream(text: string): string {
  const data = text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length));
  const isDone = data.at(-1) === '[DONE]';
  const events = (isDone ? data.slice(0, -1) : data).map((each) => JSON.parse(each) as Event);
  if (!isDone && events.at(-1)?.type !== 'message_stop')
    throw new Error('a stream ended before its last event');
  return events.map(({ delta, choices }) => delta?.text ?? choices?.[0]?.delta.content ?? '').join('');
}
