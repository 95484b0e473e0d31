/** What Coder's word about a workspace means for its key. */
import type { EndedBecause } from '../keys/key-record';
import type { CoderWorkspace } from './client';

export type Verdict = 'pause' | EndedBecause | undefined;

/**
 * Only what is certain counts: a build that failed does not say whether anything runs, and a page without a workspace
 * does not say that it is gone.
 *
 * @param ownerId whose the key is
 * @param isOff whether it was started without AI
 */
export function judge(seen: CoderWorkspace | 'gone' | undefined, ownerId: string, isOff: boolean): Verdict {
  if (seen === undefined) return undefined;
  if (seen === 'gone' || seen.status === 'deleted') return 'workspace_deleted';
  // A prebuild that was taken keeps its id; the former owner's key must not outlive that.
  if (seen.owner_id !== ownerId) return 'workspace_passed_on';
  if (isOff) return 'assistant_off';
  return seen.transition === 'stop' && seen.status === 'stopped' ? 'pause' : undefined;
}
