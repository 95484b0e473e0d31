/** Answers of the dashboard: pages that nobody keeps, files that everybody keeps, ways elsewhere. */
import { identify, type Exchange } from '../http/exchange';
import { endBeforeRest, isLongRest, restOf } from '../http/unread-body';
import type { Asset } from './asset';

/** Everything comes from us, and nothing of it is written into a page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const GUARD = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

type Headers = Readonly<Record<string, string>>;

function send({ id, request, response }: Exchange, status: number, body: string, headers: Headers): void {
  const rest = restOf(request);
  const isClosing = isLongRest(rest);
  response.writeHead(status, {
    ...GUARD,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    ...headers,
    ...(isClosing ? { connection: 'close' } : {}),
    ...identify(id),
  });
  if (rest > 0) endBeforeRest(request, response, body, isClosing);
  else response.end(body);
}

export const sendPage = (exchange: Exchange, status: number, html: string, headers: Headers = {}): void =>
  send(exchange, status, html, { 'content-type': 'text/html; charset=utf-8', ...headers });

/** By GET, whatever was asked by. */
export const sendElsewhere = (exchange: Exchange, location: string): void =>
  send(exchange, 303, '', { location });

/** @param name of the file it becomes */
export const sendCsv = (exchange: Exchange, name: string, text: string): void =>
  send(exchange, 200, text, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}"`,
  });

/** Its address changes when it does. */
export function sendAsset({ id, response }: Exchange, { type, body }: Asset): void {
  response.writeHead(200, {
    ...GUARD,
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'public, max-age=31536000, immutable',
    ...identify(id),
  });
  response.end(body);
}
