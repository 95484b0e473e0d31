/** What was spent in the last days, for the holder of a key: read-only, and never a row of another owner. */
import type { Statements } from '../store/database';
import { dayAt } from './calendar-day';
import { toDollars } from './money';

/** Days of the policy's time zone, today included. */
export const REPORT_DAYS = 30;

/** Workspaces come and go; those that cost most are the ones worth naming. */
const MOST_WORKSPACES = 50;

/** Sums over calls. Dollars as a number. */
export interface Figures {
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly spend: number;
}

export interface SpendSplit {
  readonly total: Figures;
  /** Newest first; days without a call are left out. */
  readonly by_day: readonly (Figures & { readonly date: string })[];
  /** Dearest first. */
  readonly by_model: readonly (Figures & { readonly model: string })[];
}

/** Calls whose provider never said what they came to, and what was booked for them; it is among the rest. */
export interface Estimates {
  readonly calls: number;
  readonly spend: number;
}

export interface SpendReport {
  readonly days: number;
  /** IANA name of the time zone whose days they are. */
  readonly time_zone: string;
  /** First day. */
  readonly since: string;
  readonly estimated: { readonly account: Estimates; readonly owner: Estimates };
  /** The account the key spends from: its workspace's, or its own. */
  readonly account: SpendSplit;
  /** All accounts of the same owner. */
  readonly owner: SpendSplit & {
    /** How many workspaces there are in all. */
    readonly workspaces: number;
    /** Whether `by_workspace` names the dearest of them only. */
    readonly truncated: boolean;
    /** Dearest first; null stands for keys that belong to no workspace. */
    readonly by_workspace: readonly (Figures & {
      readonly workspace: { readonly id: string; readonly name: string } | null;
    })[];
  };
  /** The account's calls by day and model, newest day first. */
  readonly usage: readonly (Figures & { readonly date: string; readonly model: string })[];
}

interface Row {
  kind: 'day' | 'workspace';
  date: string | null;
  model: string | null;
  is_own: boolean | null;
  workspace_id: string | null;
  workspace_name: string | null;
  calls: string;
  input_tokens: string;
  output_tokens: string;
  cache_write_tokens: string;
  cache_read_tokens: string;
  cost_nano: string;
  estimated_calls: string;
  estimated_nano: string;
  workspaces: string;
}

/**
 * One walk over the owner's rows, day by day, then sums of those sums; of days that are old, over what their rows have
 * become. By day because the planner can guess how many
 * models and accounts a day has, but not how many days there are: then it would sort all rows on disk. The name of a
 * workspace is the one its calls were booked under: the workspace itself may be somebody else's by now.
 *
 * $1 owner, $2 account, $3 days, $4 when each begins, $5 when it ends, $6 most workspaces.
 */
const REPORT = `
with days as (
  select * from unnest($3::date[], $4::timestamptz[], $5::timestamptz[]) as days (day, day_start, day_end)
), walked as materialized (
  select day, calls_of_day.*
  from days cross join lateral (
    select model, account_id, workspace_id, max(workspace_name collate "C") as workspace_name, sum(calls) as calls,
      sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
      sum(cache_write_tokens) as cache_write_tokens, sum(cache_read_tokens) as cache_read_tokens,
      sum(cost_nano) as cost_nano, sum(estimated_calls) as estimated_calls, sum(estimated_nano) as estimated_nano
    from daily_sums
    where owner_id = $1 and daily_sums.day = days.day
    group by model, account_id, workspace_id
    union all
    select model, account_id, workspace_id, max(workspace_name collate "C") as workspace_name, count(*) as calls,
      sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
      sum(cache_write_tokens) as cache_write_tokens, sum(cache_read_tokens) as cache_read_tokens,
      sum(cost_nano) as cost_nano, count(*) filter (where estimated) as estimated_calls,
      coalesce(sum(cost_nano) filter (where estimated), 0) as estimated_nano
    from calls
    where owner_id = $1 and finished_at >= day_start and finished_at < day_end
    group by model, account_id, workspace_id
  ) as calls_of_day
), sums as (
  select day, model, account_id = $2::bigint as is_own, workspace_id, grouping(workspace_id) = 0 as is_workspace,
    max(workspace_name) as workspace_name, sum(calls) as calls, sum(input_tokens) as input_tokens,
    sum(output_tokens) as output_tokens, sum(cache_write_tokens) as cache_write_tokens,
    sum(cache_read_tokens) as cache_read_tokens, sum(cost_nano) as cost_nano,
    sum(estimated_calls) as estimated_calls, sum(estimated_nano) as estimated_nano
  from walked
  group by grouping sets ((1, 2, 3), (workspace_id))
), ranked as (
  select *, count(*) filter (where is_workspace) over () as workspaces,
    row_number() over (partition by is_workspace order by cost_nano desc, workspace_id) as place
  from sums
)
select case when is_workspace then 'workspace' else 'day' end as kind, to_char(day, 'YYYY-MM-DD') as date, model,
  is_own, workspace_id, workspace_name, calls, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens,
  cost_nano, estimated_calls, estimated_nano, workspaces
from ranked where not is_workspace or place <= $6`;

