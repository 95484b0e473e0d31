/** A part of the gateway under mutated input. */
import type fc from 'fast-check';

export interface Target<Case> {
  readonly name: string;
  readonly cases: fc.Arbitrary<Case>;
  /** Whether the gateway took it, or refused it as it should; throws when it did what it never may. */
  check(one: Case): boolean;
  /** The case as a person reads it. */
  show(one: Case): Readonly<Record<string, unknown>>;
}
