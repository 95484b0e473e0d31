/**
 * The days of a report, and the lines of each in pieces: while Postgres reads one, every version of an account's row since
 * then has to be stepped over by calls, so a piece is some tens of milliseconds.
 */
import type { Statements } from '../store/database';
import { CALLS_A_PIECE, daysOfSums } from './ledger-pieces';
import { conditionsOf, daysOfCalls, StatementValues, type SpendFilter } from './spend-lines';

export interface ReportDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Undefined: there are only sums of that day. */
  readonly start?: Date;
  /** The first instant after it; of today, after the report began: what is booked from then on is of the next report. */
  readonly end?: Date;
}

/** Every day that may have lines, oldest first. */
export async function daysOf(statements: Statements, filter: SpendFilter): Promise<ReportDay[]> {
  const { from, to } = filter;
  const calendar = await daysOfCalls(statements, filter);
  const days = new Map<string, ReportDay>();
  for (const date of await daysOfSums(statements)) days.set(date, { date });
  for (const day of calendar) days.set(day.date, day);
  const isAsked = ({ start, end }: ReportDay): boolean =>
    // Days of sums began when the policy of that time had them begin; the sums themselves say when.
    start === undefined ||
    ((to === undefined || start < to) && (from === undefined || end === undefined || end > from));
  return [...days.values()].filter(isAsked).sort((one, other) => (one.date < other.date ? -1 : 1));
}

/** SQL for the lines of a piece. */
export type Lines = (values: StatementValues) => string;

/** The lines of a day: its sums, then its calls in the order of time. Each is in one piece. */
export async function* piecesOf(
  statements: Statements,
  { date, start, end }: ReportDay,
  filter: SpendFilter,
): AsyncGenerator<Lines> {
  const lines = (where: string) => `(select * from spend_lines where ${where}) as lines`;
  yield (values) =>
    lines(`${conditionsOf(filter, values, 'at')} and summed_day = ${values.add(date, 'date')}`);
  if (start === undefined || end === undefined) return;
  const asked = {
    ...filter,
    from: filter.from !== undefined && filter.from > start ? filter.from : start,
    to: filter.to !== undefined && filter.to < end ? filter.to : end,
  };
  for (let after = '-infinity'; ;) {
    const until = await endOfPiece(statements, asked, after);
    if (until === undefined) return;
    const [first, last] = [after, until];
    yield (values) =>
      lines(
        `${conditionsOf(asked, values, 'at')} and summed_day is null
           and at > ${values.add(first, 'timestamptz')} and at <= ${values.add(last, 'timestamptz')}`,
      );
    after = until;
  }
}

/** As Postgres writes it: to the microsecond. */
async function endOfPiece(
  statements: Statements,
  asked: SpendFilter,
  after: string,
): Promise<string | undefined> {
  const values = new StatementValues();
  const [row] = await statements.run<{ until: string | null }>(
    '',
    `select max(finished_at)::text as until from (
       select finished_at from calls
       where ${conditionsOf(asked, values, 'finished_at')} and finished_at > ${values.add(after, 'timestamptz')}
       order by finished_at limit ${CALLS_A_PIECE}
     ) as piece`,
    values.list,
  );
  return row?.until ?? undefined;
}
