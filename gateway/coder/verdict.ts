/** What Coder's word about a workspace means for its key. */
import type { CoderWorkspace } from './client';

export type Verdict = 'pause' | 'end' | undefined;

/**
 * Only what is certain counts: a build that failed does not say whether anything runs, and a page without a workspace
 * does not say that it is gone.
 *
 * @param ownerId whose the key is
 */
export function judge(seen: CoderWorkspace | 'gone' | undefined, ownerId: string): Verdict {
  if (seen === undefined) return undefined;
  if (seen === 'gone' || seen.status === 'deleted') return 'end';
  // A prebuild that was taken keeps its id; the former owner's key must not outlive that.
  if (seen.owner_id !== ownerId) return 'end';
  return seen.transition === 'stop' && seen.status === 'stopped' ? 'pause' : undefined;
}
