import type { Json } from '../../../synth/hcl/expressions';
import type { Change, Direction } from '../change';
import { asItStands, dollars, percent } from './amounts';
import type { Place } from './field-rules';
import { isNumber, isSame, isText, type Members } from './members';
import { policyChange } from './policy-change';

/** Members of a document's budget. */
export const BUDGET_FIELDS = ['max_budget', 'budget_duration'];

/** Windows in words, and the days that are in one. */
const WINDOWS: ReadonlyMap<string, { readonly reads: string; readonly days: number }> = new Map([
  ['1d', { reads: 'a day', days: 1 }],
  ['7d', { reads: 'a week', days: 7 }],
  ['30d', { reads: 'a month', days: 30 }],
  ['none', { reads: 'for ever', days: Infinity }],
]);

const windowOf = (value: Json | undefined) => (isText(value) ? WINDOWS.get(value) : undefined);

/** `$10 a day`. */
export function budgetText(budget: Members): string {
  const duration = budget.get('budget_duration');
  return `${dollars(budget.get('max_budget'))} ${windowOf(duration)?.reads ?? asItStands(duration)}`;
}

/** How a budget became another one: amount and window are one thing to whoever spends it. */
export function budgetChanges(before: Members, after: Members, { path, of, concerns }: Place): Change[] {
  if (BUDGET_FIELDS.every((field) => isSame(before.get(field), after.get(field)))) return [];
  const [old, now] = [before.get('max_budget'), after.get('max_budget')];
  const [oldWindow, window] = [
    windowOf(before.get('budget_duration')),
    windowOf(after.get('budget_duration')),
  ];
  const isOneWindow = isSame(before.get('budget_duration'), after.get('budget_duration'));
  const title = `${of}budget ${budgetText(before)} → ${budgetText(after)}${isOneWindow ? percent(old, now) : ''}`;
  const field = isOneWindow ? 'max_budget' : 'budget_duration';
  const rest = { path: [...path, field], title, concerns };
  if (!isNumber(old) || !isNumber(now) || oldWindow === undefined || window === undefined)
    return [policyChange({ ...rest, direction: 'other' })];
  const direction = directionOf(
    { amount: old, daily: old / oldWindow.days },
    { amount: now, daily: now / window.days },
  );
  return [
    policyChange({
      ...rest,
      direction,
      ...(now === 0 && old > 0 ? { severity: 'breaks' as const } : {}),
      details: [
        ...(isOneWindow ? [] : [windowText(old / oldWindow.days, now / window.days)]),
        ...(now === 0 ? ['NOTHING CAN BE SPENT: every call is refused.'] : []),
      ],
    }),
  ];
}

interface Spending {
  /** US dollars in one window: what may go in a single day. */
  readonly amount: number;
  /** US dollars a day in the long run. */
  readonly daily: number;
}

function directionOf(before: Spending, after: Spending): Direction {
  const isLess = after.amount < before.amount || after.daily < before.daily;
  const isMore = after.amount > before.amount || after.daily > before.daily;
  return isLess && isMore ? 'other' : isLess ? 'stricter' : isMore ? 'looser' : 'other';
}

const rounded = (value: number): number => Number(value.toFixed(2));

/** @param before US dollars a day in the long run: nothing of a budget that is for ever */
function windowText(before: number, after: number): string {
  if (after === 0) return 'It never opens anew: what is spent stays spent.';
  if (before === 0) return 'It opens anew with each window, and did not before.';
  return (
    `On average that is ${dollars(rounded(before))} → ${dollars(rounded(after))} a day${percent(before, after)}; ` +
    'all of it may go on one day.'
  );
}
