/**
 * The way of a model call through the gateway, whatever protocol it comes by. Nothing reaches a provider but by it.
 *
 * `admit` comes after `translate` since the reservation bounds the bytes that are really sent, at the dearest price
 * of the deployments that may get them. `settle` and `audit` run in every case.
 */
import { CallContext } from './call-context';
import { asGatewayError, sendError, type Exchange } from './http-exchange';
import { describeFault } from './log';
import type { Protocol } from './protocols/protocol';
import type { Services } from './services';
import { admit } from './stages/admit';
import { audit } from './stages/audit';
import { authenticate } from './stages/authenticate';
import { decode } from './stages/decode';
import { enforcePrompt } from './stages/enforce-prompt';
import { policy } from './stages/policy';
import { relay } from './stages/relay';
import { route } from './stages/route';
import { settle } from './stages/settle';
import { translate } from './stages/translate';

export async function runCall(services: Services, protocol: Protocol, exchange: Exchange): Promise<void> {
  const call = new CallContext(services, protocol, exchange);
  try {
    await authenticate(call);
    await decode(call);
    policy(call);
    enforcePrompt(call);
    route(call);
    translate(call);
    await admit(call);
    await relay(call);
  } catch (fault) {
    refuse(call, fault);
  } finally {
    await settle(call);
    audit(call);
  }
}

function refuse(call: CallContext, fault: unknown): void {
  const error = asGatewayError(fault);
  if (error.code === 'internal_error')
    call.services.logger.error('call failed by a fault of the gateway', {
      request_id: call.exchange.id,
      ...describeFault(fault),
    });
  call.error = error;
  if (!call.isClientGone) sendError(call.exchange, error, call.protocol.dialect, call.headers);
}
