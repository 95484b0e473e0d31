/** `GET /api/v1/keys/sessions`: what the conversations of the bearer's own account came to. */
import { sendJson, type Exchange } from '../http/exchange';
import { goneOf } from '../http/gone';
import { readSessionReport } from '../ledger/session-report';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';

export async function showOwnSessions(services: Services, exchange: Exchange): Promise<void> {
  const key = await findKey(services, exchange);
  const { documents, now, reports } = services;
  const calendar = { now: now(), timeZone: documents.current.document.time_zone };
  const report = await reports.readOwn(key.id, goneOf(exchange), (reader) =>
    readSessionReport(reader, key, calendar),
  );
  sendJson(exchange, 200, JSON.stringify(report));
}
