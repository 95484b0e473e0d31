/** The days of a report, and the lines of each: a day is little enough to be added up without the disk. */
import type { Statements } from '../store/database';
import { daysOfSums } from './ledger-pieces';
import { conditionsOf, daysOfCalls, StatementValues, type SpendFilter } from './spend-lines';

export interface ReportDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Undefined: there are only sums of that day. */
  readonly start?: Date;
  /** Undefined: it has not ended. */
  readonly end?: Date;
}

/** Every day that may have lines, oldest first. */
export async function daysOf(statements: Statements, filter: SpendFilter): Promise<ReportDay[]> {
  const { from, to } = filter;
  const calendar = await daysOfCalls(statements, filter);
  const days = new Map<string, ReportDay>();
  for (const date of await daysOfSums(statements)) days.set(date, { date });
  const last = calendar.at(-1);
  for (const day of calendar) days.set(day.date, day === last ? { date: day.date, start: day.start } : day);
  const isAsked = ({ start, end }: ReportDay): boolean =>
    // Days of sums began when the policy of that time had them begin; the sums themselves say when.
    start === undefined ||
    ((to === undefined || start < to) && (from === undefined || end === undefined || end > from));
  return [...days.values()].filter(isAsked).sort((one, other) => (one.date < other.date ? -1 : 1));
}

/** What sums over a day need: a day of all columns would not stay in memory. */
const COLUMNS = `owner_id, owner_name, workspace_id, workspace_name, template_name, model, provider, key_id, calls, failed_calls, input_tokens, output_tokens,
  cache_write_tokens, cache_read_tokens, cost_nano`;

/** SQL for the lines of a day. */
export function linesOf(
  { date, start, end }: ReportDay,
  filter: SpendFilter,
  values: StatementValues,
): string {
  const asked = conditionsOf(filter, values, 'at');
  const single =
    start === undefined ? 'false' : conditionsOf({ timeZone: '', from: start, to: end }, values, 'at');
  return `(select ${COLUMNS} from spend_lines where ${asked} and summed_day is null and ${single}
    union all
    select ${COLUMNS} from spend_lines where ${asked} and summed_day = ${values.add(date, 'date')}) as lines`;
}
