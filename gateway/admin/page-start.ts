/**
 * Where a page of single calls begins that is asked for by its number. What lies before it is not read row by row: of all
 * calls the store knows how many ended in each quarter of an hour; those of one person or key are counted in an index.
 */
import { FIRST_OPEN } from '../ledger/call-counts';
import type { Statements } from '../store/database';
import { conditionsOf, StatementValues, type SpendFilter } from './spend-lines';
import { invalid } from './terms-input';

export interface PageStart {
  /** The page's first call ended then, in microseconds since 1970. @default at any time */
  readonly until?: string;
  /** How many calls that ended then or before come before the page. */
  readonly skip: number;
}

interface Wanted extends SpendFilter {
  readonly requestId?: string | undefined;
  readonly after?: unknown;
  readonly page: number;
  readonly size: number;
}

/** Calls of one person or key that are counted on the way to a page. */
const DEEPEST = 100_000;

/** @returns nothing where there are not so many calls @throws GatewayError that names the way to go on */
export async function startOf(statements: Statements, wanted: Wanted): Promise<PageStart | undefined> {
  const { requestId, after, page, size, ownerId, accountId, template } = wanted;
  const skip = (page - 1) * size;
  if (skip === 0 || requestId !== undefined || after !== undefined) return { skip };
  if ([ownerId, accountId, template].every((each) => each === undefined)) {
    const jump = await jumpOver(statements, wanted, skip);
    return jump === undefined
      ? step(statements, wanted, skip)
      : step(statements, { ...wanted, to: jump.at }, skip - Number(jump.skipped));
  }
  if (skip > DEEPEST)
    throw invalid(
      'page',
      `Page ${page} of ${size} lies behind ${skip} calls; of one person or key at most ${DEEPEST} are passed over. Go on from page to page by "after", as the header link says, or ask for fewer days (start_date, end_date).`,
    );
  return step(statements, wanted, skip);
}

interface Jump {
  /** Whole milliseconds: the beginning of a quarter. */
  readonly at: Date;
  readonly skipped: string;
}

/** The deepest beginning of a quarter that is not behind the page. */
async function jumpOver(statements: Statements, { to }: Wanted, skip: number): Promise<Jump | undefined> {
  const values = new StatementValues();
  const end = to === undefined ? undefined : values.add(to, 'timestamptz');
  const [jump] = await statements.run<Jump>(
    '',
    `with counted as materialized (
       select quarter, sum(calls) over newest_first as through,
         -- The same for all that follow each other without a gap.
         quarter + row_number() over newest_first * interval '15 minutes' as follows
       from call_counts
       where quarter < (select ${FIRST_OPEN})${end === undefined ? '' : ` and quarter <= ${end} - interval '15 minutes'`}
       window newest_first as (order by quarter desc)
     ), top as (
       select max(quarter) + interval '15 minutes' as at from counted
     ), above as (
       select count(*) as calls from calls
       where finished_at >= (select at from top)${end === undefined ? '' : ` and finished_at < ${end}`}
     )
     select quarter as at, above.calls + through as skipped
     from counted cross join above
     where follows = (select at from top) and above.calls + through <= ${values.add(skip, 'bigint')}
     order by quarter limit 1`,
    values.list,
  );
  return jump;
}

interface Step {
  readonly micros: string | null;
  readonly newer: string;
  readonly found: string;
}

/** Passes over so many calls of the rest in an index alone, which has some hundreds to a block. */
async function step(
  statements: Statements,
  filter: SpendFilter,
  skip: number,
): Promise<PageStart | undefined> {
  if (skip === 0 && filter.to === undefined) return { skip };
  const values = new StatementValues();
  const [row] = await statements.run<Step>(
    '',
    `with passed as materialized (
       select finished_at from calls where ${conditionsOf(filter, values, 'finished_at')}
       order by finished_at desc limit ${values.add(skip + 1, 'bigint')}
     ), last as (
       select min(finished_at) as at, count(*) as found from passed
     )
     select (extract(epoch from at) * 1000000)::bigint as micros, found,
       (select count(*) from passed where finished_at > last.at) as newer
     from last`,
    values.list,
  );
  if (row?.micros == null || Number(row.found) <= skip) return undefined;
  return { until: row.micros, skip: skip - Number(row.newer) };
}
