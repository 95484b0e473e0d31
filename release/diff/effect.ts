import type { Block } from '../../synth/form-rules/block';
import type { Severity } from './change';

/** What follows for a workspace when one argument of a resource gets another value. */
export interface Effect {
  readonly severity: Severity;
  /** A whole sentence. */
  readonly says: string;
  readonly todo?: string;
}

/** A resource in both versions. */
export interface Pair {
  readonly address: string;
  readonly before: Block;
  readonly after: Block;
}
