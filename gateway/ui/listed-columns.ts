/** Columns of what each row of a list has cost, alike for people, teams and workspaces. */
import { toDollars } from '../ledger/money';
import type { Column } from './column';
import type { Listed } from './listing';
import { inputOf } from './spend-view';

/** Days without a call after which somebody, or a key, is said to be idle. */
export const IDLE_DAYS = 30;

/** @param href the rows under the spend */
export const spendColumns = <Row>(
  href: (listed: Listed<Row>) => string | undefined,
): readonly Column<Listed<Row>>[] => [
  {
    name: 'spend_usd',
    label: 'Spend',
    kind: 'usd',
    of: ({ sum }) => toDollars(sum.cost),
    sort: 'spend',
    href,
  },
  { name: 'spend_before_usd', kind: 'usd', of: ({ costBefore }) => toDollars(costBefore) },
  {
    name: 'change',
    label: 'Trend',
    kind: 'change',
    of: ({ sum, costBefore }) => (costBefore === 0 ? undefined : sum.cost / costBefore - 1),
  },
  { name: 'calls', label: 'Calls', kind: 'count', of: ({ sum }) => sum.calls, sort: 'calls' },
  { name: 'failed_calls', kind: 'count', of: ({ sum }) => sum.failedCalls },
  {
    name: 'failed_share',
    label: 'Failed',
    kind: 'share',
    of: ({ sum }) => (sum.calls === 0 ? undefined : sum.failedCalls / sum.calls),
  },
  { name: 'input_tokens', kind: 'count', of: ({ sum }) => inputOf(sum) },
  { name: 'output_tokens', kind: 'count', of: ({ sum }) => sum.outputTokens },
  {
    name: 'cached_share',
    label: 'Out of a cache',
    kind: 'share',
    of: ({ sum }) => (inputOf(sum) === 0 ? undefined : sum.cacheReadTokens / inputOf(sum)),
  },
  { name: 'last_day', label: 'Last call', kind: 'day', of: ({ lastDay }) => lastDay },
];
