/** Reads whole chat completions, as the stream reader reads its chunks. */
import { GatewayError } from '../../errors';
import type { AnswerBlock, ModelAnswer, StopReason, StreamEvent } from '../../model/answer';
import { MISSING } from '../../model/usage';
import { isJsonObject } from '../messages/read-answer';
import { sanitize } from '../sanitize';
import { ChatChunks } from './chat-chunks';
import { ChatEventReader } from './event-stream';
import type { Piece } from './message-pieces';
import { codeOf } from './read-error';

export function readAnswer(text: string): ModelAnswer {
  const gathered = new Gathered();
  const mended = readInto(gathered, text);
  const { fault } = gathered;
  // What it was billed by is worth more than the fault alone.
  if (fault !== undefined && gathered.usage.usage === undefined) throw fault;
  return {
    id: gathered.id,
    blocks: gathered.blocks,
    stopReason: gathered.stopReason,
    ...gathered.usage,
    ...(fault === undefined ? {} : { fault }),
    ...(mended.length === 0 ? {} : { mended }),
  };
}

function readInto(gathered: Gathered, text: string): readonly string[] {
  const listener = (event: StreamEvent): void => gathered.add(event);
  // Some servers stream whatever they are asked for.
  if (text.startsWith('data:') || text.startsWith(':')) {
    const reader = new ChatEventReader(listener);
    reader.push(Buffer.from(text));
    reader.end();
    return ['streamed', ...reader.mended];
  }
  const chunks = new ChatChunks(listener, 'whole');
  const answer = parse(text);
  if (!isJsonObject(answer)) throw new GatewayError('provider_failed', { message: UNKNOWN_FORM });
  chunks.accept(answer);
  if (!gathered.isStarted) chunks.fail(UNKNOWN_FORM);
  chunks.done();
  return chunks.mended;
}

const UNKNOWN_FORM = "The provider's answer is not one this gateway can read.";

function parse(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

type Told = Pick<ModelAnswer, 'usage' | 'usageFault'>;

interface CallInParts {
  readonly id: string;
  readonly name: string;
  readonly json: string[];
}

/** The events of an answer, put together again. */
class Gathered {
  id = 'unnamed';
  isStarted = false;
  stopReason: StopReason = 'end';
  usage: Told = { usage: undefined, usageFault: { field: 'usage', problem: MISSING } };
  fault: GatewayError | undefined;
  readonly blocks: AnswerBlock[] = [];
  #call: CallInParts | undefined;
  #words: { readonly type: Piece['type']; readonly pieces: string[] } | undefined;

  add(event: StreamEvent): void {
    switch (event.type) {
      case 'start':
        this.id = event.id;
        this.isStarted = true;
        return;
      case 'refusal':
        if (event.isOurs) return void this.blocks.push(event);
        return this.#say(event);
      case 'text':
      case 'thinking':
        return this.#say(event);
      case 'tool-start':
        this.#closeWords();
        this.#call = { id: event.id, name: event.name, json: [] };
        return;
      case 'tool-input':
        this.#call?.json.push(event.json);
        return;
      case 'tool-end':
        return this.#closeCall();
      case 'usage':
        this.usage = { usage: event.usage, usageFault: event.usageFault };
        return;
      case 'stop':
        this.stopReason = event.reason;
        this.usage = { usage: event.usage, usageFault: event.usageFault };
        return;
      case 'error':
        this.fault = new GatewayError(codeOf(event.kind), { message: sanitize(event.message) });
        return;
      case 'end':
        return this.#closeWords();
    }
  }

  #say({ type, text }: Piece): void {
    if (this.#words?.type !== type) {
      this.#closeWords();
      this.#words = { type, pieces: [] };
    }
    this.#words.pieces.push(text);
  }

  #closeWords(): void {
    if (this.#words) this.blocks.push({ type: this.#words.type, text: this.#words.pieces.join('') });
    this.#words = undefined;
  }

  #closeCall(): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#call = undefined;
    const { id, name } = call;
    this.blocks.push({ type: 'tool_use', id, name, input: readArguments(call.json.join('')) });
  }
}

/** Models write what is no JSON object at times; the client's tool has to say so to them. */
function readArguments(written: string): unknown {
  if (written.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(written);
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Falls through to the text itself.
  }
  return { arguments: written };
}
