/**
 * Sums of days by one thing, from what follows the calls and the few rows beyond it, in one statement: all of one moment,
 * and equal to the rows of the ledger to the nano-dollar.
 */
import type { Statements } from '../../store/database';
import type { CalendarDay } from '../calendar-day';
import { KNOWN_CLIENTS } from '../known-clients';

/** What sums are told apart by, as columns of the tables. */
const OF_KINDS = {
  day: 'day',
  team: 'template_name',
  model: 'model',
  provider: 'provider',
  deployment: 'deployment',
  client: 'client',
  error: 'error_type',
} as const;
/** What a key leads to. */
const OF_KEYS = {
  key: 'k.id::text',
  person: 'k.owner_id',
  workspace: "coalesce(k.workspace_id, '')",
  scope: 'k.scope',
} as const;

export type SumsBy = keyof typeof OF_KINDS | keyof typeof OF_KEYS | 'all';

export interface SumsAsked {
  readonly by: SumsBy;
  /** A second thing, such as a day within a model. @default 'all' */
  readonly within?: SumsBy;
  /** The days, oldest first, without a gap. */
  readonly days: readonly CalendarDay[];
  readonly person?: string;
  /** Ids of keys. */
  readonly keys?: readonly string[];
  readonly team?: string;
  readonly model?: string;
}

export interface Sum {
  readonly by: string;
  readonly within: string;
  readonly calls: number;
  readonly failedCalls: number;
  readonly estimatedCalls: number;
  /** Nano-dollars: of estimates, and of all. */
  readonly estimated: number;
  readonly cost: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  /** Milliseconds of all calls together. */
  readonly latencyMs: number;
}

const FIGURES = {
  calls: 'calls',
  failedCalls: 'failed_calls',
  estimatedCalls: 'estimated_calls',
  estimated: 'estimated_nano',
  cost: 'cost_nano',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  cacheWriteTokens: 'cache_write_tokens',
  cacheReadTokens: 'cache_read_tokens',
  latencyMs: 'latency_ms',
} as const;
const COLUMNS = Object.values(FIGURES);

const isOfKeys = (by: SumsBy): by is keyof typeof OF_KEYS => by in OF_KEYS;
const isOfKinds = (by: SumsBy): by is keyof typeof OF_KINDS => by in OF_KINDS;
const exprOf = (by: SumsBy): string =>
  isOfKeys(by) ? OF_KEYS[by] : isOfKinds(by) ? `lines.${OF_KINDS[by]}` : "''";

/** The smallest table that tells what is asked apart: of all calls, of each key, or of each key and kind of call. */
function tableOf({ by, within = 'all', person, keys, model }: SumsAsked): string {
  const both = [by, within];
  if (!both.some(isOfKeys) && person === undefined && keys === undefined) return 'sums_by_day';
  const isPlain = (each: SumsBy): boolean => isOfKeys(each) || ['day', 'team', 'all'].includes(each);
  return both.every(isPlain) && model === undefined ? 'key_sums_by_day' : 'key_sums_by_kind';
}

/** @returns in no order; none where no call was */
export async function readSums(statements: Statements, asked: SumsAsked): Promise<Sum[]> {
  const { by, within = 'all', days, person, keys, team, model } = asked;
  const [first] = days;
  const last = days[days.length - 1];
  if (first === undefined || last === undefined) return [];
  const table = tableOf(asked);
  const isOfKey = table !== 'sums_by_day';
  const values: unknown[] = [
    first.start,
    last.end,
    days.map(({ date }) => date),
    days.map(({ start }) => start),
    days.map(({ end }) => end),
  ];
  const add = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  // In each part by itself: from outside of both, Postgres would read all keys' rows first.
  const conditions = [
    ...(person === undefined
      ? []
      : [`key_id = any (array(select id from keys where owner_id = ${add(person, 'text')}))`]),
    ...(keys === undefined ? [] : [`key_id = any (${add(keys, 'bigint[]')})`]),
    ...(team === undefined ? [] : [`template_name = ${add(team, 'text')}`]),
    ...(model === undefined ? [] : [`model = ${add(model, 'text')}`]),
  ]
    .map((condition) => ` and ${condition}`)
    .join('');
  const kinds = new Set([by, within].filter(isOfKinds).map((each) => OF_KINDS[each]));
  const isByDay = kinds.delete('day');
  const [day, dayBeyond] = isByDay ? ["to_char(day, 'YYYY-MM-DD') as day, ", 'd.day, '] : ['', ''];
  const columns = [...(isOfKey ? ['key_id'] : []), ...kinds, ...COLUMNS].join(', ');
  const beyond = kinds.has('client')
    ? columns.replace(
        'client',
        `case when client = any (${add(KNOWN_CLIENTS, 'text[]')}) then client else 'other' end`,
      )
    : columns;
  const rows = await statements.run<Record<string, string>>(
    '',
    `with lines as (
       select ${day}${columns} from ${table}
       where starts_at >= $1::timestamptz and starts_at < $2::timestamptz${conditions}
       union all
       select ${dayBeyond}${beyond} from calls_beyond_sums b
         join unnest($3::text[], $4::timestamptz[], $5::timestamptz[]) as d (day, starts, ends)
           on b.finished_at >= d.starts and b.finished_at < d.ends
       where b.finished_at >= $1::timestamptz and b.finished_at < $2::timestamptz${conditions}
     )
     select ${exprOf(by)} as by, ${exprOf(within)} as within,
       ${COLUMNS.map((column) => `sum(lines.${column})::text as ${column}`).join(', ')}
     from lines${isOfKey ? ' join keys k on k.id = lines.key_id' : ''}
     group by 1, 2 having sum(lines.calls) <> 0`,
    values,
  );
  return rows.map((row) => {
    const figures = Object.entries(FIGURES).map(([name, column]) => [name, Number(row[column])]);
    return { by: row['by'], within: row['within'], ...Object.fromEntries(figures) } as Sum;
  });
}

/** Whether old days are in the sums, which are made again after an upgrade or a restart of theirs. */
export async function areSumsWhole(statements: Statements): Promise<boolean> {
  const [row] = await statements.run<{ is: boolean }>(
    '',
    `select daily_sums_through = 'infinity' as is from sums_state`,
    [],
  );
  return row?.is ?? false;
}
