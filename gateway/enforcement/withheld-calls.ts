/**
 * Takes calls of tools that the model was not given out of its answer: models call at times what they remember or guess,
 * and a client would do it. The model's text stands in their place, or a sentence of ours when nothing else is left.
 *
 * A provider's answer passes both as it came, for clients that speak its protocol, and as what was read out of it, for
 * the others: both are held to the same. What has nothing to take out is not touched.
 */
import type { AnswerBlock, MessageEvent, ModelAnswer, StopReason, StreamEvent } from '../model/answer';

/** Of the model's own kind of words, since it is told them as its own in the next request. */
export const IN_PLACE_OF_CALLS =
  'I have not changed anything yet, since you have not seen a proposal. Ask me for one, or tell me to go ahead.';

type Json = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const isBlank = (text: unknown): boolean => typeof text !== 'string' || text.trim() === '';

/** What an answer comes to without the calls that are taken out. */
class Tally {
  #taken = 0;
  #left = 0;
  #hasText = false;

  constructor(readonly callable: ReadonlySet<string>) {}

  /** Counts a call. @returns whether it stays */
  call(name: unknown): boolean {
    const stays = typeof name === 'string' && this.callable.has(name);
    if (stays) this.#left += 1;
    else this.#taken += 1;
    return stays;
  }

  text(text: unknown): void {
    this.#hasText ||= !isBlank(text);
  }

  get hasTaken(): boolean {
    return this.#taken > 0;
  }

  /** Whether nobody would see anything of the answer. */
  get isEmpty(): boolean {
    return this.hasTaken && this.#left === 0 && !this.#hasText;
  }

  /** Whether an answer that stopped for its tools has none any more. */
  get hasNoCall(): boolean {
    return this.hasTaken && this.#left === 0;
  }

  stopReason(reason: StopReason): StopReason {
    return reason === 'tool_use' && this.hasNoCall ? 'end' : reason;
  }

  /** As Anthropic's protocol calls it. */
  rawStopReason(reason: unknown): unknown {
    return reason === 'tool_use' && this.hasNoCall ? 'end_turn' : reason;
  }
}

/** @param callable names of the tools whose calls stay */
export function takeOutCalls(answer: ModelAnswer, callable: ReadonlySet<string>): ModelAnswer {
  const tally = new Tally(callable);
  const blocks = answer.blocks.filter((block) => {
    if (block.type === 'text') tally.text(block.text);
    return block.type !== 'tool_use' || tally.call(block.name);
  });
  if (!tally.hasTaken) return answer;
  const added: readonly AnswerBlock[] = tally.isEmpty ? [{ type: 'text', text: IN_PLACE_OF_CALLS }] : [];
  return {
    ...answer,
    blocks: [...blocks, ...added],
    stopReason: tally.stopReason(answer.stopReason),
    ...(answer.message ? { message: takeOutOfMessage(answer.message, tally, added) } : {}),
  };
}

function takeOutOfMessage(message: Json, tally: Tally, added: readonly AnswerBlock[]): Json {
  const content: unknown[] = Array.isArray(message['content']) ? message['content'] : [];
  return {
    ...message,
    content: [
      ...content.filter(
        (block) =>
          !isFields(block) ||
          block['type'] !== 'tool_use' ||
          (typeof block['name'] === 'string' && tally.callable.has(block['name'])),
      ),
      ...added,
    ],
    stop_reason: tally.rawStopReason(message['stop_reason']),
  };
}

/** The same for a streamed answer, event by event. */
export class StreamedCalls {
  readonly #tally: Tally;
  /** The call under way, as it is read, is taken out. */
  #isTaking = false;
  /** A sentence of ours was put among what is read; among what is passed on. */
  #isSaid = false;
  #isSaidRaw = false;
  /** The provider's numbers of blocks as the client gets them; null for those that it does not get. */
  readonly #numbers = new Map<unknown, number | null>();
  #next = 0;

  constructor(callable: ReadonlySet<string>) {
    this.#tally = new Tally(callable);
  }

  /** What is left of an event, and what is said before it. */
  take(event: StreamEvent): readonly StreamEvent[] {
    switch (event.type) {
      case 'message-event':
        return this.#pass(event);
      case 'text':
        this.#tally.text(event.text);
        return [event];
      case 'tool-start':
        this.#isTaking = !this.#tally.call(event.name);
        return this.#isTaking ? [] : [event];
      case 'tool-input':
        return this.#isTaking ? [] : [event];
      case 'tool-end': {
        const isTaken = this.#isTaking;
        this.#isTaking = false;
        return isTaken ? [] : [event];
      }
      case 'stop':
        return [...this.#say(), { ...event, reason: this.#tally.stopReason(event.reason) }];
      default:
        return [event];
    }
  }

  #say(): readonly StreamEvent[] {
    if (this.#isSaid || !this.#tally.isEmpty) return [];
    this.#isSaid = true;
    return [{ type: 'text', text: IN_PLACE_OF_CALLS }];
  }

  #pass(event: MessageEvent): readonly StreamEvent[] {
    switch (event.name) {
      case 'content_block_start':
        return this.#passStart(event);
      case 'content_block_delta':
      case 'content_block_stop':
        return this.#renumber(event);
      case 'message_delta':
        return this.#passStop(event);
      default:
        return [event];
    }
  }

  #passStart(message: MessageEvent): readonly StreamEvent[] {
    const { event } = message;
    const block = isFields(event['content_block']) ? event['content_block'] : {};
    const isTaken =
      block['type'] === 'tool_use' &&
      !(typeof block['name'] === 'string' && this.#tally.callable.has(block['name']));
    this.#numbers.set(event['index'], isTaken ? null : this.#next);
    if (!isTaken) this.#next += 1;
    return this.#renumber(message);
  }

  #renumber(message: MessageEvent): readonly StreamEvent[] {
    const sent = message.event['index'];
    const number = this.#numbers.get(sent);
    if (number === null) return [];
    // As long as nothing was taken out, it passes as it came, whatever the provider counts like.
    if (number === undefined || number === sent || !this.#hasGap) return [message];
    return [rewritten(message, { index: number })];
  }

  get #hasGap(): boolean {
    return this.#tally.hasTaken;
  }

  #passStop(message: MessageEvent): readonly StreamEvent[] {
    const delta = isFields(message.event['delta']) ? message.event['delta'] : {};
    const reason = delta['stop_reason'];
    if (typeof reason !== 'string') return [message];
    const said = this.#sayRaw();
    const told = this.#tally.rawStopReason(reason);
    const last = told === reason ? message : rewritten(message, { delta: { ...delta, stop_reason: told } });
    return [...said, last];
  }

  #sayRaw(): readonly StreamEvent[] {
    if (this.#isSaidRaw || !this.#tally.isEmpty) return [];
    this.#isSaidRaw = true;
    const index = this.#next;
    this.#next += 1;
    return [
      made({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } }),
      made({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: IN_PLACE_OF_CALLS } }),
      made({ type: 'content_block_stop', index }),
    ];
  }
}

const made = (event: Json & { readonly type: string }): MessageEvent => ({
  type: 'message-event',
  name: event.type,
  event,
  data: JSON.stringify(event),
});

const rewritten = (message: MessageEvent, changes: Json): MessageEvent => {
  const event = { ...message.event, ...changes };
  return { ...message, event, data: JSON.stringify(event) };
};
