/** Whom to ask when every deployment pauses: the last one left is never given up. */
import type { CallContext } from '../call-context';
import { nameOf, type Candidate } from '../providers/candidate';

/** The one whose pause ends first; undefined when there is none at all. */
export function soonestFree(
  { services }: CallContext,
  candidates: Iterable<Candidate>,
): Candidate | undefined {
  const endOf = (candidate: Candidate): number => services.health.pausedUntil(nameOf(candidate)) ?? 0;
  return [...candidates].reduce<Candidate | undefined>(
    (soonest, each) => (soonest === undefined || endOf(each) < endOf(soonest) ? each : soonest),
    undefined,
  );
}
