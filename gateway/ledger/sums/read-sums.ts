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
  /** The id, or several. */
  readonly person?: string | readonly string[];
  /** Ids of keys. */
  readonly keys?: readonly string[];
  /** The id, or several. */
  readonly workspace?: string | readonly string[];
  readonly team?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly deployment?: string;
  readonly error?: string;
}

export type SumsFilter = Omit<SumsAsked, 'by' | 'within' | 'days'>;

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
function tableOf({ by, within = 'all', ...filter }: SumsAsked): string {
  const both = [by, within];
  const { person, keys, workspace, model, provider, deployment, error } = filter;
  const isOfAll = [person, keys, workspace].every((each) => each === undefined);
  if (!both.some(isOfKeys) && isOfAll) return 'sums_by_day';
  const isPlain = (each: SumsBy): boolean => isOfKeys(each) || ['day', 'team', 'all'].includes(each);
  const isOfAnyKind = [model, provider, deployment, error].every((each) => each === undefined);
  return both.every(isPlain) && isOfAnyKind ? 'key_sums_by_day' : 'key_sums_by_kind';
}

/** @returns in no order; none where no call was */
export async function readSums(statements: Statements, asked: SumsAsked): Promise<Sum[]> {
  if (asked.days.length === 0) return [];
  const values: unknown[] = [];
  const rows = await statements.run<Record<string, string>>('', sumsStatement(asked, values), values);
  return rows.map(toSum);
}

export function toSum(row: Readonly<Record<string, unknown>>): Sum {
  const figures = Object.entries(FIGURES).map(([name, column]) => [name, Number(row[column] ?? 0)]);
  return { by: row['by'], within: row['within'], ...Object.fromEntries(figures) } as Sum;
}

/**
 * SQL for those sums, to be read by itself or as a part of what lists them: `by`, `within`, and the figures as text.
 *
 * @param values of the statement that it becomes a part of; its own are added
 */
export function sumsStatement(asked: SumsAsked, values: unknown[]): string {
  const { by, within = 'all', days, person, keys, workspace, team, model } = asked;
  const { provider, deployment, error } = asked;
  const table = tableOf(asked);
  const isOfKey = table !== 'sums_by_day';
  const add = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const from = add(days[0]?.start, 'timestamptz');
  const until = add(days[days.length - 1]?.end, 'timestamptz');
  const each = [
    add(
      days.map(({ date }) => date),
      'text[]',
    ),
    add(
      days.map(({ start }) => start),
      'timestamptz[]',
    ),
    add(
      days.map(({ end }) => end),
      'timestamptz[]',
    ),
  ].join(', ');
  // In each part by itself: from outside of both, Postgres would read all keys' rows first.
  const conditions = [
    ...Object.entries({ owner_id: person, workspace_id: workspace }).flatMap(([column, ids]) =>
      ids === undefined
        ? []
        : [
            `key_id = any (array(select id from keys where ${column} = any (${add([ids].flat(), 'text[]')})))`,
          ],
    ),
    ...(keys === undefined ? [] : [`key_id = any (${add(keys, 'bigint[]')})`]),
    ...Object.entries({
      template_name: team,
      model,
      provider,
      deployment,
      error_type: error,
    }).flatMap(([column, name]) => (name === undefined ? [] : [`${column} = ${add(name, 'text')}`])),
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
  return `with lines as (
       select ${day}${columns} from ${table}
       where starts_at >= ${from} and starts_at < ${until}${conditions}
       union all
       select ${dayBeyond}${beyond} from calls_beyond_sums b
         join unnest(${each}) as d (day, starts, ends) on b.finished_at >= d.starts and b.finished_at < d.ends
       where b.finished_at >= ${from} and b.finished_at < ${until}${conditions}
     )
     select ${exprOf(by)} as by, ${exprOf(within)} as within,
       ${COLUMNS.map((column) => `sum(lines.${column})::text as ${column}`).join(', ')}
     from lines${isOfKey ? ' join keys k on k.id = lines.key_id' : ''}
     group by 1, 2 having sum(lines.calls) <> 0`;
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
