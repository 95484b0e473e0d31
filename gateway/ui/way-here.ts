/** How a browser came to us: by TLS or not, from a page of ours or from another one. */
import type { Exchange } from '../http/exchange';

type Asked = Pick<Exchange, 'request'>;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/;

export const isEncrypted = ({ request }: Asked): boolean => 'encrypted' in request.socket;

/** Whether the browser and we are on one machine, so that nothing goes over a wire. */
export const isOnLoopback = ({ request }: Asked): boolean =>
  // bounded: a header or an address is no longer than Node takes
  !('encrypted' in request.socket) && LOOPBACK.test(request.headers.host ?? '');

/**
 * Whether what the browser keeps of us is safe on its way: TLS, here or at a proxy before us, or one machine. Browsers say
 * where a request comes from at such addresses only (W3C Fetch Metadata, "Sec-Fetch-Site").
 */
export const isSafe = (exchange: Asked): boolean =>
  isEncrypted(exchange) || isOnLoopback(exchange) || exchange.request.headers['sec-fetch-site'] !== undefined;

/**
 * Whether a form was sent by a page of ours. As our pages send no referrer, their forms have the origin `null` (Fetch,
 * "append a request Origin header"); the browser's own word, which no page can set, comes first.
 */
export function isFromOurPage({ request }: Asked): boolean {
  const { 'sec-fetch-site': site, origin, host } = request.headers;
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}

/** Whether somebody followed a link on another site: then the browser does not tell us who is signed in. */
export const isFromElsewhere = ({ request: { headers } }: Asked): boolean =>
  (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') &&
  headers['sec-fetch-mode'] === 'navigate';
