/** A tool call of an answer that is under way, put together from the pieces a server sends. */
import { JsonEnd } from './json-end';

/** How the server tells it apart. */
export interface CallName {
  readonly index: number | undefined;
  readonly id: string;
}

export const isBlank = (text: string): boolean => text.trim() === '';

export class ToolCall {
  readonly index: number | undefined;
  id: string;
  name = '';
  /** Told to the listener; not before there is a name, and in its turn. */
  isStarted = false;
  /** Over, and told so: nothing can be added. */
  isClosed = false;
  /** Arguments that wait to be told. */
  waiting: string[] = [];
  #end = new JsonEnd();
  #isEmptyObject = false;

  constructor({ index, id }: CallName) {
    this.index = index;
    this.id = id;
  }

  /** The arguments are a whole object, so that the next call may be told. */
  get isWhole(): boolean {
    return this.#end.isOver;
  }

  /** All that has come is an object without a member: some servers begin every call with one. */
  get isEmptyObject(): boolean {
    return this.#isEmptyObject;
  }

  get hasArguments(): boolean {
    return !this.#end.isBlank;
  }

  /**
   * @param mended gets the names of what was mended
   * @returns whether the piece can be part of the call
   */
  add(piece: string, mended: Set<string>): boolean {
    if (isBlank(piece) && (this.#end.isBlank || this.#end.isOver)) {
      if (piece !== '') mended.add('white_space');
      return true;
    }
    if (this.#end.isOver && this.#isEmptyObject) {
      mended.add('empty_arguments_first');
      this.#isEmptyObject = false;
      this.#end = new JsonEnd();
      this.waiting = [];
    }
    if (this.isClosed) return false;
    const isFirst = this.#end.isBlank;
    const length = this.#end.push(piece);
    this.#isEmptyObject = isFirst && this.#end.isOver && piece.slice(0, length).trim() === '{}';
    if (length === piece.length || !this.#isEmptyObject) {
      this.waiting.push(piece);
      return true;
    }
    this.waiting.push(piece.slice(0, length));
    return this.add(piece.slice(length), mended);
  }

  /** What can be told by now; what is left is only known at the end. */
  take(isLast: boolean): string {
    if (this.#isEmptyObject && !isLast) return '';
    const json = this.waiting.join('');
    this.waiting = [];
    return json;
  }
}
