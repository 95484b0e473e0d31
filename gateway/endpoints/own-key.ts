/** `GET /api/v1/keys/info`: what the bearer's own key may do, and what is left of its budget. */
import { sendJson, type Exchange } from '../http-exchange';
import { describeKey } from '../keys/key-info';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';
import { currentEntitlement } from '../stages/policy';

export async function showOwnKey(services: Services, exchange: Exchange): Promise<void> {
  const key = await findKey(services, exchange);
  const info = await describeKey(services.database, key, currentEntitlement(services, key));
  sendJson(exchange, 200, JSON.stringify(info));
}
