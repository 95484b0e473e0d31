/** How much a change does to people who have a workspace already; the worst first. */
export const SEVERITIES = [
  { name: 'breaks', title: 'Breaks running workspaces' },
  { name: 'loses-data', title: 'Loses data' },
  { name: 'push', title: 'Needs a hand at the push' },
  { name: 'replaces', title: 'Replaces the container at the next start' },
  { name: 'next-start', title: 'Lands at the next start' },
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

/** @throws Error that names what is allowed */
export function severityNamed(text: string): Severity {
  const found = SEVERITIES.find(({ name }) => name === text);
  if (found === undefined) {
    throw new Error(
      `"${text}" is no severity: give one of ${SEVERITIES.map(({ name }) => name).join(', ')}, the worst first`,
    );
  }
  return found.name;
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
  /** Lines of a shipped file before and after. @default - the change is in no file but the HCL */
  readonly diff?: readonly string[];
}

/** The worst first; changes of one severity keep their order. */
export function inOrder(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
}
