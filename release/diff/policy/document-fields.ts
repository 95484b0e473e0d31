/** What the document says once, for all. */
import { asItStands, count, days, onOff } from './amounts';
import type { FieldRule } from './field-rules';
import { levelRank } from './levels';

export const DOCUMENT_FIELDS: readonly FieldRule[] = [
  {
    field: 'version',
    reads: 'version of the document',
    more: 'other',
    concerns: 'whoever runs the gateway',
    severity: () => 'push',
    says: () => ['A gateway that does not know this version refuses the document and keeps the one it has.'],
  },
  {
    field: 'default_level',
    reads: 'default behaviour mode',
    more: 'stricter',
    rank: levelRank,
    concerns: 'keys that name no mode of their own, and workspaces whose owner chose none',
    says: () => ["DEFAULT_ENFORCEMENT_LEVEL in the gateway's environment takes its place where it is set."],
  },
  {
    field: 'claim_max_age_days',
    reads: 'workspace claims are good for',
    show: days,
    more: 'looser',
    concerns: 'workspaces that were started longer ago and ask for their key',
    says: (_, after) => [
      `A workspace started more than ${days(after)} ago gets its key after a restart only.`,
    ],
  },
  {
    field: 'default_output_tokens',
    reads: 'output tokens by default',
    show: count,
    absent: 32_000,
    more: 'looser',
    concerns: 'calls that name no limit of their own',
    says: () => ['Less lets more calls go at once, and cuts longer answers off.'],
  },
  {
    field: 'budget_alerts',
    reads: 'administrators are told at',
    show: asItStands,
    absent: [50, 80, 100],
    more: 'other',
    concerns: 'whoever is told of budgets',
    says: () => ['Steps in per cent of a budget. One that a budget has left behind already is not told.'],
  },
  {
    field: 'time_zone',
    reads: 'time zone of budgets',
    more: 'other',
    concerns: 'everyone with a budget',
    says: () => ['Budget windows open at midnight there: the one that is open ends at another hour.'],
  },
  {
    field: 'retention_days',
    reads: 'single calls are kept',
    show: days,
    more: 'looser',
    concerns: 'whoever reads reports of single calls',
    severity: (direction) => (direction === 'stricter' ? 'loses-data' : undefined),
    says: (_, after) => [
      `Single calls older than ${days(after)} become daily sums, and no later change brings them back. Sums stay the same.`,
    ],
  },
  {
    field: 'priced_on',
    reads: 'day the prices were taken',
    show: asItStands,
    more: 'none',
    concerns: 'nobody',
  },
];

export const DESIGN_FIRST_FIELDS: readonly FieldRule[] = [
  {
    field: 'withhold_tools',
    reads: 'tools that change things are withheld until there was a proposal:',
    show: onOff,
    absent: true,
    more: 'stricter',
  },
];
