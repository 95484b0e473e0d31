import type { Block } from '../../synth/form-rules/block';

/** A parameter in both versions. */
export interface ParameterPair {
  readonly name: string;
  readonly before: Block;
  readonly after: Block;
}
