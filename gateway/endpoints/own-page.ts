/**
 * `GET /api/v1/keys/me` and the same as a page, for the bearer alone: figures of the own key, its owner's sums, and the
 * key's newest calls.
 *
 * The page is fetched by a helper in the workspace, which a browser reaches through Coder: nothing here is for browsers.
 */
import type { IncomingMessage } from 'node:http';
import { identify, sendJson, type Exchange } from '../http/exchange';
import { goneOf } from '../http/gone';
import type { Services } from '../services';
import { currentTerms } from '../stages/admit';
import { findKey } from '../stages/authenticate';
import { currentEntitlement } from '../stages/policy';
import { readOwnFigures, type OwnFigures } from '../ui/own-page/figures';
import { renderOwnPage, styleOfPage } from '../ui/own-page/render';
import { zoneOf } from '../ui/own-page/words';

/** The page has neither script nor picture nor form, and what it is shown within says so once more. */
const POLICY =
  "default-src 'none'; script-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const GUARD = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

export async function showOwnFigures(services: Services, exchange: Exchange): Promise<void> {
  sendJson(exchange, 200, JSON.stringify(await figuresFor(services, exchange)));
}

/** `?zone=` names the workspace's time zone, in which times are said beside UTC. */
export async function showOwnPage(services: Services, exchange: Exchange): Promise<void> {
  const figures = await figuresFor(services, exchange);
  const html = renderOwnPage(figures, zoneOf(queryOf(exchange.request).get('zone')));
  sendJson(exchange, 200, html, { ...GUARD, 'content-type': 'text/html; charset=utf-8' });
}

/** The same for everybody. */
export function showPageStyle(_: Services, { id, response }: Exchange): void {
  const style = styleOfPage();
  response.writeHead(200, {
    ...GUARD,
    'content-type': 'text/css; charset=utf-8',
    'content-length': style.length,
    ...identify(id),
  });
  response.end(style);
}

async function figuresFor(
  services: Services,
  exchange: Exchange,
): Promise<OwnFigures & Record<string, unknown>> {
  const key = await findKey(services, exchange);
  const entitlement = currentEntitlement(services, key);
  const terms = await currentTerms(services, key, entitlement);
  return readOwnFigures(services, key, entitlement, terms, goneOf(exchange));
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  // bounded: a header or an address is no longer than Node takes
  return new URLSearchParams(url.split('?', 2)[1] ?? '');
}
