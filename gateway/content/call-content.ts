/**
 * What was said in one call, as far as there is room for it: a copy, made only where content logging is on.
 *
 * Of what is asked the newest comes first, since an agent sends all of a conversation again each time. Binary parts are
 * named with their size. A call that finds the process full keeps nothing at all.
 */
import type { ModelAnswer, StreamEvent } from '../model/answer';
import { cut } from '../model/cut';
import type { ContentBlock, ModelRequest, Turn } from '../model/request';
import { boundedJson } from './bounded-json';
import type { ContentRoom } from './content-room';
import { fitJson } from './json-size';

/** Bytes of one call, as JSON. */
export const MOST_BYTES = 262_144;
/** Of these, what is asked may take, so that there is room for the answer. */
const MOST_ASKED_BYTES = 196_608;
/** Of these, what instructs the model. */
const MOST_SYSTEM_BYTES = 32_768;
/** What a message is beside its text, and a word that it is cut. */
const AROUND_BYTES = 192;
/** Characters of names and ids. */
const LONGEST_NAME = 128;
/** Characters of a streamed answer that are gathered before they are put away. */
const GATHERED = 4_096;

export interface Said {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly kind: 'text' | 'thinking' | 'call' | 'result';
  /** Of a call of a tool. */
  readonly name?: string;
  readonly id?: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** As `Said`, its text put away as bytes: a slice of a string would hold all of it. */
type Kept = Omit<Said, 'text'> & { readonly pieces: Buffer[] };

type Head = Omit<Said, 'text' | 'isCut'>;

export class CallContent {
  #asked: Kept[] = [];
  #answer: Kept[] = [];
  #bytes = 0;
  #answerBytes = 0;
  #leftOut = 0;
  #open: { head: Head; pieces: Buffer[]; text: string; isCut: boolean } | undefined;
  #isFull = false;
  #isTaken = false;

  constructor(
    readonly room: ContentRoom,
    /** Days after which it is to be deleted. */
    readonly keepDays: number,
  ) {}

  /** The process had no room for it: there is none of it any more. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Bytes that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  ask({ system, turns }: Pick<ModelRequest, 'system' | 'turns'>): void {
    const instructs: Kept[] = [];
    for (const { text } of system)
      this.#keep(instructs, { role: 'system', kind: 'text' }, text, MOST_SYSTEM_BYTES);
    const newestFirst: Kept[] = [];
    let at = turns.length - 1;
    for (; at >= 0; at -= 1) if (!this.#keepTurn(newestFirst, turns[at] as Turn)) break;
    this.#leftOut = Math.max(0, at);
    this.#asked = [...instructs, ...newestFirst.reverse()];
  }

  /** A deployment begins to answer: what another one has said before is not the answer. */
  beginAnswer(): void {
    this.#open = undefined;
    this.#answer = [];
    this.#give(this.#answerBytes);
    this.#answerBytes = 0;
  }

  /** One step of a streamed answer. */
  hear(event: StreamEvent): void {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return this.#gather({ role: 'assistant', kind: 'text' }, event.text);
      case 'thinking':
        return this.#gather({ role: 'assistant', kind: 'thinking' }, event.text);
      case 'tool-start':
        this.#close();
        return this.#gather(callHead(event), '');
      case 'tool-input':
        if (this.#open?.head.kind === 'call') this.#gather(this.#open.head, event.json);
        return;
      case 'tool-end':
      case 'end':
        return this.#close();
      default:
    }
  }

  /** An answer in one piece. */
  hearWhole({ blocks }: ModelAnswer): void {
    for (const block of blocks) {
      if (block.type === 'text' || block.type === 'refusal')
        this.#gather({ role: 'assistant', kind: 'text' }, block.text);
      else if (block.type === 'thinking') this.#gather({ role: 'assistant', kind: 'thinking' }, block.text);
      else if (block.type === 'tool_use') {
        this.#close();
        this.#gather(callHead(block), boundedJson(block.input, this.#left(MOST_BYTES)).json);
      }
      this.#close();
    }
  }

  /** Whoever takes it gives it back by `release`. */
  take(): void {
    this.#isTaken = true;
    this.#close();
  }

