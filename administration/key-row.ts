/** A key as a line of a table. */
import type { Cell } from '../terminal/table';

export interface KeyRow {
  readonly token: string;
  readonly key_name: string;
  readonly key_alias: string | null;
  readonly scope: string;
  readonly user_alias: string;
  readonly status: string;
  readonly level: string | null;
  readonly spend: number;
  readonly max_budget: number | null;
  readonly budget_duration: string | null;
  readonly rpm_limit: number | null;
  readonly expires: string | null;
}

export const KEY_HEADINGS = [
  'name',
  'scope',
  'owner',
  'ends in',
  'status',
  'spent',
  'budget',
  'rpm',
  'expires',
  'hash',
];

export const keyCells = (key: KeyRow): Cell[] => [
  key.key_alias ?? '-',
  key.scope,
  key.user_alias,
  key.key_name.slice(-4),
  key.status,
  dollars(key.spend),
  key.max_budget === null ? '-' : `${dollars(key.max_budget)}/${key.budget_duration ?? ''}`,
  key.rpm_limit ?? '-',
  key.expires?.slice(0, 10) ?? '-',
  key.token.slice(0, 12),
];

export const dollars = (usd: number): string => `$${usd.toFixed(usd !== 0 && Math.abs(usd) < 1 ? 4 : 2)}`;
