/** Sends the call and brings the answer back; goes to the next deployment as long as nothing of an answer was shown. */
import type { CallContext, Candidate } from '../call-context';
import type { GatewayError } from '../errors';
import { asGatewayError } from '../http-exchange';
import type { UpstreamRequest } from '../providers/provider';
import type { UpstreamCall, UpstreamListener } from '../providers/transport';
import { StreamAttempt } from './relay-stream';
import { WholeAttempt } from './relay-whole';

export interface Failure {
  readonly error: GatewayError;
  /** Whether another deployment may be asked: nothing shown yet, and nothing that may be billed twice. */
  readonly mayTryNext: boolean;
}

/** Told once, when an attempt is over; without a failure the client has its answer. */
export type Settled = (failure?: Failure) => void;

export interface Attempt extends UpstreamListener {
  /** The client has gone; the rest is listened to for the sake of the bill. */
  leave(): void;
}

// What another deployment would refuse too.
const FINAL_CODES = ['provider_rejected', 'provider_too_large'];

export const refusal = (error: GatewayError): Failure => ({
  error,
  mayTryNext: !FINAL_CODES.includes(error.code),
});

export async function relay(call: CallContext): Promise<void> {
  let first: GatewayError | undefined;
  for (const candidate of call.candidates) {
    if (call.isClientGone) return;
    call.attempts += 1;
    call.served = candidate;
    call.bill = undefined;
    const failure = await attempt(call, candidate);
    if (failure === undefined) return;
    first ??= failure.error;
    if (!failure.mayTryNext) break;
  }
  if (first) throw first;
}

async function attempt(call: CallContext, candidate: Candidate): Promise<Failure | undefined> {
  const { services, request, exchange } = call;
  const { provider } = candidate;
  let upstream: UpstreamRequest;
  try {
    const written = write(call, candidate);
    upstream = written instanceof Promise ? await written : written;
  } catch (fault) {
    // Nothing was sent, so nothing is owed.
    return refusal(asGatewayError(fault));
  }
  if (call.isClientGone) return undefined;
  return new Promise((resolve) => {
    let drainTimer: NodeJS.Timeout | undefined;
    const settled: Settled = (failure) => {
      clearTimeout(drainTimer);
      exchange.response.off('close', leave);
      resolve(failure);
    };
    const upstreamCall: { current?: UpstreamCall } = {};
    const control: UpstreamCall = {
      pause: () => upstreamCall.current?.pause(),
      resume: () => upstreamCall.current?.resume(),
      abort: () => upstreamCall.current?.abort(),
      get wasSent() {
        return upstreamCall.current?.wasSent ?? false;
      },
    };
    const listener: Attempt = request.stream
      ? new StreamAttempt(call, provider, control, settled)
      : new WholeAttempt(call, provider, settled);
    const leave = (): void => {
      listener.leave();
      // A provider bills what it has begun, so it is heard out for a while.
      drainTimer = setTimeout(() => {
        // A whole answer has no head before its last word: that nothing came says nothing about the bill.
        if (control.wasSent) call.bill ??= { known: false };
        control.abort();
        settled();
      }, services.limits.drainMs);
    };
    exchange.response.once('close', leave);
    upstreamCall.current = services.transport.send(upstream, listener);
  });
}

function write(
  call: CallContext,
  { deployment, provider }: Candidate,
): UpstreamRequest | Promise<UpstreamRequest> {
  const body = call.bodies.get(provider);
  if (body === undefined) throw new Error('a candidate was not translated for');
  const { maxTokens, request } = call;
  return provider.writeRequest(deployment, body, { maxTokens, stream: request.stream, betas: body.betas });
}
