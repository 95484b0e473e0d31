import { UsageError } from '../../terminal/fault';

/** How much a change does to people who have a workspace already; the worst first. */
export const SEVERITIES = [
  { name: 'breaks', title: 'Breaks running workspaces' },
  { name: 'loses-data', title: 'Loses data' },
  { name: 'push', title: 'Needs a hand at the push' },
  { name: 'replaces', title: 'Replaces the container at the next start' },
  { name: 'at-once', title: 'Lands within seconds: stricter, dearer, or simply different' },
  { name: 'next-start', title: 'Lands at the next start' },
  { name: 'looser', title: 'Lands within seconds: looser or cheaper' },
  { name: 'new-only', title: 'New workspaces and new choices only' },
  { name: 'cosmetic', title: 'Cosmetic' },
] as const;

export type Severity = (typeof SEVERITIES)[number]['name'];

const rankOf = (severity: Severity): number => SEVERITIES.findIndex(({ name }) => name === severity);

/** The worst of some severities. */
export function worst(severities: readonly Severity[]): Severity | undefined {
  return [...severities].sort((a, b) => rankOf(a) - rankOf(b))[0];
}

/** Whether a severity is as bad as another one, or worse. */
export const isAtLeast = (severity: Severity, other: Severity): boolean => rankOf(severity) <= rankOf(other);

/** @throws UsageError that names what is allowed */
export function severityNamed(text: string): Severity {
  const found = SEVERITIES.find(({ name }) => name === text);
  if (found === undefined) {
    throw new UsageError(
      `"${text}" is no severity: give one of ${SEVERITIES.map(({ name }) => name).join(', ')}, the worst first`,
    );
  }
  return found.name;
}

/** What a change of policy or prices does to those it concerns; `mixed`: to some one thing, to others its opposite. */
export type Direction = 'stricter' | 'looser' | 'dearer' | 'cheaper' | 'mixed' | 'other' | 'none';

/** Of a change that is in the gateway's document: it holds within seconds of being published to the gateway. */
export interface PolicyPart {
  /** Where it is in the document: `scopes.workspace.max_budget`. */
  readonly path: string;
  /** `every workspace key`, `members of the group …`. Quoted names stand between backticks. */
  readonly concerns: string;
  readonly direction: Direction;
}

/** One thing that another version of a template means. Quoted names stand between backticks. */
export interface Change {
  readonly severity: Severity;
  /** What changed, in one line without a full stop. */
  readonly title: string;
  /** What follows for people and workspaces, and what exactly is different: one sentence a line. */
  readonly details: readonly string[];
  /** @default - nothing to do */
  readonly todo?: string;
  /** Takes away values that workspaces may store: those refuse to start until somebody chooses another. @default false */
  readonly takesStored?: boolean;
  /** Lines of a shipped file before and after. @default - the change is in no file but the HCL */
  readonly diff?: readonly string[];
  /** @default - it is in the template, and lands with a start on the new version */
  readonly policy?: PolicyPart;
}

/** The worst first; changes of one severity keep their order. */
export function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
}
