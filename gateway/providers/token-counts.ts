/** Reads the counts of a usage object. One that is no whole number of 0 or more makes the whole usage unreadable. */
import type { UsageFault } from '../model/usage';

type Fields = Readonly<Record<string, unknown>>;

export class TokenCounts {
  readonly #fields: Fields;
  readonly #path: string;
  readonly #faults: UsageFault[];

  /** @param path how the provider calls the object */
  constructor(fields: Fields, path: string, faults: UsageFault[] = []) {
    this.#fields = fields;
    this.#path = path;
    this.#faults = faults;
  }

  /** The first thing that is wrong, here or in an object inside. */
  get fault(): UsageFault | undefined {
    return this.#faults[0];
  }

  /** Undefined when it is missing, null, or no count. */
  read(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    this.refuse(name, `is ${describe(value)} instead of a whole number of 0 or more`);
    return undefined;
  }

  /** An object with further counts. Undefined when it is missing, null, or none. */
  inner(name: string): TokenCounts | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'object' && !Array.isArray(value))
      return new TokenCounts(value as Fields, `${this.#path}.${name}`, this.#faults);
    this.refuse(name, `is ${describe(value)} instead of an object`);
    return undefined;
  }

  refuse(name: string, problem: string): void {
    this.#faults.push({ field: `${this.#path}.${name}`, problem });
  }
}

const KINDS: Readonly<Record<string, string>> = { string: 'a text', boolean: 'a truth value' };

/** What a value is. Of a text no word is told. */
export function describe(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return KINDS[typeof value] ?? (Array.isArray(value) ? 'a list' : 'an object');
}
