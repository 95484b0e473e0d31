/**
 * Bounds the memory that the bodies of requests hold in this process: those of one caller, and all together.
 *
 * Counted is what is allocated, from a body's first byte until the call lets go of it: the body while it comes, then
 * what was written of it for the providers. A caller may hold its share, and no more than half of what the others leave:
 * so something is left for whoever comes, however many fill the room. A body that hardly goes on makes room for others
 * when they need it.
 */
import { GatewayError } from '../errors';
import { Roster, type Place } from '../concurrency/roster';

export interface RoomLimits {
  /** Bytes, for all callers together. */
  readonly total: number;
  /** Bytes, for one caller. */
  readonly share: number;
}

export interface BodyRoom {
  /** Bytes held just now. */
  readonly held: number;
  enter(caller: string): BodyHold;
}

/** What one request's body holds. */
export interface BodyHold {
  /** Bytes of the body that came; they stay known after the end. */
  readonly received: number;
  /** Bytes counted just now. */
  readonly held: number;
  /** A body comes, of so many bytes if that is known. `cut` is told when it has to make room for others. */
  begin(announced: number | undefined, cut: (error: GatewayError) => void): void;
  /** So many bytes more have come. */
  progress(bytes: number): void;
  /** The body is whole, and is not cut any more. */
  end(): void;
  /** So many bytes more are to be allocated. Throws when there is no room. */
  take(bytes: number): void;
  /** So many bytes in all are held from now on. Throws when all callers together hold too much then. */
  change(bytes: number): void;
  /** Nothing is held any more. Harmless when repeated. */
  release(): void;
}

/** A body has to get so much further in such a time, or it is slow: 13 kB a second. */
const STEP_BYTES = 64 * 1024;
const STEP_MS = 5_000;

interface Caller {
  readonly name: string;
  held: number;
  /** What its bodies will hold at least once they are whole, so that what will not fit is refused before it comes. */
  claimed: number;
  holds: number;
}

const clock = (): number => performance.now();

/** @param now milliseconds, of a clock that is never set back */
export const createBodyRoom = (limits: RoomLimits, now: () => number = clock): BodyRoom =>
  new Room(limits, now);

class Room implements BodyRoom {
  held = 0;
  /** Bodies that are not whole yet. */
  readonly coming = new Roster<Hold>();
  readonly #callers = new Map<string, Caller>();

  constructor(
    readonly limits: RoomLimits,
    readonly now: () => number,
  ) {}

  enter(name: string): BodyHold {
    let caller = this.#callers.get(name);
    if (caller === undefined) this.#callers.set(name, (caller = { name, held: 0, claimed: 0, holds: 0 }));
    caller.holds += 1;
    return new Hold(this, caller);
  }

  leave(caller: Caller): void {
    caller.holds -= 1;
    if (caller.holds === 0) this.#callers.delete(caller.name);
  }

  /** Throws unless the caller may hold so many bytes more. */
  demand(hold: Hold, bytes: number): void {
    const { total } = this.limits;
    const { caller } = hold;
    const isRoom = (): boolean => caller.held + bytes <= (total - (this.held - caller.held)) / 2;
    if (!this.#makeRoom(isRoom, (body) => body !== hold)) throw new GatewayError('bodies_too_large');
  }

  /** Throws unless it is within the caller's share that the body holds so many bytes in all. */
  demandShare(hold: Hold, bytes: number): void {
    const { caller } = hold;
    const isRoom = (): boolean => caller.claimed - hold.claimed + bytes <= this.limits.share;
    if (!this.#makeRoom(isRoom, (body) => body !== hold && body.caller === caller))
      throw new GatewayError('key_bodies_too_large');
  }

  /** Cuts slow bodies off, the largest first, until there is room. Returns whether there is. */
  #makeRoom(isRoom: () => boolean, mayCut: (body: Hold) => boolean): boolean {
    if (isRoom()) return true;
    const slow = [...this.coming].filter((body) => body.isSlow && mayCut(body));
    for (const body of slow.sort((one, other) => other.held - one.held)) {
      body.cut();
      if (isRoom()) return true;
    }
    return false;
  }
}

class Hold implements BodyHold {
  held = 0;
  received = 0;
  /** Bytes: what is held, or what was announced while that is more. */
  claimed = 0;
  #announced = 0;
  #place: Place<Hold> | undefined;
  #onCut: ((error: GatewayError) => void) | undefined;
  /** Bytes received at the last step, and when that was. */
  #stepBytes = 0;
  #stepAt = 0;
  #isReleased = false;

  constructor(
    readonly room: Room,
    readonly caller: Caller,
  ) {}

  get isSlow(): boolean {
    return this.room.now() - this.#stepAt > STEP_MS;
  }

  begin(announced: number | undefined, cut: (error: GatewayError) => void): void {
    if (announced !== undefined) {
      this.room.demandShare(this, announced);
      this.room.demand(this, announced);
      this.#announced = announced;
      this.#count(0);
    }
    this.#onCut = cut;
    this.#stepAt = this.room.now();
    this.#place = this.room.coming.enter(this);
  }

  cut(): void {
    this.#onCut?.(new GatewayError('request_too_slow'));
  }

  progress(bytes: number): void {
    this.received += bytes;
    if (this.received - this.#stepBytes < STEP_BYTES) return;
    this.#stepBytes = this.received;
    this.#stepAt = this.room.now();
  }

  end(): void {
    if (this.#place) this.room.coming.leave(this.#place);
    this.#place = undefined;
    this.#onCut = undefined;
    this.#announced = 0;
    this.#count(0);
  }

  take(bytes: number): void {
    this.room.demandShare(this, Math.max(this.held + bytes, this.#announced));
    this.room.demand(this, bytes);
    this.#count(bytes);
  }

  change(bytes: number): void {
    const more = bytes - this.held;
    if (more > 0 && this.room.held + more > this.room.limits.total)
      throw new GatewayError('bodies_too_large');
    this.#count(more);
  }

  release(): void {
    this.end();
    this.#count(-this.held);
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.room.leave(this.caller);
  }

  #count(bytes: number): void {
    this.held += bytes;
    this.caller.held += bytes;
    this.room.held += bytes;
    const claimed = Math.max(this.held, this.#announced);
    this.caller.claimed += claimed - this.claimed;
    this.claimed = claimed;
  }
}
