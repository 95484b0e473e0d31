/**
 * An attempt that was never answered may be billed all the same when it may have reached its provider. Before another
 * deployment is asked it is booked at its worst, in a row of its own: the call's reservation covers one attempt.
 */
import { randomUUID } from 'node:crypto';
import type { CallContext } from '../../call-context';
import { GatewayError } from '../../errors';
import { book, originOf, recordOf, trailOf } from '../settle';

/** @returns whether every budget had room for it; if not, the call must end with what it has */
export async function bookLostAttempt(call: CallContext, error: GatewayError): Promise<boolean> {
  const { reservation, services, exchange, bill } = call;
  if (reservation === undefined) return true;
  const requestId = randomUUID();
  const { amount, maxTokens } = reservation;
  const outcome = await services.ledger
    .reserve({
      requestId,
      // It is not one more call of the client's, so it counts against no rate.
      accounts: reservation.accounts.map((account) => ({ ...account, limits: undefined })),
      inputCost: amount,
      outputTokenCost: 0,
      maxTokens,
      minTokens: maxTokens,
      origin: originOf(call),
    })
    .catch((fault: unknown) => {
      if (fault instanceof GatewayError) return undefined;
      throw fault;
    });
  if (!outcome?.granted) return false;
  const { status, type } = error;
  const trail = trailOf(call, exchange.id);
  const record = { ...recordOf(call, amount), status, errorType: type, trail };
  await book(services, outcome.reservation, record);
  const lost = call.tries.pop();
  if (lost) call.tries.push({ ...lost, bookedApart: record.cost });
  services.logger.warn('an attempt may be billed without an answer', {
    request_id: exchange.id,
    booked_as: requestId,
    deployment: call.served?.deployment.id,
    error: error.code,
    ...(bill?.known === false ? bill.fault : {}),
  });
  return true;
}
