/**
 * `GET /api/v1/keys/info`: what the bearer's own key may do, what is left of its budget, and where the money went.
 *
 * `?usage=false` leaves the last part out: every workspace's dashboard badge asks for the rest again and again.
 */
import { describeCoder } from '../coder/standing';
import { sendJson, type Exchange } from '../http/exchange';
import { goneOf } from '../http/gone';
import { describeKey, describeStanding } from '../keys/key-info';
import { readSpendReport } from '../ledger/spend-report';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';
import { currentTerms } from '../stages/admit';
import { currentEntitlement } from '../stages/policy';

export async function showOwnKey(services: Services, exchange: Exchange): Promise<void> {
  const key = await findKey(services, exchange);
  const entitlement = currentEntitlement(services, key);
  const terms = await currentTerms(services, key, entitlement);
  const { database, documents, now, reports } = services;
  const calendar = { now: now(), timeZone: documents.current.document.time_zone };
  const info = wantsUsage(exchange)
    ? await describeKey(
        database,
        key,
        entitlement,
        terms,
        reports.readOwn(key.id, goneOf(exchange), (reader) => readSpendReport(reader, key, calendar)),
      )
    : await describeStanding(database, key, entitlement, terms);
  // Only where it is on, as with the header of an answer.
  const logged = services.contentLogging.isOnFor(key) ? { content_logging: true } : {};
  sendJson(
    exchange,
    200,
    JSON.stringify({ ...info, ...logged, coder: describeCoder(services.coderStanding) }),
  );
}

function wantsUsage({ request }: Exchange): boolean {
  // bounded: a header or an address is no longer than Node takes
  const query = (request.url ?? '').split('?', 2)[1] ?? '';
  return new URLSearchParams(query).get('usage') !== 'false';
}