  /** The call has ended: what nobody has taken is let go. */
  end(): void {
    if (!this.#isTaken) this.release();
  }

  /** Lets go of all of it. Harmless when repeated. */
  release(): void {
    this.#asked = [];
    this.#answer = [];
    this.#open = undefined;
    this.#give(this.#bytes);
    this.#answerBytes = 0;
  }

  /** What was said is elsewhere by now; its room stays taken until `release`. */
  forget(): void {
    this.#asked = [];
    this.#answer = [];
  }

  get asked(): Iterable<Said> {
    return this.#asked.map(toSaid);
  }

  get answered(): Iterable<Said> {
    return this.#answer.map(toSaid);
  }

  /** Older messages that there was no room for. */
  get leftOut(): number {
    return this.#leftOut;
  }

  #left(most: number): number {
    return Math.max(0, most - this.#bytes);
  }

  /** @returns whether all of it was kept; blocks come last first */
  #keepTurn(into: Kept[], { role, content }: Turn): boolean {
    for (let at = content.length - 1; at >= 0; at -= 1)
      if (!this.#keepBlock(into, role, content[at] as ContentBlock)) return false;
    return true;
  }

  #keepBlock(into: Kept[], role: Turn['role'], block: ContentBlock): boolean {
    const most = MOST_ASKED_BYTES;
    switch (block.type) {
      case 'text':
        return this.#keep(into, { role, kind: 'text' }, block.text, most);
      case 'thinking':
        return this.#keep(into, { role, kind: 'thinking' }, block.thinking, most);
      case 'tool_use': {
        const { json, isWhole } = boundedJson(block.input, this.#left(most));
        return this.#keep(into, callHead(block), json, most) && isWhole;
      }
      case 'tool_result': {
        const head: Head = { role: 'tool', kind: 'result', id: cut(block.tool_use_id, LONGEST_NAME) };
        if (typeof block.content === 'string') return this.#keep(into, head, block.content, most);
        for (const inner of [...(block.content ?? [])].reverse())
          if (!this.#keepInner(into, head, inner)) return false;
        return true;
      }
      default:
        return this.#keepInner(into, { role, kind: 'text' }, block);
    }
  }

  #keepInner(into: Kept[], head: Head, block: ContentBlock): boolean {
    const texts = block.type === 'search_result' ? block.content : [block];
    for (const each of texts)
      if (!this.#keep(into, head, each.type === 'text' ? each.text : nameOf(each), MOST_ASKED_BYTES))
        return false;
    return true;
  }

  /** @returns whether all of it was kept */
  #keep(into: Kept[], head: Head, text: string, most: number): boolean {
    const left = this.#left(most) - AROUND_BYTES;
    if (left <= 0) return false;
    const { units, bytes } = fitJson(text, left);
    const isCut = units < text.length;
    if (!this.#take(bytes + AROUND_BYTES)) return false;
    into.push({ ...head, isCut, pieces: [Buffer.from(text.slice(0, units))] });
    return !isCut;
  }

  #gather(head: Head, text: string): void {
    if (this.#isFull) return;
    const isSame = this.#open?.head.kind === head.kind && (head.kind !== 'call' || this.#open.head === head);
    if (!isSame) {
      this.#close();
      if (this.#left(MOST_BYTES) <= AROUND_BYTES || !this.#takeAnswer(AROUND_BYTES)) return;
      this.#open = { head, pieces: [], text: '', isCut: false };
    }
    const open = this.#open;
    if (open === undefined || open.isCut) return;
    open.text += text;
    if (open.text.length >= GATHERED) this.#putAway();
  }

  /** What was gathered, without half of a character at its end. */
  #putAway(isLast = false): void {
    const open = this.#open;
    if (open === undefined || open.text === '') return;
    const isHalf = !isLast && (open.text.charCodeAt(open.text.length - 1) & 0xfc00) === 0xd800;
    const whole = isHalf ? open.text.slice(0, -1) : open.text;
    const { units, bytes } = fitJson(whole, this.#left(MOST_BYTES));
    open.isCut = units < whole.length;
    if (!this.#takeAnswer(bytes)) return;
    if (units > 0) open.pieces.push(Buffer.from(whole.slice(0, units)));
    open.text = isHalf && !open.isCut ? open.text.slice(-1) : '';
  }

  #close(): void {
    this.#putAway(true);
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) this.#answer.push({ ...open.head, isCut: open.isCut, pieces: open.pieces });
  }

  #takeAnswer(bytes: number): boolean {
    if (!this.#take(bytes)) return false;
    this.#answerBytes += bytes;
    return true;
  }

  #take(bytes: number): boolean {
    if (this.#isFull) return false;
    if (!this.room.take(bytes)) {
      this.release();
      this.#isFull = true;
      return false;
    }
    this.#bytes += bytes;
    return true;
  }

  #give(bytes: number): void {
    this.room.give(bytes);
    this.#bytes -= bytes;
  }
}

const callHead = ({ id, name }: { readonly id: string; readonly name: string }): Head => ({
  role: 'assistant',
  kind: 'call',
  id: cut(id, LONGEST_NAME),
  name: cut(name, LONGEST_NAME),
});

const toSaid = ({ pieces, ...head }: Kept): Said => ({ ...head, text: Buffer.concat(pieces).toString() });

/** A part that stays here: what it is and how large. */
function nameOf(block: ContentBlock): string {
  if (block.type === 'redacted_thinking')
    return `[hidden thoughts, ${block.data.length} characters: not sent]`;
  if (block.type !== 'image' && block.type !== 'document') return `[${block.type}: not sent]`;
  const { source } = block;
  if (source.type === 'url') return `[${block.type} by address: not sent]`;
  if (source.type === 'content') return `[${block.type}: not sent]`;
  const bytes = source.type === 'base64' ? Math.floor((source.data.length * 3) / 4) : source.data.length;
  return `[${block.type}, ${cut(source.media_type, 64)}, about ${bytes} bytes: not sent]`;
}
