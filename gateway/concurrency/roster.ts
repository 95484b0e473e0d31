/**
 * What comes and goes with every call.
 *
 * No Set: V8 copies one into a new table whenever it has grown or shrunk, and lets the old table point to the new. The
 * first table that lives long enough to count as old keeps all later ones until the next full collection, and with them
 * every call that was ever in one.
 */
export class Roster<T> implements Iterable<T> {
  readonly #places: Place<T>[] = [];

  get size(): number {
    return this.#places.length;
  }

  enter(item: T): Place<T> {
    const place = { item, index: this.#places.length };
    this.#places.push(place);
    return place;
  }

  /** Harmless when repeated. */
  leave(place: Place<T>): void {
    if (this.#places[place.index] !== place) return;
    const last = this.#places.pop();
    if (last === undefined || last === place) return;
    this.#places[place.index] = last;
    last.index = place.index;
  }

  /** Those who are in at this moment. */
  [Symbol.iterator](): Iterator<T> {
    return this.#places.map(({ item }) => item)[Symbol.iterator]();
  }
}

export interface Place<T> {
  readonly item: T;
  index: number;
}
