import type { IConstruct } from 'constructs';

/** One thing that must hold of a construct's props. */
export interface Rule<Props> {
  readonly holds: (props: Props) => boolean;
  /** What is wrong, the value got, what is allowed, what to do; in terms of the prop the user typed. */
  readonly message: (props: Props) => string;
}

/** Thrown for props that break rules; its message lists every fault. */
export class ValidationError extends Error {
  constructor(
    path: string,
    readonly faults: readonly string[],
  ) {
    super(
      `${path}: ${faults.length === 1 ? 'a prop is' : 'props are'} not valid\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    );
    this.name = 'ValidationError';
  }
}

/** Thrown for several constructs at once; its message has the message of each. */
export class ValidationErrors extends ValidationError {
  constructor(readonly errors: readonly ValidationError[]) {
    super(
      '',
      errors.flatMap(({ faults }) => faults),
    );
    this.message = errors.map(({ message }) => message).join('\n');
    this.name = 'ValidationErrors';
  }
}

/** Where faults go while a composition is made; nowhere means: thrown at once. */
let collected: ValidationError[] | undefined;

/** Checks props against all rules. @throws ValidationError that names every fault, not only the first. */
export function validateProps<Props>(scope: IConstruct, props: Props, rules: readonly Rule<Props>[]): void {
  const faults = rules.filter((rule) => !rule.holds(props)).map((rule) => rule.message(props));
  if (faults.length === 0) return;
  const error = new ValidationError(scope.node.path, faults);
  if (collected === undefined) throw error;
  collected.push(error);
}

/**
 * Makes a composition of constructs whose faults are told together: who has three to mend reads of three.
 *
 * @throws ValidationErrors with the faults of all constructs that were made
 */
export function withAllFaults(make: () => void): void {
  if (collected !== undefined) return make();
  const found: ValidationError[] = (collected = []);
  try {
    make();
  } catch (error) {
    // What stumbles over a fault already known says nothing new.
    if (found.length === 0) throw error;
  } finally {
    collected = undefined;
  }
  if (found.length > 0) throw new ValidationErrors(found);
}

/** The values as a reader's list: "a", "b". */
export const listed = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(', ');
