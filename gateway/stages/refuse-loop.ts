/**
 * Refuses, by an ordinary error and before a byte of the body is read, the next call of a client that would otherwise ask
 * again and again, since its last answer broke off inside its stream.
 */
import type { CallContext } from '../call-context';
import { GatewayError } from '../errors';
import { clientOf } from './audit';

export function refuseLoop(call: CallContext): void {
  if (call.services.interruptedClients.take(call.key.id, clientOf(call)))
    throw new GatewayError('answer_interrupted');
}
