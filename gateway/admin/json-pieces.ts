/** Answers whose parts Postgres has written as JSON text already: here they are only put side by side. */

/** An answer in pieces of text, as they come. */
export class JsonPieces {
  constructor(readonly pieces: AsyncIterable<string>) {}
}

/** Joins what stands side by side in a list or an object. */
export class Commas {
  #isFirst = true;

  before(piece: string): string {
    const joined = this.#isFirst ? piece : `,${piece}`;
    this.#isFirst = false;
    return joined;
  }
}
