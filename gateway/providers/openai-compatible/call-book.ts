/** Which call a piece of an answer belongs to, as servers number and name them: by index, by id, or by neither. */
import { UnreadableStream } from '../unreadable-stream';
import { isBlank, ToolCall, type CallName } from './tool-call';

/** Calls of one answer; more is no honest one. */
const MOST_CALLS = 1_024;
/** Characters of an id that is kept. */
const LONGEST_ID = 16_384;

export interface CallPiece extends CallName {
  readonly name: string;
  readonly json: string;
}

export class CallBook {
  readonly #mended: Set<string>;
  readonly #byIndex = new Map<number, ToolCall>();
  readonly #byId = new Map<string, ToolCall>();
  #latest: ToolCall | undefined;
  #count = 0;

  constructor(mended: Set<string>) {
    this.#mended = mended;
  }

  get count(): number {
    return this.#count;
  }

  /** The call that the piece goes on with; undefined when it begins another. */
  find(piece: CallPiece): ToolCall | undefined {
    const call = this.#sought(piece);
    if (call === undefined || beginsAnother(call, piece)) return undefined;
    if (piece.id !== '' && piece.id !== call.id) {
      if (call.isStarted || call.id !== '') this.#mended.add('call_id');
      else this.#name(call, piece.id);
    }
    return call;
  }

  /** @throws UnreadableStream when there are too many */
  begin({ index, id }: CallPiece): ToolCall {
    if (this.#count >= MOST_CALLS) throw new UnreadableStream('too many calls in one answer');
    const call = new ToolCall({ index, id: '' });
    if (index === undefined) this.#mended.add('call_index');
    else this.#byIndex.set(index, call);
    this.#name(call, id);
    this.#latest = call;
    this.#count += 1;
    return call;
  }

  /** Clients tell calls apart by their ids, so each has one of its own. */
  complete(call: ToolCall): void {
    if (call.id !== '') return;
    this.#mended.add('call_id');
    call.id = callId(this.#count);
  }

  #name(call: ToolCall, id: string): void {
    if (id === '' || id.length > LONGEST_ID) return;
    let own = id;
    for (let number = 2; this.#byId.has(own); number += 1) {
      this.#mended.add('call_id');
      own = `${id}_${number}`;
    }
    call.id = own;
    // The latest of an id that is used again is the one that is meant by it.
    this.#byId.set(id, call).set(own, call);
  }

  #sought({ index, id }: CallPiece): ToolCall | undefined {
    const named = id === '' ? undefined : this.#byId.get(id);
    if (index === undefined) return named ?? this.#latest;
    // Some servers number every call alike, and tell them apart by their ids.
    return named?.index === index ? named : this.#byIndex.get(index);
  }
}

/** A name, and what else shows that it is no longer the call that was sought. */
function beginsAnother(call: ToolCall, { id, name, json }: CallPiece): boolean {
  if (name === '' || call.name === '') return false;
  const cannotGoOn = call.isWhole && !call.isEmptyObject && !isBlank(json);
  if (id !== '' && id === call.id) return cannotGoOn;
  if (name !== call.name) return true;
  if (id === '') return cannotGoOn;
  return call.isWhole || !call.hasArguments;
}

/** For servers that give none; clients tell calls apart by it. */
const callId = (count: number): string => `call_${count - 1}_${Math.random().toString(36).slice(2, 12)}`;
