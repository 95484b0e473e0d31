/**
 * The way of a model call through the gateway, whatever protocol it comes by. Nothing reaches a provider but by it.
 *
 * The order has reasons. `authenticate` reads headers only, so that a stranger's body costs nothing, and nor does, by
 * `refuseStanding`, `refuseLoop` and `refuseOften`, that of a key which was refused a moment ago: agents try again for
 * ever. `findRun` reads a header as well: whoever names a cap is not let through without it. `enter` bounds what a key may have under way in this process, so it precedes the first byte of a body. `decode`
 * comes before `policy`, which asks about the model named in it. `enforcePrompt` and `withholdChanges` need the level
 * that `policy` found, and precede `translate`, so that nothing is written without the prompt or with a tool too many.
 * `route` comes before `translate`, which writes for those that may answer. What was said is in the bodies by then, so
 * `forgetContent` lets go of the rest of it before anybody is waited for. From `decode` to there large bodies take turns.
 * `weigh` follows, since the bytes that are really sent bound what they cost. `admit` sets the worst aside, at the dearest price of the deployments that may get the
 * bytes; until then nothing has cost anything. `settle` and `audit` run in every case, and in this order, so that money
 * is booked whatever becomes of the log; `tell` comes last, for those whom no call waits for.
 */
import { CallContext } from './call-context';
import type { CallUnderWay } from './concurrency/calls-under-way';
import { GatewayError } from './errors';
import { asGatewayError, sendError, type Exchange } from './http/exchange';
import { inTurns } from './concurrency/in-turns';
import { describeFault } from './log';
import type { Protocol } from './protocols/protocol';
import type { Place } from './concurrency/roster';
import type { Services } from './services';
import { admit } from './stages/admit';
import { audit } from './stages/audit';
import { authenticate } from './stages/authenticate';
import { countTokens, inCountSlot } from './stages/count-tokens';
import { decode, receive } from './stages/decode';
import { enter, holdWritten } from './stages/enter';
import { enforcePrompt } from './stages/enforce-prompt';
import { findRun } from './stages/find-run';
import { forgetContent } from './stages/forget-content';
import { keepContent } from './stages/keep-content';
import { policy } from './stages/policy';
import { refuseStanding } from './stages/refuse-admission';
import { refuseLoop } from './stages/refuse-loop';
import { chargeRefusal, refuseOften } from './stages/refuse-often';
import { relay } from './stages/relay';
import { route } from './stages/route';
import { settle } from './stages/settle';
import { tell } from './stages/tell';
import { translateInSteps } from './stages/translate';
import { weigh } from './stages/weigh';
import { withholdChanges } from './stages/withhold-tools';

export async function runCall(services: Services, protocol: Protocol, exchange: Exchange): Promise<void> {
  const call = new CallContext(services, protocol, exchange);
  let place: Place<CallUnderWay> | undefined;
  try {
    place = services.callsUnderWay.begin(call);
    await authenticate(call);
    refuseStanding(call);
    refuseLoop(call);
    refuseOften(call);
    await findRun(call);
    enter(call);
    await prepare(call, keepContent);
    weigh(call);
    call.readyMs = call.elapsedMs;
    await admit(call);
    call.admittedMs = call.elapsedMs;
    await relay(call);
  } catch (fault) {
    refuse(call, fault);
    chargeRefusal(call);
  } finally {
    // Before the booking is waited for: its client may ask again as soon as it has its answer.
    call.entrance?.leave();
    await settle(call);
    audit(call);
    tell(call);
    if (place) services.callsUnderWay.end(place);
  }
}

/**
 * A question about a call's size. The provider charges nothing for it, so there is nothing to admit or settle; how
 * many a key may ask at once is bounded instead, before the body is read.
 */
export async function runCount(services: Services, protocol: Protocol, exchange: Exchange): Promise<void> {
  const call = new CallContext(services, protocol, exchange);
  try {
    await authenticate(call);
    await inCountSlot(call, async () => {
      await prepare(call);
      await countTokens(call);
    });
  } catch (fault) {
    refuse(call, fault);
  } finally {
    call.entrance?.leave();
    audit(call);
  }
}

/** @param look what is done with what was said before it is let go */
async function prepare(call: CallContext, look?: (call: CallContext) => void): Promise<void> {
  const pieces = await receive(call);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const { services, key } = call;
  const leave = await services.largeBodies.enter(key.accountId, bytes);
  try {
    decode(call, pieces);
    await services.largeBodies.forget(bytes);
    await inTurns(preparation(call), bytes);
    look?.(call);
    forgetContent(call);
  } finally {
    leave();
  }
}

/** What is done between a body and what may be sent of it. */
export function* preparation(call: CallContext): Generator<void> {
  // Reading it took a turn of its own.
  yield;
  policy(call);
  enforcePrompt(call);
  withholdChanges(call);
  route(call);
  yield* translateInSteps(call);
  holdWritten(call);
}

function refuse(call: CallContext, fault: unknown): void {
  const error = asGatewayError(fault);
  // One of the table was told of where it came up.
  if (!(fault instanceof GatewayError) && error.code === 'internal_error')
    call.services.logger.error('call failed by a fault of the gateway', {
      request_id: call.exchange.id,
      ...describeFault(fault),
    });
  call.error = error;
  if (!call.isClientGone) sendError(call.exchange, error, call.protocol.dialect, call.headers);
}
