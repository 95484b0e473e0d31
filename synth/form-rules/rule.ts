import type { Block } from './block';
import type { StackFacts } from './stack-facts';

/** What a rule is about: a kind of block, `any` block, or the `stack` as a whole. */
export type Subject =
  'any' | 'stack' | 'locals' | 'variable' | 'provider' | `data ${string}` | `resource ${string}`;

/**
 * One thing that must hold of a template, so that neither Coder's form nor a workspace build trips over it.
 *
 * Rules see the configuration as Terraform would, not the constructs, and so hold for whatever made it.
 */
export interface Rule {
  /** `<noun>/<what must hold>`. */
  readonly id: string;
  readonly about: Subject | readonly Subject[];
  /**
   * Looks at one block. What cannot be decided at synth, such as the value of an expression, is no fault.
   *
   * @returns what is wrong: the Terraform argument, the value got, what to do. Nothing when the rule holds.
   */
  check(block: Block, stack: StackFacts): string | readonly string[] | undefined;
}

/** A broken rule, and where. */
export interface Fault {
  readonly rule: string;
  /** Path of the construct the block came from. */
  readonly path: string;
  /** Address in Terraform; empty when the fault is about the stack. */
  readonly address: string;
  readonly message: string;
}

/** Thrown for a stack that breaks rules; its message lists every fault. */
export class FormRulesError extends Error {
  constructor(
    stackPath: string,
    readonly faults: readonly Fault[],
  ) {
    const lines = faults.map(
      ({ path, address, message }) => `- ${path}${address === '' ? '' : ` (${address})`}: ${message}`,
    );
    super(
      `${stackPath}: ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}\n${lines.join('\n')}`,
    );
    this.name = 'FormRulesError';
  }
}
