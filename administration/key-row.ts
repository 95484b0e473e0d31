/** A key as a line of a table. */
import { fromNow, money } from '../terminal/figures';
import type { Column } from '../terminal/output';

export interface KeyRow {
  /** SHA-256 of the key. */
  readonly token: string;
  readonly key_name: string;
  readonly key_alias: string | null;
  readonly scope: string;
  readonly user_id: string;
  readonly user_alias: string;
  readonly team_id: string | null;
  readonly workspace_id: string | null;
  readonly status: string;
  readonly level: string | null;
  readonly models: readonly string[];
  readonly spend: number;
  readonly max_budget: number | null;
  readonly budget_duration: string | null;
  readonly budget_left: number | null;
  readonly budget_reset_at: string | null;
  readonly raise: { readonly amount: number; readonly until: string } | null;
  readonly rpm_limit: number | null;
  readonly tpm_limit: number | null;
  readonly max_parallel_requests: number | null;
  readonly expires: string | null;
  readonly created_by: string;
  readonly created_at: string;
}

/** What was just made, with the key itself. */
export interface ShownKey extends KeyRow {
  readonly key: string;
}

const WINDOWS: Readonly<Record<string, string>> = {
  '1d': 'a day',
  '24h': 'a day',
  '7d': 'a week',
  '30d': 'a month',
  none: 'for good',
};

export const windowText = (duration: string | null): string => WINDOWS[duration ?? ''] ?? duration ?? '';

export const budgetText = ({
  max_budget,
  budget_duration,
}: Pick<KeyRow, 'max_budget' | 'budget_duration'>): string =>
  max_budget === null ? '-' : `${money(max_budget)} ${windowText(budget_duration)}`.trimEnd();

/** Digits of a hash that are shown: enough for some hundred thousand keys. */
const SHORT = 12;
export const shortHash = ({ token }: Pick<KeyRow, 'token'>): string => token.slice(0, SHORT);

export const KEY_COLUMNS: readonly Column<KeyRow>[] = [
  { name: 'name', value: (key) => key.key_alias },
  { name: 'scope', value: (key) => key.scope },
  { name: 'owner', value: (key) => key.user_alias },
  { name: 'ends in', value: (key) => key.key_name.slice(-4), isWhole: true },
  { name: 'status', value: (key) => key.status },
  { name: 'spent', value: (key) => key.spend, shown: (key) => money(key.spend) },
  { name: 'budget', value: (key) => key.max_budget, shown: budgetText },
  { name: 'window', value: (key) => key.budget_duration, shown: null },
  { name: 'rpm', value: (key) => key.rpm_limit },
  {
    name: 'expires',
    value: (key) => key.expires,
    shown: (key) => (key.expires === null ? '-' : fromNow(key.expires)),
  },
  { name: 'hash', value: (key) => key.token, shown: shortHash, isWhole: true },
];

export const SHOWN_KEY_COLUMNS: readonly Column<ShownKey>[] = [
  { name: 'key', value: (key) => key.key, isWhole: true },
  ...KEY_COLUMNS,
];
