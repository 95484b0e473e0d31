/** What insights are computed from, as the store has it: few rows by day, whatever the number of calls. */
import type { Statements } from '../../store/database';
import type { CalendarDay } from '../calendar-day';
import { MOST_LISTED, NEW_WEEKS, SMALL_INPUT_SIZE, SMALL_OUTPUT_SIZE } from './rules';

/** Days, as the policy has them. */
export interface Stretch {
  /** YYYY-MM-DD. */
  readonly first: string;
  readonly last: string;
}

/** A template that is looked at alone. */
export type Team = string | undefined;

export interface TaskSum {
  readonly day: string;
  readonly team: string;
  readonly isNew: boolean;
  readonly tasks: number;
  readonly unanswered: number;
  readonly retried: number;
  readonly calls: number;
  readonly retries: number;
  readonly tokens: number;
  /** Nano-dollars. */
  readonly cost: number;
}

type Row = Readonly<Record<string, string>>;

/** Up to where calls are in the figures; null: none are yet. */
export async function readMark(
  statements: Statements,
): Promise<{ readonly until: Date | null; readonly isWhole: boolean }> {
  const [row] = await statements.run<{ until: Date | null; is: boolean }>(
    '',
    `select nullif(s.followed_until, '-infinity') as until,
       s.daily_sums_through = 'infinity' and i.older_until = i.since as is
     from sums_state s, insights_state i`,
    [],
  );
  return { until: row?.until ?? null, isWhole: row?.is ?? false };
}

const ofTeam = (team: Team): string => (team === undefined ? '' : ' and template_name = $3::text');
export async function readTasks(statements: Statements, { first, last }: Stretch): Promise<TaskSum[]> {
  const rows = await statements.run<Row>(
    '',
    `select to_char(day, 'YYYY-MM-DD') as day, template_name as team, (weeks < ${NEW_WEEKS})::text as is_new,
       sum(answered)::text as tasks, sum(unanswered)::text as unanswered, sum(retried)::text as retried,
       sum(calls)::text as calls, sum(retries)::text as retries, sum(tokens)::text as tokens, sum(cost_nano)::text as cost
     from task_sums_by_day where day between $1::date and $2::date
     group by 1, 2, 3 order by 1, 2, 3`,
    [first, last],
  );
  return rows.map((row) => ({
    day: row['day'] ?? '',
    team: row['team'] ?? '',
    isNew: row['is_new'] === 'true',
    tasks: Number(row['tasks']),
    unanswered: Number(row['unanswered']),
    retried: Number(row['retried']),
    calls: Number(row['calls']),
    retries: Number(row['retries']),
    tokens: Number(row['tokens']),
    cost: Number(row['cost']),
  }));
}

export interface ModelSum {
  readonly team: string;
  readonly model: string;
  readonly deployment: string;
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  /** Nano-dollars. */
  readonly cost: number;
}

const TOKENS = `sum(input_tokens)::text as input, sum(output_tokens)::text as output,
  sum(cache_write_tokens)::text as cache_write, sum(cache_read_tokens)::text as cache_read, sum(cost_nano)::text as cost`;
const tokensOf = (row: Row) => ({
  inputTokens: Number(row['input']),
  outputTokens: Number(row['output']),
  cacheWriteTokens: Number(row['cache_write']),
  cacheReadTokens: Number(row['cache_read']),
  cost: Number(row['cost']),
});

export async function readModels(statements: Statements, { first, last }: Stretch): Promise<ModelSum[]> {
  const rows = await statements.run<Row>(
    '',
    `select template_name as team, model, deployment, sum(calls)::text as calls, sum(failed_calls)::text as failed, ${TOKENS}
     from team_sums_by_day where day between $1::date and $2::date
     group by 1, 2, 3 having sum(calls) > 0 order by 1, 2, 3`,
    [first, last],
  );
  return rows.map((row) => ({
    team: row['team'] ?? '',
    model: row['model'] ?? '',
    deployment: row['deployment'] ?? '',
    calls: Number(row['calls']),
    failedCalls: Number(row['failed']),
    ...tokensOf(row),
  }));
}

export interface SizeSum extends Omit<ModelSum, 'deployment' | 'failedCalls'> {
  readonly isSmall: boolean;
}

/** Of calls that were answered. */
export async function readSizes(statements: Statements, { first, last }: Stretch): Promise<SizeSum[]> {
  const rows = await statements.run<Row>(
    '',
    `select template_name as team, model,
       (input_size < ${SMALL_INPUT_SIZE} and output_size < ${SMALL_OUTPUT_SIZE})::text as is_small,
       sum(calls)::text as calls, ${TOKENS}
     from call_sizes_by_day where day between $1::date and $2::date
     group by 1, 2, 3 having sum(calls) > 0 order by 1, 2, 3`,
    [first, last],
  );
  return rows.map((row) => ({
    team: row['team'] ?? '',
    model: row['model'] ?? '',
    isSmall: row['is_small'] === 'true',
    calls: Number(row['calls']),
    ...tokensOf(row),
  }));
}

