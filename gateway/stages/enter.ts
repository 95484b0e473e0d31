/**
 * The call's place in this process, taken before a byte of its body is read: one of those its key may have at once, and
 * room for its body.
 *
 * The store counts a key's calls over all processes, but only once they are admitted, and a body may take minutes.
 */
import type { CallContext, Entrance } from '../call-context';
import { entitle } from './policy';
import { tooManyAtOnce } from './refuse-admission';

export function enter(call: CallContext): void {
  const { services, key } = call;
  entitle(call);
  const most = call.entitlement.scope.max_parallel_requests;
  const giveBack = services.callSlots.enter(key.accountId, most);
  if (giveBack === undefined) throw tooManyAtOnce(most);
  call.entrance = entranceOf(call, giveBack);
}

/** A question about a call's size has a place of its own kind: `inCountSlot`. */
export function enterCount(call: CallContext): void {
  call.entrance = entranceOf(call, () => {});
}

function entranceOf({ services, key }: CallContext, giveBack: () => void): Entrance {
  const hold = services.bodies.enter(key.accountId);
  return {
    hold,
    leave() {
      hold.release();
      giveBack();
    },
  };
}

/** What was written for the providers is held from here on, in the place of the body. */
export function holdWritten({ entrance, bodies }: CallContext): void {
  let bytes = 0;
  for (const { members } of bodies.values()) bytes += members.length;
  entrance?.hold.change(bytes);
}
