/** A finding: something that is wrong at a place of the change. */

/** The worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

const WEIGHTS: Readonly<Record<Severity, number>> = { critical: 8, high: 4, medium: 2, low: 1 };

export interface Finding {
  /** 32 hexadecimal digits; the same as long as rule, file and the lines themselves are, wherever they move to. */
  readonly fingerprint: string;
  /** From the top of the checkout, with slashes. */
  readonly path: string;
  /** After the change, from 1, both included. */
  readonly startLine: number;
  readonly endLine: number;
  /** `security/sql-injection`, of `prompts/review` or the project's own list. */
  readonly rule: string;
  readonly severity: Severity;
  /** 0 to 1. */
  readonly confidence: number;
  /** Texts of a model: whoever shows them escapes them for the place. One line each. */
  readonly title: string;
  readonly reason: string;
  /** Empty: none. */
  readonly suggestion: string;
  /** Lines in the place of the range that mend it; `git apply` has taken the patch. @default - none */
  readonly replacement?: string;
  /** The same as a patch for `git apply` from the top of the checkout. @default - none */
  readonly patch?: string;
  /** A second model tried to refute it, and did not. */
  readonly isChecked: boolean;
}

export const weightOf = ({ severity, confidence }: Pick<Finding, 'severity' | 'confidence'>): number =>
  WEIGHTS[severity] * confidence;

export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
