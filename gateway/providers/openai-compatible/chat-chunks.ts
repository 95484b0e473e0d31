/** Reads chat completions, whole or in the chunks of a stream, as the events of an answer; loses nothing of them. */
import type { StreamEvent } from '../../model/answer';
import { NO_USAGE, type Usage } from '../../model/usage';
import { isJsonObject, type Json } from '../messages/read-answer';
import { isUnreadable } from '../unreadable-stream';
import { AnswerOrder, NamelessCall } from './answer-order';
import { CallBook, type CallPiece } from './call-book';
import { StreamedUsage, usageIn } from './chat-usage';
import { isFailure, moreTelling, readFinishReason, stopReasonOf } from './finish-reasons';
import { piecesOf, textOf } from './message-pieces';
import { readErrorIn } from './read-error';
import type { ToolCall } from './tool-call';

type Listener = (event: StreamEvent) => void;

const UNREADABLE = "The provider's stream cannot be read.";
const CUT = "The provider's answer broke off before its end.";
const FILTERED = "The provider's filter has withheld the answer, and gives no reason.";
const NAMELESS = 'The provider sent a tool call without a name.';

/** Where the words of an answer are: whole ones have them in `message`, chunks in `delta`. */
const FORMS = { whole: ['message', 'delta'], stream: ['delta', 'message'] } as const;
export type Form = keyof typeof FORMS;

export class ChatChunks {
  readonly #listener: Listener;
  readonly #form: Form;
  readonly #mended = new Set<string>();
  readonly #order: AnswerOrder;
  readonly #calls = new CallBook(this.#mended);
  readonly #usage = new StreamedUsage();
  #isStarted = false;
  #isEnded = false;
  /** A usage was told, and covers all that has come. */
  #isUsageTold = false;
  #finishReason: string | undefined;

  constructor(listener: Listener, form: Form) {
    // A chunk may hold more behind what has broken the stream.
    this.#listener = (event) => {
      if (!this.#isEnded) listener(event);
    };
    this.#form = form;
    this.#order = new AnswerOrder(this.#listener, this.#mended);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get usageSoFar(): Usage | undefined {
    return this.#usage.told;
  }