/** Calls by hour of the day, from 0 to 23, on the clocks of the zone. */
export async function readHoursOfDay(
  statements: Statements,
  from: Date,
  to: Date,
  team: Team,
  timeZone: string,
): Promise<number[]> {
  const values: unknown[] = [from, to, ...(team === undefined ? [] : [team])];
  const zone = `$${values.push(timeZone)}::text`;
  const rows = await statements.run<{ hour: number; calls: string }>(
    '',
    `select extract(hour from quarter at time zone ${zone})::integer as hour, sum(calls)::text as calls
     from team_calls_by_quarter where quarter >= $1::timestamptz and quarter < $2::timestamptz${ofTeam(team)}
     group by 1`,
    values,
  );
  const hours = new Array<number>(24).fill(0);
  for (const { hour, calls } of rows) hours[hour] = Number(calls);
  return hours;
}

/** Whether a key, `k`, made a call in days of the stretch that meet a condition: one row of its own is looked up. */
const madeCall = (condition: string): string => `exists (
    select from key_sums_by_kind s
    where s.key_id = k.id and s.day between $1::date and $2::date and s.calls > 0 and ${condition}
  )`;

/** How many people made a call. Keys of services count as one person each. */
export interface People {
  readonly all: number;
  /** On a day on which they were new, or were not any more. One may be both. */
  readonly fresh: number;
  readonly experienced: number;
}

export interface PeopleOf {
  readonly everyone: People;
  /** By the template of the key. One may be in several. */
  readonly teams: ReadonlyMap<string, People>;
}

const NOBODY: People = { all: 0, fresh: 0, experienced: 0 };

export async function readPeople(
  statements: Statements,
  { first, last }: Stretch,
  timeZone: string,
): Promise<PeopleOf> {
  const rows = await statements.run<Row & { is_whole: boolean }>(
    '',
    `with firsts as (
       select owner_id, ((min(created_at) + interval '${NEW_WEEKS} weeks') at time zone $3::text)::date as until
       from keys group by 1
     ), seen as (
       select coalesce(k.template_name, '') as team, k.owner_id, ${madeCall('s.day < f.until')} as is_new,
         ${madeCall('s.day >= f.until')} as is_old
       from keys k join firsts f on f.owner_id = k.owner_id
     )
     select team, grouping(team) = 1 as is_whole, count(distinct owner_id)::text as all,
       count(distinct owner_id) filter (where is_new)::text as fresh,
       count(distinct owner_id) filter (where is_old)::text as experienced
     from seen where is_new or is_old group by grouping sets ((team), ())`,
    [first, last, timeZone],
  );
  const peopleOf = (row: Row): People => ({
    all: Number(row['all']),
    fresh: Number(row['fresh']),
    experienced: Number(row['experienced']),
  });
  const whole = rows.find(({ is_whole: isWhole }) => isWhole);
  return {
    everyone: whole === undefined ? NOBODY : peopleOf(whole),
    teams: new Map(
      rows.filter(({ is_whole: isWhole }) => !isWhole).map((row) => [row['team'] ?? '', peopleOf(row)]),
    ),
  };
}

export const peopleOfTeam = ({ everyone, teams }: PeopleOf, team: Team): People =>
  team === undefined ? everyone : (teams.get(team) ?? NOBODY);

export interface IdleKey {
  /** Its hash. */
  readonly token: string;
  readonly name: string;
  readonly owner: string;
  readonly since: Date;
  readonly lastUsed: Date | null;
}

const COULD_BE_USED = `k.revoked_at is null and k.rotated_to is null and k.blocked_at is null
  and (k.expires_at is null or k.expires_at > $1::timestamptz)
  and not exists (select from owners o where o.id = k.owner_id and o.suspended_at is not null)`;

/** The oldest first. @param since the day from which on no call was made */
export async function readIdleKeys(
  statements: Statements,
  now: Date,
  since: CalendarDay,
  team: Team,
): Promise<{ readonly rows: readonly IdleKey[]; readonly total: number; readonly living: number }> {
  const rows = await statements.run<{
    token: string;
    name: string;
    owner: string;
    since: Date;
    last_used: Date | null;
    is_idle: boolean;
    total: string;
    living: string;
  }>(
    '',
    `with living as materialized (
       select k.id, k.hash, k.alias, k.owner_name, k.last_four, k.created_at,
         k.created_at < $2::timestamptz and not exists (
           select from key_sums_by_kind s where s.key_id = k.id and s.day >= $3::date and s.calls > 0
         ) and k.id not in (
           select b.key_id from calls_beyond_sums b where b.calls > 0
         ) as is_idle
       from keys k where ${COULD_BE_USED}${team === undefined ? '' : ' and k.template_name = $4::text'}
     ), counted as (
       select count(*) filter (where is_idle)::text as total, count(*)::text as living from living
     ), listed as (
       select * from living where is_idle order by created_at, id limit ${MOST_LISTED}
     )
     select c.total, c.living, l.id is not null as is_idle, l.hash as token,
       coalesce(l.alias, l.owner_name || ' …' || l.last_four) as name, l.owner_name as owner, l.created_at as since, (
         select max(s.starts_at) from key_sums_by_kind s where s.key_id = l.id and s.calls > 0
       ) as last_used
     from counted c left join listed l on true order by l.created_at, l.id`,
    [now, since.start, since.date, ...(team === undefined ? [] : [team])],
  );
  return {
    rows: rows
      .filter(({ is_idle: isIdle }) => isIdle)
      .map(({ token, name, owner, since, last_used: lastUsed }) => ({ token, name, owner, since, lastUsed })),
    total: Number(rows[0]?.total ?? 0),
    living: Number(rows[0]?.living ?? 0),
  };
}
