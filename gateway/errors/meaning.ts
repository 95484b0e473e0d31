/** What an error means that the ledger tells by its status and type. */
import { CALLER_ERRORS } from './caller-errors';
import type { ErrorSpec } from './error-spec';
import { GATEWAY_STATE_ERRORS } from './gateway-state-errors';
import { HTTP_ERRORS } from './http-errors';
import { PERMISSION_ERRORS } from './permission-errors';
import { PROVIDER_ERRORS } from './provider-errors';
import { REQUEST_ERRORS } from './request-errors';

/** A call in the ledger was let through, so it is the provider first of all that something is about. */
const TABLES: readonly Readonly<Record<string, ErrorSpec>>[] = [
  PROVIDER_ERRORS,
  GATEWAY_STATE_ERRORS,
  REQUEST_ERRORS,
  PERMISSION_ERRORS,
  CALLER_ERRORS,
  HTTP_ERRORS,
];

/** What happens to a call without an answer that says so. */
const GATEWAY_DIED =
  'The gateway ended during the call. What had been set aside for it is booked, since nobody knows what it cost.';
const CLIENT_GONE = 'Your program ended the call before its answer was whole.';
/** Nobody waits for an answer any more: what proxies write into their logs then. */
const CLIENT_GONE_STATUS = 499;

/**
 * The messages of all refusals with that status and type, as docs/errors.md has them: the type alone may stand for several.
 *
 * @param type null where the answer had none
 */
export function meaningOf(status: number, type: string | null): string {
  if (type === 'gateway_died') return GATEWAY_DIED;
  if (status === CLIENT_GONE_STATUS) return CLIENT_GONE;
  for (const table of TABLES) {
    const found = Object.values(table).filter((each) => each.type === type && each.status === status);
    if (found.length > 0) return [...new Set(found.map(({ message }) => message))].join(' Or: ');
  }
  return 'Look it up by its request id in the log of the gateway: your platform team can.';
}
