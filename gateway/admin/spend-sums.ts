/** Sums of spend by one thing: a page of them, and what all of them come to. Postgres adds up, and cuts afterwards. */
import { toDollars } from '../ledger/money';
import type { Statements } from '../store/database';
import {
  conditionsOf,
  dayOfLine,
  daysOfCalls,
  dayText,
  StatementValues,
  type SpendFilter,
} from './spend-lines';

interface Group {
  /** What the lines are grouped by. */
  readonly by: string;
  /** Within a group. */
  readonly name: string;
  /** Of a group `by`, with its key at hand where it is one. */
  readonly id: string;
  readonly shown: string;
}

const plain = (by: string, name: string): Group => ({ by, name, id: 'by', shown: 'name' });

const GROUPS = {
  user: plain('owner_id', 'max(owner_name)'),
  team: plain(`coalesce(template_name, '')`, 'max(template_name)'),
  model: plain('model', 'max(model)'),
  workspace: plain(`coalesce(workspace_id, '')`, 'max(workspace_name)'),
  key: {
    by: 'key_id',
    name: 'null::text',
    id: `coalesce(k.hash, by::text)`,
    shown: 'coalesce(k.alias, k.owner_name)',
  },
  provider: plain(`coalesce(provider, '')`, 'max(provider)'),
  /** By the day of a line, which is made for each report. */
  day: { by: '', name: 'null::text', id: dayText('by'), shown: 'name' },
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

/** Dearest first; by day, newest first. */
export async function sumSpend(
  statements: Statements,
  group: SpendGroup,
  filter: SpendFilter,
  { page, size }: { readonly page: number; readonly size: number },
): Promise<SpendPage> {
  const values = new StatementValues();
  const { by, name, id, shown }: Group =
    group === 'day'
      ? { ...GROUPS.day, by: dayOfLine(await daysOfCalls(statements, filter), values) }
      : GROUPS[group];
  const order = group === 'day' ? 'by desc' : 'cost_nano desc, by';
  const sums = [...COUNTS, 'cost_nano'].map((column) => `sum(${column}) as ${column}`).join(', ');
  const rows = await statements.run<SumRow>(
    '',
    `with sums as materialized (
       select ${by} as by, ${name} as name, ${sums} from spend_lines
       where ${conditionsOf(filter, values, 'at')} group by 1
     ), page as (
       select row_number() over (order by ${order}) as place, sums.* from sums
       order by ${order} limit ${values.add(size, 'bigint')} offset ${values.add((page - 1) * size, 'bigint')}
     ), whole as (
       select count(*) as row_count, coalesce(sum(cost_nano), 0) as total_nano from sums
     )
     select whole.*, ${id} as id, ${shown} as name, ${[...COUNTS, 'cost_nano'].join(', ')}
     from whole left join page on true ${group === 'key' ? 'left join keys k on k.id = page.by' : ''}
     order by place`,
    values.list,
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
