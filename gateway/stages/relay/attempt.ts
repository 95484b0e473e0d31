/** One deployment asked once: until it has answered or failed, or nobody waits for it any more. */
import type { CallContext } from '../../call-context';
import { nameOf, type Candidate } from '../../providers/candidate';
import { GatewayError } from '../../errors';
import { asGatewayError } from '../../http/exchange';
import { describeFault } from '../../log';
import type { UpstreamRequest } from '../../providers/provider';
import type { UpstreamCall, UpstreamListener } from '../../providers/transport';
import type { AnswerReader, Asked } from './asked';
import type { ClientStream } from './client-stream';
import { failureOf, type Failure } from './failure';
import { StreamAttempt } from './stream-attempt';
import { WholeAttempt } from './whole-attempt';

export async function attempt(
  call: CallContext,
  candidate: Candidate,
  client: ClientStream | undefined,
): Promise<Failure | undefined> {
  let upstream: UpstreamRequest;
  try {
    const written = write(call, candidate);
    upstream = written instanceof Promise ? await written : written;
  } catch (fault) {
    // Nothing was sent, so nothing is owed.
    return failureByFault(call, fault);
  }
  if (call.isClientGone) return undefined;
  if (call.services.callsUnderWay.isStopped) return failureOf(new GatewayError('shutting_down'));
  return send(call, candidate, upstream, client);
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

function send(
  call: CallContext,
  candidate: Candidate,
  upstream: UpstreamRequest,
  client: ClientStream | undefined,
): Promise<Failure | undefined> {
  const { services, request, exchange } = call;
  const { provider } = candidate;
  return new Promise((resolve) => {
    const askedAt = services.health.now();
    let drainTimer: NodeJS.Timeout | undefined;
    const sent: { call?: UpstreamCall } = {};
    const control: UpstreamCall = {
      pause: () => sent.call?.pause(),
      resume: () => sent.call?.resume(),
      abort: () => sent.call?.abort(),
      wasSent: () => sent.call?.wasSent() ?? false,
    };
    const asked: Asked = {
      call,
      provider,
      upstream: control,
      answered: () => services.health.answered(nameOf(candidate), askedAt),
      settled(failure) {
        clearTimeout(drainTimer);
        clearTimeout(totalTimer);
        exchange.response.off('close', leave);
        call.attempt = undefined;
        resolve(failure);
      },
    };
    const reader: AnswerReader = client ? new StreamAttempt(asked, client) : new WholeAttempt(asked);
    const giveUp = (error: GatewayError): void => {
      control.abort();
      reader.fail(error, control.wasSent());
    };
    const failByFault = (fault: unknown): void => {
      control.abort();
      asked.settled(failureByFault(call, fault));
    };
    const leave = (): void => {
      reader.leave();
      // A provider bills what it has begun, so it is heard out for a while.
      drainTimer = setTimeout(() => {
        // A whole answer has no head before its last word: that nothing came says nothing about the bill.
        if (control.wasSent()) call.bill ??= { known: false };
        control.abort();
        asked.settled();
      }, services.limits.drainMs);
    };
    const totalTimer = setTimeout(() => giveUp(new GatewayError('provider_timeout')), call.remainingMs);
    call.attempt = { stop: () => giveUp(new GatewayError('shutting_down')) };
    exchange.response.once('close', leave);
    sent.call = services.transport.send(withTrace(call, upstream), guard(reader, failByFault), {
      // A whole answer has no head before its last word.
      headMs: request.stream ? services.limits.idleMs : services.limits.answerMs,
    });
  });
}

/** Behind the signature, where there is one: what is signed names the headers it covers. */
function withTrace(call: CallContext, upstream: UpstreamRequest): UpstreamRequest {
  const traceparent = call.services.traces?.traceparentFor(call);
  if (traceparent === undefined) return upstream;
  return { ...upstream, headers: { ...upstream.headers, traceparent } };
}

function failureByFault({ services, exchange }: CallContext, fault: unknown): Failure {
  const error = asGatewayError(fault);
  // Told here: what the client is told at last may be an earlier deployment's error.
  if (error.code === 'internal_error')
    services.logger.error('call failed by a fault of the gateway', {
      request_id: exchange.id,
      ...describeFault(fault),
    });
  return failureOf(error);
}

/**
 * What the reader throws is no word of the provider's: it ends the call, and nothing is held against the deployment.
 * Left to the transport it would look like a connection that broke.
 */
const guard = (reader: UpstreamListener, onFault: (fault: unknown) => void): UpstreamListener => {
  const run = (tell: () => void): void => {
    try {
      tell();
    } catch (fault) {
      onFault(fault);
    }
  };
  return {
    head: (status, headers) => run(() => reader.head(status, headers)),
    data: (chunk) => run(() => reader.data(chunk)),
    end: () => run(() => reader.end()),
    fail: (error, wasSent) => run(() => reader.fail(error, wasSent)),
  };
};
