/** A user as a file names one, and what its values may be. */

export interface ListedUser {
  /** Of the file: a line, or an entry of its list. Counted from 1. */
  readonly line: number;
  /** What their key is called: the user's name, unless the file says otherwise. */
  readonly name: string;
  readonly user: string;
  readonly email: string | undefined;
  /** US dollars; undefined: what the policy says. */
  readonly budget: number | undefined;
  /** Requests a minute; undefined: what the policy says. */
  readonly rpm: number | undefined;
  /** US dollars that a key at another gateway has spent in its window: those of a new key here. @default nothing */
  readonly spent?: number;
  /** What else is laid down for the key, as the admin API takes it. */
  readonly more: Readonly<Record<string, unknown>>;
}

/** Tells what is wrong in a line. */
export type Fault = (line: number, says: string) => void;

/** A longer value is not shown: it may be a secret out of another file. */
const LONGEST_SHOWN = 24;

export const shown = (value: string): string =>
  value.length > LONGEST_SHOWN || /^sk-/.test(value) ? `(${value.length} characters)` : JSON.stringify(value);

export interface Rule {
  readonly pattern: RegExp;
  /** Completes "must be". */
  readonly allowed: string;
}

export const NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/,
  allowed: 'a user name: letters, digits and . _ @ + -, at most 128, a letter or digit first',
};

export const EMAIL: Rule = {
  pattern: /^[^\s@]{1,64}@[^\s@]{1,190}$/,
  allowed: 'an e-mail address; empty for none',
};

/** Notes names, and tells of each that comes again. Coder does not tell them apart by capitals alone. */
export class Names {
  readonly #lines = new Map<string, number>();

  constructor(
    private readonly what: string,
    private readonly place: string,
  ) {}

  note(line: number, name: string, fault: Fault): void {
    const folded = name.toLowerCase();
    const before = this.#lines.get(folded);
    if (before !== undefined && name !== '')
      fault(line, `${this.what} ${shown(name)} is ${this.place} ${before} already`);
    else this.#lines.set(folded, line);
  }
}
