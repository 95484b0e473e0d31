/** Which findings are shown: those that weigh most, each once. */
import { weightOf, type Finding } from './finding';
import { furtherFingerprint } from './fingerprint';

export interface Picked<F> {
  readonly shown: readonly F[];
  /** Held, but beyond the number that is shown. */
  readonly beyond: number;
}

type Weighed = Pick<Finding, 'severity' | 'confidence' | 'path' | 'startLine' | 'fingerprint' | 'rule'>;

/** Said twice of the same lines is said once; of lines that look alike elsewhere it is another finding. */
export function once<F extends Weighed>(findings: readonly F[]): F[] {
  const places = new Map<string, Set<number>>();
  return findings.flatMap((finding) => {
    const seen = places.get(finding.fingerprint) ?? new Set<number>();
    places.set(finding.fingerprint, seen);
    if (seen.has(finding.startLine)) return [];
    seen.add(finding.startLine);
    if (seen.size === 1) return [finding];
    return [{ ...finding, fingerprint: furtherFingerprint(finding.fingerprint, seen.size) }];
  });
}

export function byWeight<F extends Weighed>(findings: readonly F[]): F[] {
  return [...findings].sort(
    (one, other) =>
      weightOf(other) - weightOf(one) ||
      (one.path < other.path ? -1 : one.path > other.path ? 1 : one.startLine - other.startLine),
  );
}

export function pick<F extends Weighed>(findings: readonly F[], most: number): Picked<F> {
  const sorted = byWeight(findings);
  return { shown: sorted.slice(0, most), beyond: Math.max(0, sorted.length - most) };
}
