/**
 * Pages in a browser that may ask: none, unless their origins are named. A page shows its key to whoever uses it, so the
 * answer names the one origin that asked and never all of them, and no cookie is ever taken.
 *
 * Source: the Fetch standard, "HTTP extensions" (CORS protocol).
 */
import type { Exchange } from './exchange';

/** Headers of our answers that a page's client may read beside those that every page may. */
const EXPOSED = [
  'link',
  'request-id',
  'retry-after',
  'x-gateway-attempts',
  'x-gateway-content-logging',
  'x-gateway-cost',
  'x-gateway-deployment',
  'x-gateway-dropped-fields',
  'x-gateway-level',
  'x-gateway-max-tokens',
  'x-gateway-retired-model',
  'x-gateway-withheld-tools',
  'x-litellm-call-id',
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'x-request-id',
  'x-should-retry',
].join(', ');

/** Seconds that a browser may remember what it was told. */
const REMEMBERED = 600;
/** Characters; clients send some twenty names. */
const LONGEST_LIST = 2_048;
/** Names of headers, as the browser joins them. */
const NAMES = /^[A-Za-z0-9-]+(?: ?, ?[A-Za-z0-9-]+)*$/;

/** Marks the answer for the page that asks; whether its origin is one of those named. */
export function allowOrigin({ request, response }: Exchange, origins: ReadonlySet<string>): boolean {
  if (origins.size === 0) return false;
  const { origin } = request.headers;
  response.setHeader('vary', 'Origin');
  if (origin === undefined || !origins.has(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', EXPOSED);
  return true;
}

/** A browser's question whether a page may ask what it is about to. */
export const isPreflight = ({ request }: Exchange): boolean =>
  request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;

export function answerPreflight({ request, response }: Exchange, methods: readonly string[]): void {
  const asked = request.headers['access-control-request-headers'];
  // A credential is checked with the call itself, so which headers come along decides nothing.
  // bounded: `LONGEST_LIST`
  const named =
    typeof asked === 'string' && asked.length <= LONGEST_LIST && NAMES.test(asked) ? asked : undefined;
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    ...(named === undefined ? {} : { 'access-control-allow-headers': named }),
    'access-control-max-age': String(REMEMBERED),
  });
  response.end();
}
