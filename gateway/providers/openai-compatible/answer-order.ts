/**
 * Tells an answer part by part, as clients take it: one call after the other, whole, whatever way a server mixes their
 * pieces. The first part that is not over is told as it comes; what belongs behind it waits.
 */
import type { StreamEvent } from '../../model/answer';
import { UnreadableStream } from '../unreadable-stream';
import type { Piece } from './message-pieces';
import { isBlank, type ToolCall } from './tool-call';

/** Characters that may wait, with a share for each piece. */
const MOST_WAITING = 8 * 1024 * 1024;
const PER_PIECE = 64;

interface Passage {
  readonly type: Piece['type'];
  readonly pieces: string[];
}
type Part = Passage | ToolCall;

const isPassage = (part: Part): part is Passage => 'pieces' in part;

/** A server sent a call that has no name: nobody could run it, and a client would wait for it. */
export class NamelessCall extends UnreadableStream {}

export class AnswerOrder {
  readonly #listener: (event: StreamEvent) => void;
  readonly #mended: Set<string>;
  /** Parts that are not all told; only the last of them grows, but for calls. */
  readonly #parts: Part[] = [];
  /** Of the last passage, when it is told. */
  #toldType: Piece['type'] | undefined;
  /** White space that shows only between words. */
  #blank: Piece | undefined;
  #waiting = 0;
  #hasSaid = false;

  constructor(listener: (event: StreamEvent) => void, mended: Set<string>) {
    this.#listener = listener;
    this.#mended = mended;
  }

  /** Something of the answer was told, or waits to be. */
  get hasSaid(): boolean {
    return this.#hasSaid;
  }

  say({ type, text }: Piece): void {
    const last = this.#parts.at(-1);
    const isGoingOn = last === undefined ? this.#toldType === type : isPassage(last) && last.type === type;
    if (!isGoingOn && isBlank(text)) return this.#keepBlank({ type, text });
    const before = this.#blank?.type === type ? this.#blank.text : '';
    this.#blank = undefined;
    this.#hasSaid = true;
    if (last === undefined) {
      this.#toldType = type;
      this.#waiting = 0;
      return this.#listener({ type, text: before + text });
    }
    this.#wait(before + text);
    if (isGoingOn && isPassage(last)) last.pieces.push(before + text);
    else this.#parts.push({ type, pieces: [before + text] });
    this.#advance();
  }

  begin(call: ToolCall): void {
    this.#hasSaid = true;
    if (this.#blank) this.#mended.add('white_space');
    this.#blank = undefined;
    this.#toldType = undefined;
    this.#parts.push(call);
    this.#wait('');
    this.#advance();
  }

  /** @throws UnreadableStream when the call is over */
  add(call: ToolCall, piece: string): void {
    if (!call.add(piece, this.#mended)) throw new UnreadableStream('more arguments for a call that is over');
    if (this.#parts[0] === call && call.name !== '') this.#tell(call, false);
    else this.#wait(piece);
    if (this.#parts.length > 1) this.#advance();
  }

  /** Nothing more comes: all that waits is told. */
  finish(): void {
    for (const part of this.#parts.splice(0)) this.#close(part);
  }

  /** Tells all parts that are over, and what there is of the first that is not. */
  #advance(): void {
    let first = this.#parts[0];
    while (first !== undefined && this.#isOver(first)) {
      this.#parts.shift();
      this.#close(first);
      first = this.#parts[0];
    }
    if (this.#parts.length <= 1) this.#waiting = 0;
    if (first !== undefined && !isPassage(first)) this.#tell(first, false);
  }

  #isOver(first: Part): boolean {
    // A passage that nothing holds up is told as it comes from then on.
    if (isPassage(first)) return true;
    return this.#parts.length > 1 && first.isWhole && first.name !== '';
  }

  #close(part: Part): void {
    if (isPassage(part)) {
      this.#toldType = part.type;
      return this.#listener({ type: part.type, text: part.pieces.join('') });
    }
    this.#toldType = undefined;
    if (part.name === '') throw new NamelessCall('a call without a name');
    this.#tell(part, true);
    part.isClosed = true;
    this.#listener({ type: 'tool-end' });
  }

  #tell(call: ToolCall, isLast: boolean): void {
    if (call.name === '') return;
    if (!call.isStarted) {
      call.isStarted = true;
      this.#listener({ type: 'tool-start', id: call.id, name: call.name });
    }
    const json = call.take(isLast);
    if (json !== '') this.#listener({ type: 'tool-input', json });
  }

  #keepBlank(blank: Piece): void {
    const text = this.#blank?.type === blank.type ? this.#blank.text + blank.text : blank.text;
    this.#wait(blank.text);
    this.#blank = { type: blank.type, text };
  }

  #wait(text: string): void {
    this.#waiting += text.length + PER_PIECE;
    if (this.#waiting > MOST_WAITING) throw new UnreadableStream('too much of the answer waits for its turn');
  }
}
