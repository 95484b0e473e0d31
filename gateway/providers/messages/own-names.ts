/** Gives the client its own names of parameters back, in the calls of an answer: whole, or as they are streamed. */
import type { AnswerBlock, MessageEvent, ModelAnswer, StreamEvent } from '../../model/answer';
import { MemberNames } from '../../json/member-names';
import { renamed, type PropertyNames } from './property-names';
import { isJsonObject, type Json } from './read-answer';

export function withOwnNames(answer: ModelAnswer, names: PropertyNames): ModelAnswer {
  return {
    ...answer,
    blocks: answer.blocks.map((block) => ownBlock(block, names)),
    ...(answer.message ? { message: ownMessage(answer.message, names) } : {}),
  };
}

function ownBlock(block: AnswerBlock, names: PropertyNames): AnswerBlock {
  const own = block.type === 'tool_use' ? names.get(block.name) : undefined;
  return block.type === 'tool_use' && own ? { ...block, input: renamed(block.input, own) } : block;
}

function ownMessage(message: Json, names: PropertyNames): Json {
  const { content } = message;
  if (!Array.isArray(content)) return message;
  const own = content.map((block: unknown) => {
    const known =
      isJsonObject(block) && block['type'] === 'tool_use' ? names.get(String(block['name'])) : undefined;
    return known ? { ...(block as Json), input: renamed((block as Json)['input'], known) } : block;
  });
  return { ...message, content: own };
}

export class StreamedOwnNames {
  readonly #names: PropertyNames;
  /** Of the call under way as it is read. */
  #read: MemberNames | undefined;
  /** Of the calls under way as they are passed on, by the provider's number of the block. */
  readonly #passed = new Map<unknown, MemberNames>();

  constructor(names: PropertyNames) {
    this.#names = names;
  }

  take(event: StreamEvent): readonly StreamEvent[] {
    switch (event.type) {
      case 'message-event':
        return this.#pass(event);
      case 'tool-start': {
        const own = this.#names.get(event.name);
        this.#read = own && new MemberNames(own);
        return [event];
      }
      case 'tool-input':
        return this.#read ? inputOf(this.#read.push(event.json)) : [event];
      case 'tool-end': {
        const rest = this.#read?.end() ?? '';
        this.#read = undefined;
        return [...inputOf(rest), event];
      }
      default:
        return [event];
    }
  }

  #pass(message: MessageEvent): readonly StreamEvent[] {
    const { event, name } = message;
    const index = event['index'];
    if (name === 'content_block_start') return [this.#passStart(message, index)];
    const own = this.#passed.get(index);
    if (own === undefined) return [message];
    if (name === 'content_block_stop') {
      this.#passed.delete(index);
      const rest = own.end();
      return rest === '' ? [message] : [pieceOf(index, rest), message];
    }
    const { delta } = event;
    if (!isJsonObject(delta) || typeof delta['partial_json'] !== 'string') return [message];
    return [rewritten(message, { delta: { ...delta, partial_json: own.push(delta['partial_json']) } })];
  }

  #passStart(message: MessageEvent, index: unknown): StreamEvent {
    const { content_block: block } = message.event;
    this.#passed.delete(index);
    if (!isJsonObject(block) || block['type'] !== 'tool_use') return message;
    const own = this.#names.get(String(block['name']));
    if (own === undefined) return message;
    this.#passed.set(index, new MemberNames(own));
    return rewritten(message, { content_block: { ...block, input: renamed(block['input'], own) } });
  }
}

const inputOf = (json: string): readonly StreamEvent[] => (json === '' ? [] : [{ type: 'tool-input', json }]);

function rewritten(message: MessageEvent, changes: Json): MessageEvent {
  const event = { ...message.event, ...changes };
  return { ...message, event, data: JSON.stringify(event) };
}

function pieceOf(index: unknown, partial_json: string): MessageEvent {
  const event = { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json } };
  return { type: 'message-event', name: event.type, event, data: JSON.stringify(event) };
}
