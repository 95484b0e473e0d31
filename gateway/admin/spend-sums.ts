/** Sums of spend by one thing: a page of them, and what all of them come to. Postgres adds up, day by day, and cuts afterwards. */
import { toDollars } from '../ledger/money';
import type { ReportReader } from '../store/report-store';
import { daysOf, piecesOf, type ReportDay } from './spend-days';
import { StatementValues, type SpendFilter } from './spend-lines';

interface Group {
  /** SQL: what lines are grouped by, and a name within a group. */
  readonly by: string;
  readonly name: string;
}

const GROUPS = {
  user: { by: 'owner_id', name: 'max(owner_name)' },
  team: { by: `coalesce(template_name, '')`, name: 'max(template_name)' },
  model: { by: 'model', name: 'max(model)' },
  workspace: { by: `coalesce(workspace_id, '')`, name: 'max(workspace_name)' },
  session: { by: `coalesce(session, '')`, name: 'max(owner_name)' },
  /** Looked up once they are summed. */
  key: { by: 'key_id::text', name: 'null' },
  provider: { by: `coalesce(provider, '')`, name: 'max(provider)' },
  /** Each piece is one. */
  day: { by: '', name: 'null' },
} as const satisfies Readonly<Record<string, Group>>;

export type SpendGroup = keyof typeof GROUPS;
export const SPEND_GROUPS = Object.keys(GROUPS) as SpendGroup[];

export interface SpendSum {
  readonly id: string;
  readonly name: string | null;
  readonly calls: number;
  readonly failed_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly spend: number;
}

export interface SpendPage {
  readonly rows: readonly SpendSum[];
  /** How many there are in all. */
  readonly rowCount: number;
  /** Of all rows, in dollars. */
  readonly totalSpend: number;
}

const COUNTS = [
  'calls',
  'failed_calls',
  'input_tokens',
  'output_tokens',
  'cache_write_tokens',
  'cache_read_tokens',
] as const;

type SumRow = { readonly id: string | null; readonly name: string | null } & Record<
  (typeof COUNTS)[number] | 'cost_nano' | 'row_count' | 'total_nano',
  string
>;

const SUMS = [...COUNTS, 'cost_nano'];
const ADDED = SUMS.map((column) => `${column} = s.${column} + excluded.${column}`).join(', ');

/** SQL over lines; `by` and `part` tell sums apart. */
export interface SumsOf {
  readonly by: string;
  /** @default '' */
  readonly part?: string;
  readonly name: string;
  /** What each line counts to; @default itself, once */
  readonly each?: string;
}

/** Sums the lines of all days, piece by piece, into the table of the report. */
export async function collectSums(
  reader: ReportReader,
  filter: SpendFilter,
  sumsOf: (day: ReportDay, values: StatementValues) => SumsOf,
): Promise<void> {
  await reader.clear();
  for (const day of await daysOf(reader, filter)) await collectDay(reader, day, filter, sumsOf);
}

/** The same of one day; what was there before stays. */
export async function collectDay(
  reader: ReportReader,
  day: ReportDay,
  filter: SpendFilter,
  sumsOf: (day: ReportDay, values: StatementValues) => SumsOf,
): Promise<void> {
  for await (const lines of piecesOf(reader, day, filter)) {
    const values = new StatementValues();
    const { by, part = "''", name, each = '' } = sumsOf(day, values);
    await reader.run(
      '',
      `insert into report_sums as s (by, part, name, ${SUMS.join(', ')})
       select ${by}, ${part}, ${name}, ${SUMS.map((column) => `sum(${column})`).join(', ')}
       from ${lines(values)} ${each} group by 1, 2
       on conflict (by, part) do update set name = greatest(s.name, excluded.name), ${ADDED}`,
      values.list,
    );
  }
}

/** Dearest first; by day, newest first. */
export async function sumSpend(
  reader: ReportReader,
  group: SpendGroup,
  filter: SpendFilter,
  { page, size }: { readonly page: number; readonly size: number },
): Promise<SpendPage> {
  await collectSums(reader, filter, ({ date }, values) =>
    group === 'day' ? { by: values.add(date, 'text'), name: 'null' } : GROUPS[group],
  );
  const order = group === 'day' ? 'by desc' : 'cost_nano desc, by';
  const [id, name, join] =
    group === 'key'
      ? [
          'coalesce(k.hash, by)',
          'coalesce(k.alias, k.owner_name)',
          'left join keys k on k.id = page.by::bigint',
        ]
      : ['by', 'name', ''];
  const rows = await reader.run<SumRow>(
    '',
    `with page as (
       select row_number() over (order by ${order}) as place, s.* from report_sums s
       order by ${order} limit $1 offset $2
     ), whole as (
       select count(*) as row_count, coalesce(sum(cost_nano), 0) as total_nano from report_sums
     )
     select whole.*, ${id} as id, ${name} as name, ${SUMS.join(', ')}
     from whole left join page on true ${join} order by place`,
    [size, (page - 1) * size],
  );
  const [first] = rows;
  return {
    rows: rows.flatMap((row) => (row.id === null ? [] : [toSum(row, row.id)])),
    rowCount: Number(first?.row_count ?? 0),
    totalSpend: toDollars(Number(first?.total_nano ?? 0)),
  };
}

const toSum = (row: SumRow, id: string): SpendSum => ({
  id,
  name: row.name,
  calls: Number(row.calls),
  failed_calls: Number(row.failed_calls),
  input_tokens: Number(row.input_tokens),
  output_tokens: Number(row.output_tokens),
  cache_write_tokens: Number(row.cache_write_tokens),
  cache_read_tokens: Number(row.cache_read_tokens),
  spend: toDollars(Number(row.cost_nano)),
});
