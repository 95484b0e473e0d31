/** What was said, as Langfuse gets it: without secrets, as JSON in the shape of chat messages. */
import { maskInSteps } from '../../masking/mask';
import type { CallContent, Said } from './call-content';
import { MOST_BYTES } from './call-content';
import { fitJson } from './json-size';

export interface MaskedContent {
  /** JSON: a list of messages. */
  readonly input: string;
  /** JSON: a list of messages, empty where nothing was answered. */
  readonly output: string;
  /** Secrets that were masked, by kind. */
  readonly masked: ReadonlyMap<string, number>;
  /** Older messages that are not there. */
  readonly leftOut: number;
  /** Not all of it is there. */
  readonly isCut: boolean;
  readonly keepDays: number;
}

/** Behind what is cut. */
export const CUT_MARK = '[cut]';

/** Masks a piece at a time; between two pieces others get their turn. */
export async function maskContent(content: CallContent, pause: () => Promise<void>): Promise<MaskedContent> {
  const masked = new Map<string, number>();
  let left = MOST_BYTES;
  let isCut = content.leftOut > 0;
  const hide = async (text: string): Promise<string> => {
    const steps = maskInSteps(text);
    for (;;) {
      const step = steps.next();
      if (step.done !== true) {
        await pause();
        continue;
      }
      for (const [kind, count] of step.value.counts) masked.set(kind, (masked.get(kind) ?? 0) + count);
      return step.value.text;
    }
  };
  const write = async (each: Said): Promise<string | undefined> => {
    const text = await hide(each.text);
    const name = each.name === undefined ? '' : await hide(each.name);
    const around = JSON.stringify(messageOf(each, name, '')).length + CUT_MARK.length + 1;
    // A mask may be longer than what it hides.
    const { units, bytes } = fitJson(text, left - around);
    if (left <= around) return undefined;
    left -= around + bytes;
    const isShort = each.isCut || units < text.length;
    isCut ||= isShort;
    return JSON.stringify(messageOf(each, name, isShort ? text.slice(0, units) + CUT_MARK : text));
  };
  const list = async (said: Iterable<Said>): Promise<string> => {
    const messages: string[] = [];
    for (const each of said) {
      const message = await write(each);
      if (message === undefined) isCut = true;
      else messages.push(message);
    }
    return `[${messages.join(',')}]`;
  };
  left -= 4;
  const input = await list(content.asked);
  const output = await list(content.answered);
  return { input, output, masked, leftOut: content.leftOut, isCut, keepDays: content.keepDays };
}

function messageOf({ role, kind, id }: Said, name: string, text: string): object {
  switch (kind) {
    case 'call':
      return { role, tool_calls: [{ id, type: 'function', function: { name, arguments: text } }] };
    case 'result':
      return { role, tool_call_id: id, content: text };
    case 'thinking':
      return { role, reasoning: text };
    case 'text':
      return { role, content: text };
  }
}
