/**
 * SQL by which the sums of a day, or of an hour, are made again from its calls. What is to be is compared with what is,
 * and only what differs is written. What was replaced and not taken out of the sums yet is still in them.
 */

const FIGURES = [
  'calls',
  'failed_calls',
  'estimated_calls',
  'estimated_nano',
  'input_tokens',
  'output_tokens',
  'cache_write_tokens',
  'cache_read_tokens',
  'cost_nano',
  'latency_ms',
];
const KINDS = ['template_name', 'model', 'provider', 'deployment', 'client', 'status', 'error_type'];

const list = (columns: readonly string[]): string => columns.join(', ');
const SUMMED = list(FIGURES.map((figure) => `sum(${figure})::bigint as ${figure}`));
const SET = list(FIGURES.map((figure) => `${figure} = excluded.${figure}`));
const ADDED = list(FIGURES.map((figure) => `${figure} = s.${figure} + excluded.${figure}`));
const OF = (name: string): string => list(FIGURES.map((figure) => `${name}.${figure}`));

/** Of this connection alone: what is made of a day so far, in the finest parts that any of the tables has. */
export const STAGE = `
create temporary table staged (
  key_id bigint, scope text, template_name text, model text, provider text, deployment text, client text, status integer,
  error_type text, ${FIGURES.map((figure) => `${figure} bigint`).join(', ')}, last_at timestamptz,
  primary key (key_id, scope, ${list(KINDS)})
);
create temporary table staged_durations (
  measure text, model text, deployment text, bucket integer, calls bigint, primary key (measure, model, deployment, bucket)
)`;
export const CLEAR = 'truncate staged, staged_durations';

const COLUMNS = `finished_at, key_id, scope, template_name, model, provider, deployment, client, status, error_type, estimated,
  input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms, first_token_ms`;

/** @param of which calls, by when they ended @param clients the parameter with those that are told apart */
const LINES = (of: string, clients: string): string => `
  select finished_at, key_id, scope, coalesce(template_name, '') as template_name, model,
    coalesce(provider, '') as provider, coalesce(deployment, '') as deployment,
    case when client = any (${clients}::text[]) then client else 'other' end as client, status,
    coalesce(error_type, '') as error_type, 1::bigint as calls, (status >= 400)::integer as failed_calls,
    estimated::integer as estimated_calls, case when estimated then cost_nano else 0 end as estimated_nano, input_tokens,
    output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, latency_ms, first_token_ms
  from (
    select ${COLUMNS} from calls where ${of}
    union all select ${COLUMNS} from replaced_calls where ${of}
  ) as ended`;

/** @param bounds the parameter with those of durations */
const TIMES = (bounds: string): string => `
  select measure, model, deployment, width_bucket(ms, ${bounds}::integer[]) as bucket, count(*) as calls
  from lines cross join lateral (values ('latency', latency_ms), ('first_token', first_token_ms)) as m (measure, ms)
  where ms is not null and status < 400 group by 1, 2, 3, 4`;

/** Where the next calls end: after $1, not after $2, at most $3 of them. */
export const NEXT_PIECE = `
select max(finished_at)::text as until, count(*)::integer as many from (
  select finished_at from calls where finished_at > $1::timestamptz and finished_at <= $2::timestamptz
  order by finished_at limit $3
) as piece`;

/** Calls that ended after $1 and not after $2; $3 clients, $4 bounds. */
export const ADD_PIECE = `
with lines as materialized (${LINES('finished_at > $1::timestamptz and finished_at <= $2::timestamptz', '$3')}),
added as (
  insert into staged as s (key_id, scope, ${list(KINDS)}, ${list(FIGURES)}, last_at)
  select key_id, scope, ${list(KINDS)}, ${SUMMED}, max(finished_at) from lines group by key_id, scope, ${list(KINDS)}
  on conflict (key_id, scope, ${list(KINDS)}) do update set ${ADDED}, last_at = greatest(s.last_at, excluded.last_at)
)
insert into staged_durations as s (measure, model, deployment, bucket, calls)
${TIMES('$4')}
on conflict (measure, model, deployment, bucket) do update set calls = s.calls + excluded.calls`;

interface Place {
  readonly table: string;
  /** Columns that rows are told apart by, beside the place's own. */
  readonly by: readonly string[];
  readonly figures: 'all' | 'calls';
  /** Columns of the place with their parameters: rows of it only. */
  readonly own: Readonly<Record<string, string>>;
  /** What is to be there, with `by` and the figures. */
  readonly rows: string;
  /** More that holds of rows of the place. */
  readonly where?: string;
  /** A column beside the figures, which only grows. */
  readonly latest?: string;
}

