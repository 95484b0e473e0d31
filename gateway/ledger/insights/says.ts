/** What each insight says in a sentence, for the page and the command line alike. */
import type { InsightId } from './definitions';
import type { Details } from './insights';
import { IDLE_DAYS, LEAST_PEOPLE } from './rules';

/** Null where there is nothing to have a share of. */
export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const DOLLARS = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
export const count = (value: number): string => COUNT.format(value);
export const percent = (value: number | null): string =>
  value === null ? '–' : `${(value * 100).toFixed(Math.abs(value) < 0.1 ? 1 : 0)} %`;
const many = (value: number, one: string, more = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : more}`;
export const clock = (hour: number): string =>
  `${String(hour).padStart(2, '0')}:00–${String((hour + 1) % 24).padStart(2, '0')}:00`;
const dollars = (value: number): string => DOLLARS.format(value);

export const SAYS: { readonly [Id in InsightId]: (details: Details[Id], value: number | null) => string } = {
  tokens_per_task: ({ tasks, inTasks, costPerTask, unanswered }) =>
    tasks === 0
      ? inTasks === null
        ? 'No call was made.'
        : 'No call was in a task: the clients name no session.'
      : `${many(tasks, 'task')} at ${dollars(costPerTask ?? 0)} each; ${percent(inTasks)} of all calls are in one.${unanswered === 0 ? '' : ` ${many(unanswered, 'session')} had no answer.`}`,
  retry_rate: ({ retries, calls, retried, tasks }) =>
    calls === 0
      ? 'There was no task.'
      : `${many(retries, 'retry', 'retries')} in ${many(calls, 'call')}; ${many(retried, 'task')} of ${count(tasks)} had one.`,
  model_match: ({ calls, misfits, saving }) => {
    if (calls === 0) return 'No call was answered.';
    const small = misfits.reduce((all, each) => all + each.calls, 0);
    return small === 0
      ? `None of ${many(calls, 'answered call')} was too small for its model.`
      : `${many(small, 'call')} of ${count(calls)} would have done with a cheaper model, for ${dollars(saving)} less.`;
  },
  error_rate: ({ calls, failedCalls }) =>
    calls === 0 ? 'No call was made.' : `${many(failedCalls, 'call')} of ${count(calls)} failed.`,
  budget_utilization: ({ asOf, lookedAt, tight, unused, utilization }) =>
    asOf === null
      ? 'Budgets have not been looked at yet: that is done once an hour.'
      : lookedAt === 0
        ? 'No budget has a window that is over and had a call.'
        : `${count(tight)} too tight and ${count(unused)} hardly used, of ${many(lookedAt, 'budget')} in all teams; ${percent(utilization)} of what they allowed was spent.`,
  cache_hit_rate: ({ readTokens, saved }) =>
    readTokens === 0
      ? 'Nothing was read.'
      : saved < 0
        ? `Writing to caches cost ${dollars(-saved)} more than reading from them saved.`
        : `It saved ${dollars(saved)}.`,
  peak_hours: ({ share: part, days }, hour) =>
    hour === null
      ? 'No call was made.'
      : `Between ${clock(hour)} ${percent(part)} of the calls of ${many(days, 'day')} were made.`,
  idle_keys: ({ living }, idle) =>
    `${many(idle ?? 0, 'key')} of ${count(living)} made no call for ${IDLE_DAYS} days.`,
  new_people: ({ fresh, experienced }) => {
    if (fresh === null && experienced === null)
      return `Neither group has ${LEAST_PEOPLE} people who made a call.`;
    const of = (group: typeof fresh, name: string): string =>
      group === null
        ? `${name}: fewer than ${LEAST_PEOPLE}`
        : `${many(group.people, `${name} person`, `${name} people`)}: ${group.tokensPerTask === null ? 'no task' : `${count(group.tokensPerTask)} tokens per task`}`;
    return `${of(fresh, 'new')}; ${of(experienced, 'experienced')}.`;
  },
  teams: ({ rows, hidden }) =>
    rows.length === 0
      ? 'No team is large enough to be compared.'
      : `${many(rows.length, 'team')}${hidden === 0 ? '' : `; ${many(hidden, 'smaller one')} not shown`}.`,
};
