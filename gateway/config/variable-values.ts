/** What the value of a variable may be. Each throws an Error whose message completes "NAME …". */
import { isIP } from 'node:net';
import { isLevel, LEVELS, type Level } from '../../src/levels';
import { refusePlaceholder } from './placeholder';

export const text = (value: string): string => value;

/** A credential that goes out in a header. The message never contains the value. */
export function credential(value: string): string {
  refusePlaceholder(value);
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new Error(
      'must be printable ASCII without blanks; a line break or blank was copied with it, or a character was mangled',
    );
  return value;
}

/** What is signed with, or goes out as a whole header, and may be of several words. The message never contains the value. */
export function headerValue(value: string): string {
  refusePlaceholder(value);
  if (!/^[\x20-\x7e]+$/.test(value)) throw new Error('must be printable ASCII on one line');
  return value;
}

export function port(value: string): number {
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number > 65_535)
    throw new Error(`must be a port number from 0 to 65535 (0 = any free one), not "${value}"`);
  return number;
}

/** What is listened on: an address or name of this machine, without the port. */
export function listenHost(value: string): string {
  const plain = /^\[(.*)\]$/.exec(value)?.[1] ?? value;
  if (isIP(plain) !== 0) return plain;
  if (plain === '*')
    throw new Error('must be an address: 0.0.0.0 is every one of this machine, :: those of IPv6 as well');
  if (plain.includes('://')) throw new Error('must be an address or a host name alone, without a scheme');
  if (/:\d+$/.test(plain))
    throw new Error('must be an address or a host name alone: the port has a variable of its own');
  if (!/^[a-z0-9]([a-z0-9._-]{0,252})$/i.test(plain))
    throw new Error(`must be an address or a host name of this machine, not "${value}"`);
  return plain;
}

export function url(protocols: readonly string[]) {
  return (value: string): string => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol.slice(0, -1)))
      throw new Error(`must be a URL that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`);
    return value.replace(/\/+$/, '');
  };
}

export function oneOf<T extends string>(values: readonly T[]) {
  return (value: string): T => {
    if (!(values as readonly string[]).includes(value))
      throw new Error(`must be one of ${values.join(', ')}, not "${value}"`);
    return value as T;
  };
}

export function positiveNumber(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new Error(`must be a number above 0, not "${value}"`);
  return number;
}

export function wholeNumber(value: string): number {
  const number = Number(value);
  if (!/^\d{1,9}$/.test(value) || number < 1)
    throw new Error(`must be a whole number from 1 to 999999999, not "${value}"`);
  return number;
}

export function flag(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new Error(`must be true or false, not "${value}"`);
  return value === 'true';
}

export function level(value: string): Level {
  if (!isLevel(value)) throw new Error(`must be one of ${LEVELS.join(', ')}, not "${value}"`);
  return value;
}

const MOST_ORIGINS = 100;

/** Origins by commas, each as a browser writes it. */
export function origins(value: string): ReadonlySet<string> {
  const named = value.split(',', MOST_ORIGINS + 1).map((each) => each.trim());
  if (named.length > MOST_ORIGINS) throw new Error(`may name ${MOST_ORIGINS} origins at most`);
  for (const origin of named) {
    if (origin === '*') throw new Error('must name each origin: a key is nothing for every page there is');
    const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
    if (parsed?.origin !== origin || !['http:', 'https:'].includes(parsed.protocol))
      throw new Error(
        `must be origins as "https://chat.example.com", by commas, without a path, not "${origin.slice(0, 128)}"`,
      );
  }
  return new Set(named);
}

/** What an exhausted budget is answered with. */
const BUDGET_STATUSES = [402, 429, 422, 400] as const;
export type BudgetStatus = (typeof BUDGET_STATUSES)[number];

export function budgetStatus(value: string): BudgetStatus {
  const status = BUDGET_STATUSES.find((each) => String(each) === value);
  if (status === undefined) throw new Error(`must be one of ${BUDGET_STATUSES.join(', ')}, not "${value}"`);
  return status;
}
