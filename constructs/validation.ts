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

/** Checks props against all rules. @throws ValidationError that names every fault, not only the first. */
export function validateProps<Props>(scope: IConstruct, props: Props, rules: readonly Rule<Props>[]): void {
  const faults = rules.filter((rule) => !rule.holds(props)).map((rule) => rule.message(props));
  if (faults.length > 0) {
    throw new ValidationError(scope.node.path, faults);
  }
}

/** The values as a reader's list: "a", "b". */
export const listed = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(', ');
