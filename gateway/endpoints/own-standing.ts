/** `/key/info`, `/key/health` and `/user/info` for the bearer: LiteLLM's shapes, of the own key and its owner only. */
import { HEALTHY } from '../admin/check-endpoints';
import { readInput } from '../admin/read-input';
import { input, text } from '../admin/json-schema';
import { viewKey, viewKeys } from '../admin/key-view';
import { readOwnerStanding } from '../admin/owner-standing';
import { GatewayError } from '../errors';
import { sendJson, type Exchange } from '../http/exchange';
import { hashKey } from '../keys/key-derivation';
import type { KeyRecord } from '../keys/key-record';
import { searchKeys } from '../keys/key-search';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';
import { currentEntitlement } from '../stages/policy';

const KEY_INPUT = input({ key: text() });
const USER_INPUT = input({ user_id: text() });
const MOST_KEYS = 100;

export async function ownKeyInfo(services: Services, exchange: Exchange): Promise<void> {
  const record = await findLivingKey(services, exchange);
  const { key } = (await readInput(services, exchange, record.accountId, KEY_INPUT, {})) as { key?: string };
  if (key !== undefined && key !== record.hash && hashKey(key) !== record.hash)
    throw new GatewayError('not_ones_own');
  const info = await viewKey(services, services.database, record);
  sendJson(exchange, 200, JSON.stringify({ key: record.hash, info }));
}

export async function ownUserInfo(services: Services, exchange: Exchange): Promise<void> {
  const record = await findLivingKey(services, exchange);
  const { user_id } = (await readInput(services, exchange, record.accountId, USER_INPUT, {})) as {
    user_id?: string;
  };
  if (user_id !== undefined && ![record.ownerId, record.ownerName].includes(user_id))
    throw new GatewayError('not_ones_own');
  const { database } = services;
  const { keys } = await searchKeys(database, {
    ownerId: record.ownerId,
    status: 'living',
    sort: 'created_at',
    isDescending: true,
    page: 1,
    size: MOST_KEYS,
  });
  const standing = await readOwnerStanding(services, database, {
    id: record.ownerId,
    limits: record.ownerLimits,
  });
  sendJson(
    exchange,
    200,
    JSON.stringify({
      user_id: record.ownerId,
      user_info: { user_id: record.ownerId, user_alias: record.ownerName, ...standing },
      keys: await viewKeys(services, database, keys),
      teams: [],
    }),
  );
}

export async function ownKeyHealth(services: Services, exchange: Exchange): Promise<void> {
  await findLivingKey(services, exchange);
  sendJson(exchange, 200, JSON.stringify(HEALTHY));
}

async function findLivingKey(services: Services, exchange: Exchange): Promise<KeyRecord> {
  const record = await findKey(services, exchange);
  currentEntitlement(services, record);
  return record;
}
