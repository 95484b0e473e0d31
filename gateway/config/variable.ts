/** One environment variable of the gateway: what it is called, how it is read, what it means. */

export interface Variable<T> {
  readonly name: string;
  /** Other names of the same setting: of LiteLLM, of AWS. */
  readonly aliases?: readonly string[];
  /** What holds when it is not set; shown in `--help` as `unset` when there is no such value. */
  readonly fallback: T;
  readonly required?: boolean;
  readonly secret?: boolean;
  /** The secret parts of a value that is not secret as a whole. */
  secretsOf?(value: T): readonly string[];
  readonly meaning: string;
  /** The default as a person would say it, where `fallback` does not say it. */
  readonly unset?: string;
  /** Throws an Error whose message completes "NAME …". */
  readonly parse: (text: string) => T;
}

export const variable = <T>(entry: Variable<T>): Variable<T> => entry;
export const optional = <T>(entry: Omit<Variable<T | undefined>, 'fallback'>): Variable<T | undefined> => ({
  fallback: undefined,
  ...entry,
});

/** The default in words, for people. */
export function defaultWords({ required, unset, fallback }: Variable<unknown>): string {
  if (required) return 'none, required';
  if (unset !== undefined) return unset;
  return ['string', 'number', 'boolean'].includes(typeof fallback) ? String(fallback) : 'none';
}
