/** Whether the gateway lives and can work. Needs no key, says nothing a stranger could use. */
import { sendJson, type Exchange } from '../http/exchange';
import type { Services } from '../services';

/**
 * Ready means that the store answers: without it no call is let through. LiteLLM's `/health` asks every model, which costs
 * money; ours tells the same as its readiness, so that a probe of a container may ask it often.
 */
export async function readiness(services: Services, exchange: Exchange): Promise<void> {
  const isReachable = await services.database.isReachable();
  const word = isReachable ? 'connected' : 'disconnected';
  sendJson(exchange, isReachable ? 200 : 503, JSON.stringify({ status: word, db: word }));
}

export function liveness(_: Services, exchange: Exchange): void {
  sendJson(exchange, 200, JSON.stringify("I'm alive!"));
}
