/** The cookie by which a browser is known: not for scripts, not for other sites, gone with the browser. */
import type { Exchange } from '../http/exchange';
import { isOnLoopback } from './way-here';

/** 256 bits in base64url. */
const ID = /^[A-Za-z0-9_-]{43}$/;
/** Cookies of one host; other programs on it may set some, too. */
const MOST_COOKIES = 200;

/** With `__Host-` a browser takes it by TLS only, and from no other host. On one machine there need be no TLS. */
const nameFor = (exchange: Exchange): string =>
  isOnLoopback(exchange) ? `dashboard-${exchange.request.socket.localPort}` : '__Host-dashboard';

const attributes = (exchange: Exchange): string =>
  `Path=/; HttpOnly; SameSite=Strict${isOnLoopback(exchange) ? '' : '; Secure'}`;

export function sessionIdOf(exchange: Exchange): string | undefined {
  const name = `${nameFor(exchange)}=`;
  // bounded: a header or an address is no longer than Node takes
  const cookies = (exchange.request.headers.cookie ?? '').split(';', MOST_COOKIES);
  const found = cookies.map((each) => each.trim()).find((each) => each.startsWith(name));
  const id = found?.slice(name.length);
  // bounded: a header or an address is no longer than Node takes
  return id !== undefined && ID.test(id) ? id : undefined;
}

export const setSessionCookie = (exchange: Exchange, id: string): void =>
  void exchange.response.appendHeader('set-cookie', `${nameFor(exchange)}=${id}; ${attributes(exchange)}`);

export const dropSessionCookie = (exchange: Exchange): void =>
  void exchange.response.appendHeader(
    'set-cookie',
    `${nameFor(exchange)}=; ${attributes(exchange)}; Max-Age=0`,
  );