  /** Of which server's habits something was made that clients know. */
  get mended(): readonly string[] {
    return [...this.#mended];
  }

  mend(what: string): void {
    this.#mended.add(what);
  }

  accept(chunk: Json): void {
    this.#attempt(() => this.#read(chunk));
  }

  /** The server said that this was all. */
  done(): void {
    this.#attempt(() => this.#finishAnswer());
  }

  /** The bytes have ended. A server that has said why, and what it was, has said all. */
  end(): void {
    if (this.#isEnded) return;
    const isWhole = this.#finishReason !== undefined && this.#usage.reading.usage !== undefined;
    if (!isWhole && !isFailure(this.#finishReason ?? '')) return this.break(CUT);
    this.#mended.add('no_done');
    this.done();
  }

  break(message = UNREADABLE): void {
    this.#finish({ type: 'error', kind: 'broken', message });
  }

  /** In the provider's way, or in words about it. */
  fail(message: string): void {
    this.#finish({ type: 'error', kind: 'failed', message });
  }

  #attempt(read: () => void): void {
    if (this.#isEnded) return;
    try {
      read();
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      this.break(fault instanceof NamelessCall ? NAMELESS : UNREADABLE);
    }
  }

  #read(chunk: Json): void {
    const told = usageIn(chunk);
    this.#usage.add(told);
    const error = readErrorIn(chunk);
    if (error !== undefined) {
      this.#tellUsage(told, false, true);
      return this.#finish({ type: 'error', ...error });
    }
    const choice: unknown = Array.isArray(chunk['choices']) ? chunk['choices'][0] : undefined;
    this.#start(chunk, isJsonObject(choice));
    const isSaying = isJsonObject(choice) && this.#readChoice(choice);
    this.#tellUsage(told, isSaying, !isJsonObject(choice));
  }

  #start(chunk: Json, hasChoice: boolean): void {
    const id = textOf(chunk['id']);
    if (this.#isStarted || (id === '' && !hasChoice)) return;
    this.#isStarted = true;
    this.#listener({ type: 'start', id: id || 'unnamed', usage: this.#usage.reading.usage ?? NO_USAGE });
  }

  /** @returns whether it has something of the answer */
  #readChoice(choice: Json): boolean {
    const [usual, other] = FORMS[this.#form];
    const isUsual = isJsonObject(choice[usual]);
    const message = isUsual ? choice[usual] : choice[other];
    if (!isUsual && isJsonObject(message)) this.#mended.add(other);
    const isSaying = isJsonObject(message) && this.#readMessage(message);
    const reason = readFinishReason(choice['finish_reason']);
    if (reason !== undefined && this.#finishReason !== undefined) this.#mended.add('finish_reason_twice');
    this.#finishReason = moreTelling(this.#finishReason, reason);
    return isSaying;
  }

  #readMessage(message: Json): boolean {
    const pieces = piecesOf(message, (kind) => this.#mended.add(`lost_${kind}`));
    for (const piece of pieces) this.#order.say(piece);
    const { tool_calls: listed, function_call: legacy } = message;
    const calls: readonly unknown[] = Array.isArray(listed) ? listed : isJsonObject(listed) ? [listed] : [];
    for (const call of calls) if (isJsonObject(call)) this.#readCall(call, call['function']);
    if (isJsonObject(legacy)) this.#readCall({}, legacy);
    return pieces.length + calls.length > 0 || isJsonObject(legacy);
  }

  #readCall(call: Json, value: unknown): void {
    const definition = isJsonObject(value) ? value : {};
    const piece: CallPiece = {
      index: indexOf(call['index']),
      id: textOf(call['id']),
      name: textOf(definition['name']),
      json: this.#argumentsOf(definition['arguments']),
    };
    // In a whole answer each entry is a call by itself.
    const known = this.#form === 'stream' ? this.#calls.find(piece) : undefined;
    const found = known ?? this.#calls.begin(piece);
    if (found.name === '' && piece.name !== '') this.#nameCall(found, piece.name);
    if (known === undefined) this.#order.begin(found);
    this.#order.add(found, piece.json);
  }

  #nameCall(call: ToolCall, name: string): void {
    call.name = name;
    this.#calls.complete(call);
  }

  #argumentsOf(value: unknown): string {
    if (typeof value === 'string' || value === undefined || value === null) return textOf(value);
    this.#mended.add('arguments_object');
    return JSON.stringify(value);
  }

  /**
   * What comes behind a usage is not in it; without a later one nobody knows. One that is told with a piece of the answer is
   * of that moment: a server whose stream breaks off then may bill for more.
   */
  #tellUsage(told: unknown, isSaying: boolean, isAlone: boolean): void {
    const { reading } = this.#usage;
    const isLast = isAlone || this.#finishReason !== undefined || this.#form === 'whole';
    if (told !== undefined && told !== null && isLast) {
      this.#isUsageTold = true;
      this.#listener({ type: 'usage', ...reading });
    } else if (isSaying && this.#isUsageTold) {
      this.#isUsageTold = false;
      this.#listener({ type: 'usage', usage: undefined });
    }
  }

  #finishAnswer(): void {
    this.#order.finish();
    const reason = this.#finishReason;
    if (reason === undefined && this.#form === 'stream') return this.break(CUT);
    if (reason !== undefined && isFailure(reason))
      return this.fail(`The provider ended its answer with "${reason}".`);
    const stopReason = stopReasonOf(reason, this.#calls.count > 0);
    const { usage } = this.#usage.reading;
    if (!this.#order.hasSaid && stopReason === 'refusal')
      this.#listener({ type: 'refusal', text: FILTERED, isOurs: true });
    // A limit that was met says by itself why there is nothing.
    if (!this.#order.hasSaid && stopReason === 'end' && usage?.output !== 0)
      return this.fail(emptyAnswer(usage?.output));
    this.#listener({ type: 'stop', reason: stopReason, ...this.#usage.reading });
    this.#finish({ type: 'end' });
  }

  #finish(event: StreamEvent): void {
    this.#listener(event);
    this.#isEnded = true;
  }
}

function emptyAnswer(tokens: number | undefined): string {
  const billed = tokens === undefined ? 'an answer' : `${tokens} tokens of output`;
  return `The provider bills ${billed} without any text, thoughts or tool call in it that could be shown. It was booked; asking again may bring an answer.`;
}

/** Of a number that is written as text. */
const MOST_DIGITS = 9;

/** Some servers write the number as text. */
function indexOf(value: unknown): number | undefined {
  // bounded: `MOST_DIGITS`
  const isWritten = typeof value === 'string' && value.length <= MOST_DIGITS && /^\d+$/.test(value);
  const index = isWritten ? Number(value) : value;
  return typeof index === 'number' && Number.isSafeInteger(index) ? index : undefined;
}
