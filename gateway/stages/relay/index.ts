/**
 * Sends the call and brings the answer back; goes to the next deployment as long as nothing of an answer was shown.
 *
 * The same deployment is never asked twice for one call: what a second try mends, clients try themselves (the SDKs
 * twice, after `retry-after`), and the gateway's tries would multiply with theirs.
 */
import type { CallContext } from '../../call-context';
import { nameOf, type Candidate } from '../../providers/candidate';
import { GatewayError } from '../../errors';
import { soonestFree } from '../soonest-free';
import { attempt } from './attempt';
import { bookLostAttempt } from './book-lost-attempt';
import { ClientStream } from './client-stream';
import type { Failure } from './failure';

/** Nobody is asked for so short a time: the timer that ended the attempt before may have rung a moment early. */
const TOO_SHORT_MS = 2;

export async function relay(call: CallContext): Promise<void> {
  const client = call.request.stream ? new ClientStream(call) : undefined;
  try {
    const error = await askInTurn(call, client);
    if (error === undefined) return;
    if (!client?.isOpen) throw error;
    client.fail(error);
  } finally {
    client?.close();
  }
}

/** Asks one deployment after the other. Gives the first one's error when there is no answer to show. */
async function askInTurn(
  call: CallContext,
  client: ClientStream | undefined,
): Promise<GatewayError | undefined> {
  const { health, retries, callsUnderWay } = call.services;
  const left = new Set(call.candidates);
  retries.noteCall();
  let last: Failure | undefined;
  let first: GatewayError | undefined;
  while (!call.isClientGone) {
    if (callsUnderWay.isStopped || call.remainingMs < TOO_SHORT_MS)
      return first ?? new GatewayError(callsUnderWay.isStopped ? 'shutting_down' : 'provider_timeout');
    if (last !== undefined && (left.size === 0 || !retries.take())) break;
    const candidate = choose(call, left, last !== undefined);
    if (candidate === undefined) break;
    if (last !== undefined && call.bill !== undefined && !(await bookLostAttempt(call, last.error))) {
      health.untold(nameOf(candidate));
      break;
    }
    left.delete(candidate);
    call.attempts += 1;
    call.served = candidate;
    call.bill = undefined;
    last = await ask(call, candidate, client);
    if (last === undefined || last.isShown) return undefined;
    first ??= last.error;
    if (last.blame !== 'provider') break;
  }
  return first;
}

/** The first that may be asked; when all pause, the one whose pause ends first. */
function choose(call: CallContext, left: ReadonlySet<Candidate>, isRetry: boolean): Candidate | undefined {
  const { health } = call.services;
  for (const candidate of left) if (health.mayAsk(nameOf(candidate))) return candidate;
  return isRetry ? undefined : soonestFree(call, left);
}

async function ask(
  call: CallContext,
  candidate: Candidate,
  client: ClientStream | undefined,
): Promise<Failure | undefined> {
  const { health } = call.services;
  const name = nameOf(candidate);
  const startedAt = performance.now();
  const failure = await attempt(call, candidate, client);
  call.tries.push({
    provider: candidate.provider.name,
    deployment: candidate.deployment.id,
    startedAt,
    endedAt: performance.now(),
    error: failure?.error,
  });
  if (failure?.blame === 'provider') health.failed(name, failure.error.code, failure.waitMs);
  // Whoever refuses the client's own request is well.
  else if (failure?.blame === 'client') health.answered(name, health.now());
  // That an answer began was told at once, by the attempt.
  else health.untold(name);
  return failure;
}
