/**
 * Credentials that were refused, by the address they came from.
 *
 * Only they are counted, and only when they have failed: many workspaces share one address, and a good key is never
 * refused for what the others send. One that is sent again and again counts once a minute, so that an agent with an old
 * key goes on hearing what is wrong with it.
 */
import { hash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { GatewayError } from '../errors';
import type { Logger } from '../log';
import { createTokenBuckets } from '../concurrency/token-buckets';
import type { Exchange } from './exchange';

export type ListenerName = 'data' | 'admin';

export interface FailedCredentials {
  /** The error to answer with: the one given, or `too_many_failed_credentials`. */
  note(listener: ListenerName, exchange: Exchange, credential: string, error: GatewayError): GatewayError;
  close(): void;
}

export interface FailedCredentialLimits {
  /** Different credentials that an address may fail with at once, and a minute. */
  readonly failedCredentials: number;
}

const MINUTE_MS = 60_000;
const MOST_REMEMBERED = 10_000;

export function createFailedCredentials(
  logger: Logger,
  { failedCredentials }: FailedCredentialLimits,
  now: () => Date,
): FailedCredentials {
  const buckets = createTokenBuckets(failedCredentials, failedCredentials, now);
  /** When they are counted again: milliseconds since 1970, by address and hash. */
  let counted = new Map<string, number>();
  const reports = new Map<ListenerName, Report>();

  /** Once a minute and listener, however many there are. */
  function report(listener: ListenerName, address: string): void {
    let open = reports.get(listener);
    if (open === undefined) {
      const begun: Report = {
        count: 0,
        addresses: new Set(),
        timer: setTimeout(() => tell(listener), MINUTE_MS),
      };
      begun.timer.unref();
      reports.set(listener, begun);
      open = begun;
    }
    open.count += 1;
    if (open.addresses.size < MOST_NAMED) open.addresses.add(address);
  }

  function tell(listener: ListenerName): void {
    const open = reports.get(listener);
    if (open === undefined) return;
    clearTimeout(open.timer);
    reports.delete(listener);
    const { count, addresses } = open;
    logger.warn('credentials refused within a minute', { listener, count, addresses: [...addresses] });
  }

  return {
    note(listener, exchange, credential, error) {
      const address = addressOf(exchange);
      report(listener, address);
      const time = now().getTime();
      const name = `${address} ${hash('sha256', credential, 'base64url')}`;
      if ((counted.get(name) ?? 0) > time) return error;
      const waitMs = buckets.take(address);
      if (waitMs !== undefined)
        return new GatewayError('too_many_failed_credentials', {
          headers: { 'retry-after': String(Math.ceil(waitMs / 1_000)) },
        });
      if (counted.size >= MOST_REMEMBERED) counted = new Map();
      counted.set(name, time + MINUTE_MS);
      return error;
    },
    close: () => [...reports.keys()].forEach(tell),
  };
}

const MOST_NAMED = 10;

interface Report {
  count: number;
  readonly addresses: Set<string>;
  readonly timer: NodeJS.Timeout;
}

/** One client has a whole /64 of IPv6 to itself (RFC 6177). */
export function addressOf({ request }: Pick<Exchange, 'request'>): string {
  const address = request.socket.remoteAddress ?? '';
  // bounded: an address of the operating system's is no longer than 64 characters, here and below
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  // bounded: as above
  const [before = '', after] = (address.split('%')[0] ?? '').split('::');
  // bounded: as above
  const parts = (text = ''): string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [parts(before), parts(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const whole = after === undefined ? head : [...head, ...zeros, ...tail];
  return `${whole.slice(0, 4).join(':')}::/64`;
}
