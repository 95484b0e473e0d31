/** What a review comes to: what is shown, and what is said of how it went. */
import type { LeftOut } from './choice/left-out';
import { INCOMPLETE } from './choice/left-out';
import type { HiddenSign } from './asking/material';
import type { Finding, Severity } from './findings/finding';
import { isAtLeast } from './findings/finding';

export interface Report {
  readonly what: Reviewed;
  /** Those that weigh most first. */
  readonly findings: readonly Finding[];
  readonly dropped: Dropped;
  /** Fingerprints of what was found beyond the number that is shown: it is not gone. */
  readonly further: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** Signs that a reader does not see, in added lines and in names. */
  readonly hidden: readonly HiddenSign[];
  /** Secrets that were not sent, by kind. */
  readonly masked: Readonly<Record<string, number>>;
  readonly cost: ReportCost;
  /** Of models, as they were asked. */
  readonly models: { readonly review: string; readonly refute: string };
}

export interface Reviewed {
  readonly kind: 'range' | 'staged' | 'files';
  /** Commit or tree. @default - there was nothing before */
  readonly base?: string;
  readonly head?: string;
  readonly files: number;
  readonly hunks: number;
  /** Hunks that were reviewed before, and not paid for again. */
  readonly remembered: number;
}

/** Findings that are not shown, and why. */
export interface Dropped {
  /** About lines that have not changed. */
  readonly outside: number;
  /** Refuted by a second look. */
  readonly refuted: number;
  /** Beyond the number that is shown. */
  readonly beyond: number;
}

export interface ReportCost {
  readonly calls: number;
  /** US dollars. */
  readonly usd: number;
  /** Tokens times list price, since the gateway did not say. */
  readonly isEstimated: boolean;
  /** US dollars that the gateway let it cost at most. @default - only the budget of the key held */
  readonly cap?: number;
}

/** Whether all was reviewed that was to be. */
export const isWhole = ({ leftOut }: Report): boolean =>
  !leftOut.some(({ reason }) => INCOMPLETE.includes(reason));

export const hasAtLeast = ({ findings }: Report, severity: Severity): boolean =>
  findings.some((finding) => isAtLeast(finding.severity, severity));
