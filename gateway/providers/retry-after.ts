/** How long a provider asks to be left alone, as the gateway passes it on. */
import type { ErrorDetail } from '../errors';
import type { UpstreamHeaders } from './provider';

/** Seconds. Agents wait as long as they are told, without saying why. */
const LONGEST_WAIT = 60;

export function readWait(headers: UpstreamHeaders): Pick<ErrorDetail, 'headers'> {
  const ms = readWaitMs(headers);
  return ms === undefined ? {} : { headers: { 'retry-after': String(Math.ceil(ms / 1000)) } };
}

/** Milliseconds, by `retry-after`: seconds or a date (RFC 9110, 10.2.3). Undefined: it did not say, or in the past. */
export function readWaitMs(headers: UpstreamHeaders, now = Date.now()): number | undefined {
  const text = headers['retry-after'];
  if (typeof text !== 'string') return undefined;
  // bounded: a header or an address is no longer than Node takes
  const seconds = /^\s*\d/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return seconds > 0 ? Math.min(seconds, LONGEST_WAIT) * 1000 : undefined;
}
