/**
 * Cookies of the dashboard, none of them for scripts: the one by which a browser is known, not for other sites and gone with
 * the browser, and the one that waits for a sign-in at an identity provider, from whose site the browser comes back.
 */
import type { Exchange } from '../http/exchange';
import { isOnLoopback } from './way-here';

/** 256 bits in base64url. */
const ID = /^[A-Za-z0-9_-]{43}$/;
/** Cookies of one host; other programs on it may set some, too. */
const MOST_COOKIES = 200;
/** Characters: a sealed sign-in has less than a thousand. */
const LONGEST_STATE = 4_096;

/** With `__Host-` a browser takes it by TLS only, and from no other host. On one machine there need be no TLS. */
const nameFor = (exchange: Exchange): string =>
  isOnLoopback(exchange) ? `dashboard-${exchange.request.socket.localPort}` : '__Host-dashboard';

const attributes = (exchange: Exchange, sameSite = 'Strict'): string =>
  `Path=/; HttpOnly; SameSite=${sameSite}${isOnLoopback(exchange) ? '' : '; Secure'}`;

/** The one of that name. */
function cookieOf(exchange: Exchange, called: string): string | undefined {
  const name = `${called}=`;
  // bounded: a header or an address is no longer than Node takes
  const cookies = (exchange.request.headers.cookie ?? '').split(';', MOST_COOKIES);
  const found = cookies.map((each) => each.trim()).find((each) => each.startsWith(name));
  return found?.slice(name.length);
}

export function sessionIdOf(exchange: Exchange): string | undefined {
  const id = cookieOf(exchange, nameFor(exchange));
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

const openIdName = (exchange: Exchange): string => `${nameFor(exchange)}-openid`;

/** What was sealed when the sign-in began; '' where there is none. */
export const openIdStateOf = (exchange: Exchange): string =>
  cookieOf(exchange, openIdName(exchange))?.slice(0, LONGEST_STATE) ?? '';

/** @param seconds it is kept for */
export const setOpenIdState = (exchange: Exchange, state: string, seconds: number): void =>
  void exchange.response.appendHeader(
    'set-cookie',
    `${openIdName(exchange)}=${state}; ${attributes(exchange, 'Lax')}; Max-Age=${seconds}`,
  );

export const dropOpenIdState = (exchange: Exchange): void => setOpenIdState(exchange, '', 0);
