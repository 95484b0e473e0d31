/** Reads the chunks of a streamed chat completion. */
import type { StreamEvent } from '../../model/answer';
import { NO_USAGE, type Usage } from '../../model/usage';
import { isJsonObject, type Json } from '../messages/read-answer';
import type { EventReader } from '../provider';
import { SseReader } from '../sse-reader';
import { isUnreadable } from '../unreadable-stream';
import { StreamedUsage } from './chat-usage';
import { callId, readStopReason, textOf, thoughtsOf } from './read-answer';
import { readErrorObject } from './read-error';

type Listener = (event: StreamEvent) => void;

const UNREADABLE = "The provider's stream cannot be read.";
const CUT = "The provider's answer broke off before its end.";

/** A call under way. Servers count calls from 0 or from 1, or not at all. */
interface OpenCall {
  readonly index: unknown;
  id: string;
  name: string;
  /** Told to the listener; not before there is a name. */
  isStarted: boolean;
  /** Arguments that came before the name. */
  waiting: string;
}

export class ChatEventReader implements EventReader {
  readonly #listener: Listener;
  readonly #sse: SseReader;
  #isStarted = false;
  #isEnded = false;
  #call: OpenCall | undefined;
  /** Numbers and ids of calls that are over. */
  readonly #closed = new Set<unknown>();
  #callCount = 0;
  #finishReason: string | undefined;
  readonly #usage = new StreamedUsage();

  constructor(listener: Listener) {
    // A chunk may hold more behind what has broken the stream.
    this.#listener = (event) => {
      if (!this.#isEnded) listener(event);
    };
    this.#sse = new SseReader((data) => this.#read(data));
  }

  push(chunk: Buffer): void {
    if (this.#isEnded) return;
    try {
      this.#sse.push(chunk);
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      this.#break(UNREADABLE);
    }
  }

  /** Without [DONE] the answer is broken, however whole it looks. */
  end(): void {
    // Some servers leave out the blank line behind their last word.
    this.push(Buffer.from('\n\n'));
    if (!this.#isEnded) this.#break(CUT);
  }

  get usageSoFar(): Usage | undefined {
    return this.#usage.told;
  }

  #read(data: string): void {
    if (this.#isEnded) return;
    if (data === '[DONE]') return this.#done();
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      return this.#break(UNREADABLE);
    }
    if (isJsonObject(chunk)) this.#accept(chunk);
  }

  #accept(chunk: Json): void {
    const error = chunk['object'] === 'error' ? chunk : chunk['error'];
    if (isJsonObject(error)) return this.#finish({ type: 'error', ...readErrorObject(error) });
    this.#usage.add(chunk['usage']);
    this.#start(chunk);
    const choice: unknown = Array.isArray(chunk['choices']) ? chunk['choices'][0] : undefined;
    if (!isJsonObject(choice)) return;
    if (isJsonObject(choice['delta'])) this.#delta(choice['delta']);
    if (typeof choice['finish_reason'] === 'string') this.#finishReason = choice['finish_reason'];
  }

  #start(chunk: Json): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#listener({ type: 'start', id: textOf(chunk['id']) || 'unnamed', usage: NO_USAGE });
  }

  #delta(delta: Json): void {
    const thoughts = thoughtsOf(delta);
    if (thoughts !== '') this.#listener({ type: 'thinking', text: thoughts });
    const text = textOf(delta['content']) + textOf(delta['refusal']);
    if (text !== '') {
      this.#closeCall();
      this.#listener({ type: 'text', text });
    }
    if (Array.isArray(delta['tool_calls']))
      for (const call of delta['tool_calls']) if (isJsonObject(call)) this.#callDelta(call);
  }

  #callDelta(delta: Json): void {
    if (this.#isEnded) return;
    const call = this.#callOf(delta);
    if (call === undefined) return this.#break(UNREADABLE);
    if (!call.isStarted) {
      call.id ||= textOf(delta['id']);
      call.name = nameOf(delta);
    }
    this.#arguments(call, textOf(definitionOf(delta)['arguments']));
  }

  /** The call a piece belongs to; undefined when that one is over, so that its end would be missing. */
  #callOf(delta: Json): OpenCall | undefined {
    const { index } = delta;
    const id = textOf(delta['id']);
    const open = this.#call;
    // Some servers number every call 0, and tell them apart by their ids alone.
    const hasSameId = open && (id === '' || open.id === '' || id === open.id);
    if (hasSameId && (index === undefined || index === open.index)) return open;
    const isNew = id === '' ? nameOf(delta) !== '' || !this.#closed.has(index) : !this.#closed.has(id);
    if (!isNew) return undefined;
    this.#closeCall();
    this.#call = { index, id, name: '', isStarted: false, waiting: '' };
    return this.#call;
  }

  #arguments(call: OpenCall, json: string): void {
    if (call.name === '') {
      call.waiting += json;
      return;
    }
    if (!call.isStarted) {
      call.isStarted = true;
      this.#listener({ type: 'tool-start', id: call.id || callId(this.#callCount), name: call.name });
      this.#callCount += 1;
    }
    const input = call.waiting + json;
    call.waiting = '';
    if (input !== '') this.#listener({ type: 'tool-input', json: input });
  }

  #closeCall(): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#call = undefined;
    this.#closed.add(call.index).add(call.id);
    if (call.isStarted) this.#listener({ type: 'tool-end' });
    // Nobody could run it, and a client would wait for it.
    else this.#break('The provider sent a tool call without a name.');
  }

  #done(): void {
    this.#closeCall();
    if (this.#isEnded) return;
    if (this.#finishReason === undefined) return this.#break(CUT);
    const reason = readStopReason(this.#finishReason, this.#callCount > 0);
    this.#listener({ type: 'stop', reason, ...this.#usage.reading });
    this.#finish({ type: 'end' });
  }

  #break(message: string): void {
    this.#finish({ type: 'error', kind: 'broken', message });
  }

  #finish(event: StreamEvent): void {
    this.#listener(event);
    this.#isEnded = true;
  }
}

const definitionOf = ({ function: definition }: Json): Json => (isJsonObject(definition) ? definition : {});
const nameOf = (delta: Json): string => textOf(definitionOf(delta)['name']);
