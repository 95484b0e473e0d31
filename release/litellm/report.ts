/** What became of each part of the file, for whoever reviews the result. */

export interface Remark {
  /** Where in the file: `model_list[3] "gpt-4"`, `litellm_settings.cache`. */
  readonly about: string;
  readonly says: string;
}

/** A variable of the gateway that has to be set by hand. */
export interface Setting {
  readonly name: string;
  /** Where its value is now; never the value. */
  readonly from: string;
}

export class Report {
  readonly #leftOut: Remark[] = [];
  readonly #look: Remark[] = [];
  readonly #settings = new Map<string, Set<string>>();

  /** It is not in the result. */
  leaveOut(about: string, says: string): void {
    this.#leftOut.push({ about, says });
  }

  /** It is in the result, or has its like here, but somebody should look. */
  look(about: string, says: string): void {
    this.#look.push({ about, says });
  }

  set(name: string, from: string): void {
    const all = this.#settings.get(name) ?? new Set();
    this.#settings.set(name, all.add(from));
  }

  get leftOut(): readonly Remark[] {
    return this.#leftOut;
  }

  get toLookAt(): readonly Remark[] {
    return this.#look;
  }

  get settings(): readonly Setting[] {
    return [...this.#settings].map(([name, from]) => ({ name, from: [...from].join('; or ') }));
  }

  /** Names of variables that the file fills from more than one place. */
  get contested(): readonly string[] {
    return [...this.#settings].filter(([, from]) => from.size > 1).map(([name]) => name);
  }
}

const REFERENCE = 'os.environ/';

/** Where the value of a member is, in words that do not show it. */
export function sourceOf(value: unknown): string {
  if (typeof value === 'string' && value.startsWith(REFERENCE))
    return `the value of ${value.slice(REFERENCE.length, 100)} there`;
  return 'the value that is written in the file';
}

export const isReference = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith(REFERENCE);
