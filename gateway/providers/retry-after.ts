/** How long a provider asks to be left alone, as the gateway passes it on. */
import type { ErrorDetail } from '../errors';
import type { UpstreamHeaders } from './provider';

/** Seconds. Agents wait as long as they are told, without saying why. */
const LONGEST_WAIT = 60;

export function readWait(headers: UpstreamHeaders): Pick<ErrorDetail, 'headers'> {
  const seconds = Number(headers['retry-after']);
  if (!Number.isFinite(seconds) || seconds <= 0) return {};
  return { headers: { 'retry-after': String(Math.min(Math.ceil(seconds), LONGEST_WAIT)) } };
}