/** The place becomes what it is to be; says how many rows were not. Rows of no calls are none. */
function put({ table, by, figures, own, rows, where = '', latest }: Place, name = table): string {
  const isAll = figures === 'all';
  const columns = [
    ...Object.keys(own),
    ...by,
    ...(isAll ? FIGURES : ['calls']),
    ...(latest === undefined ? [] : [latest]),
  ];
  const given = [
    ...Object.values(own),
    ...columns.slice(Object.keys(own).length).map((column) => `r.${column}`),
  ];
  const ofPlace = Object.entries(own)
    .map(([column, value]) => `s.${column} = ${value}`)
    .join(' and ');
  const same = by.map((column) => `r.${column} = s.${column}`).join(' and ');
  const [mine, theirs] = isAll ? [OF('s'), OF('excluded')] : ['s.calls', 'excluded.calls'];
  const grown = latest === undefined ? '' : ` or s.${latest} < excluded.${latest}`;
  return `right_${name} as materialized (${rows}),
gone_${name} as (
  delete from ${table} s where ${ofPlace}${where} and not exists (select from right_${name} r where ${same})
  returning s.calls
),
put_${name} as (
  insert into ${table} as s (${list(columns)}) select ${list(given)} from right_${name} r
  on conflict (${list([...Object.keys(own), ...by])}) do update
  set ${isAll ? SET : 'calls = excluded.calls'}${latest === undefined ? '' : `, ${latest} = excluded.${latest}`}
  where (${mine}) is distinct from (${theirs})${grown}
  returning s.calls
)`;
}

const changed = (names: readonly string[]): string =>
  `select ${names
    .flatMap((name) => [`gone_${name}`, `put_${name}`])
    .map((name) => `(select count(*) from ${name} where calls <> 0)`)
    .join(' + ')} as changed`;

const DAY = { day: '$1::date', starts_at: '$2::timestamptz' };

const ALL_KEYS: readonly Place[] = [
  {
    table: 'sums_by_day',
    by: ['scope', ...KINDS],
    figures: 'all',
    own: DAY,
    rows: `select scope, ${list(KINDS)}, ${SUMMED} from staged group by scope, ${list(KINDS)}`,
  },
  {
    table: 'durations_by_day',
    by: ['measure', 'model', 'deployment', 'bucket'],
    figures: 'calls',
    own: DAY,
    rows: 'select * from staged_durations',
  },
];

const IN_RANGE = (column: string): string => `${column} > $3::bigint and ${column} <= $4::bigint`;

const SOME_KEYS: readonly Place[] = [
  {
    table: 'key_sums_by_kind',
    by: ['key_id', ...KINDS],
    figures: 'all',
    own: DAY,
    where: ` and ${IN_RANGE('s.key_id')}`,
    rows: `select key_id, ${list(KINDS)}, ${SUMMED} from staged where ${IN_RANGE('key_id')} group by key_id, ${list(KINDS)}`,
  },
  {
    table: 'key_sums_by_day',
    by: ['key_id', 'template_name'],
    figures: 'all',
    own: DAY,
    where: ` and ${IN_RANGE('s.key_id')}`,
    latest: 'last_at',
    rows: `select key_id, template_name, ${SUMMED}, max(last_at) as last_at from staged where ${IN_RANGE('key_id')}
      group by key_id, template_name`,
  },
];

const statement = (places: readonly Place[], before = ''): string =>
  `with ${before}${places.map((place) => put(place)).join(',\n')}\n${changed(places.map(({ table }) => table))}`;

/** The day $1 that began at $2, of all keys together. */
export const PUT_DAY = statement(ALL_KEYS);
/** The same, of keys after $3 and up to $4. */
export const PUT_KEYS = statement(SOME_KEYS);
/** Up to which key there are how many parts of the day. */
export const STAGED_KEYS =
  'select key_id, count(*)::integer as parts from staged group by key_id order by key_id';

const HOUR = { hour: '$1::timestamptz' };

/** The hour that begins at $1; $2 clients, $3 bounds. Only what is in the sums by now. */
export const PUT_HOUR = statement(
  [
    {
      table: 'sums_by_hour',
      by: ['template_name', 'model', 'deployment', 'error_type'],
      figures: 'all',
      own: HOUR,
      rows: `select template_name, model, deployment, error_type, ${SUMMED} from lines group by 1, 2, 3, 4`,
    },
    {
      table: 'durations_by_hour',
      by: ['measure', 'model', 'deployment', 'bucket'],
      figures: 'calls',
      own: HOUR,
      rows: TIMES('$3'),
    },
  ],
  `lines as materialized (${LINES(
    `finished_at >= $1::timestamptz and finished_at < $1::timestamptz + interval '1 hour'
      and finished_at <= (select followed_until from sums_state)`,
    '$2',
  )}),
`,
);

/** The next hour, from $1 on, of which there are calls or sums. */
export const NEXT_HOUR = `
select least(
  (select date_trunc('hour', min(finished_at), 'UTC') from calls
   where finished_at >= $1::timestamptz and finished_at <= (select followed_until from sums_state)),
  (select min(hour) from sums_by_hour where hour >= $1::timestamptz),
  (select min(hour) from durations_by_hour where hour >= $1::timestamptz)
) as hour`;

/** Days of which there is anything, with their beginnings, oldest first; and whether they lie after $1. */
export const DAYS = `
select day::text, starts_at::text, starts_at >= $1::timestamptz as is_whole from (
  select day, starts_at from followed_days
  union select day, starts_at from sums_by_day
  union select day, starts_at from key_sums_by_day
  union select day, starts_at from durations_by_day
) as days order by starts_at, day`;

/** From where to where the calls of the day $1 that began at $2 are in the sums. */
export const STRETCHES = `
select since::text, through::text from followed_days where day = $1::date and starts_at = $2::timestamptz order by since`;

/** The newest day that has daily sums. */
export const NEWEST_SUMMED = `
select day::text, (extract(epoch from starts_at) * 1000)::float8 as starts_ms
from daily_sums order by day desc, starts_at desc limit 1`;