export async function readSpendReport(
  statements: Statements,
  { ownerId, accountId }: { readonly ownerId: string; readonly accountId: string },
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Promise<SpendReport> {
  const calendar = Array.from({ length: REPORT_DAYS }, (_, before) => dayAt(now, timeZone, before));
  const rows = await statements.run<Row>('spend-report', REPORT, [
    ownerId,
    accountId,
    calendar.map(({ date }) => date),
    calendar.map(({ start }) => start),
    calendar.map(({ end }) => end),
    MOST_WORKSPACES,
  ]);
  const days = rows.filter(({ kind }) => kind === 'day');
  const own = days.filter((row) => row.is_own === true);
  return {
    days: REPORT_DAYS,
    time_zone: timeZone,
    since: calendar.at(-1)?.date ?? '',
    estimated: { account: estimates(own), owner: estimates(days) },
    account: split(own),
    owner: { ...split(days), ...byWorkspace(rows.filter(({ kind }) => kind === 'workspace')) },
    usage: own
      .sort(
        (one, other) => descending(dateOf(one), dateOf(other)) || -descending(modelOf(one), modelOf(other)),
      )
      .map((row) => ({ date: dateOf(row), model: modelOf(row), ...figures([row]) })),
  };
}

const dateOf = ({ date }: Row): string => date ?? '';
const modelOf = ({ model }: Row): string => model ?? '';
const descending = (one: string, other: string): number => (one < other ? 1 : one > other ? -1 : 0);

const estimates = (rows: readonly Row[]): Estimates => ({
  calls: rows.reduce((sum, row) => sum + Number(row.estimated_calls), 0),
  spend: toDollars(rows.reduce((sum, row) => sum + Number(row.estimated_nano), 0)),
});

function split(rows: readonly Row[]): SpendSplit {
  return {
    total: figures(rows),
    by_day: [...groups(rows, dateOf)]
      .sort(([one], [other]) => descending(one, other))
      .map(([date, group]) => ({ date, ...figures(group) })),
    by_model: dearestFirst(
      [...groups(rows, modelOf)].map(([model, group]) => ({ model, ...figures(group) })),
    ),
  };
}

function byWorkspace(
  rows: readonly Row[],
): Pick<SpendReport['owner'], 'workspaces' | 'truncated' | 'by_workspace'> {
  const sums = rows.map((row) => ({
    workspace: row.workspace_id === null ? null : { id: row.workspace_id, name: row.workspace_name ?? '' },
    ...figures([row]),
  }));
  const workspaces = Number(rows[0]?.workspaces ?? 0);
  return { workspaces, truncated: rows.length < workspaces, by_workspace: dearestFirst(sums) };
}

const dearestFirst = <T extends Figures>(entries: readonly T[]): T[] =>
  [...entries].sort((one, other) => other.spend - one.spend);

function groups(rows: readonly Row[], nameOf: (row: Row) => string): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const group = found.get(nameOf(row));
    if (group) group.push(row);
    else found.set(nameOf(row), [row]);
  }
  return found;
}

function figures(rows: readonly Row[]): Figures {
  const sum = (column: 'calls' | 'cost_nano' | (keyof Figures & `${string}_tokens`)): number =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  return {
    calls: sum('calls'),
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    cache_write_tokens: sum('cache_write_tokens'),
    cache_read_tokens: sum('cache_read_tokens'),
    // Nano-dollars are whole, so their sum is exact; dollars are not.
    spend: toDollars(sum('cost_nano')),
  };
}
