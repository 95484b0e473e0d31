/** Which factory made a value, and of what: so that its arguments are checked with all other props, in one list. */

export interface Made {
  /** Name of the class. */
  readonly of: string;
  readonly factory: string;
  readonly args: readonly unknown[];
}

const MADE = new WeakMap<object, Made>();

/** Remembers what made a value of a class whose constructor is private. */
export function made<T extends object>(
  value: T,
  of: string,
  factory: string,
  ...args: readonly unknown[]
): T {
  MADE.set(value, { of, factory, args });
  return value;
}

export const makerOf = (value: unknown): Made | undefined =>
  typeof value === 'object' && value !== null ? MADE.get(value) : undefined;
