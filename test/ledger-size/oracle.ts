/**
 * What reports must say, by other means: over the tables themselves, with the days that Postgres' own table of time zones
 * has. One flat list of sums of everything, added up here in whole nano-dollars.
 */
import type { Run } from '../../bench/ledger';

/** Sums of one day, person, model, provider, key and template. Numbers are whole. */
export interface Cell {
  readonly day: string;
  readonly user: string;
  readonly model: string;
  readonly provider: string;
  readonly key: string;
  readonly team: string;
  readonly workspace: string;
  readonly calls: bigint;
  readonly failed: bigint;
  readonly input: bigint;
  readonly output: bigint;
  readonly written: bigint;
  readonly read: bigint;
  readonly nano: bigint;
}

const NUMBERS = ['calls', 'failed', 'input', 'output', 'written', 'read', 'nano'] as const;
export type Figure = (typeof NUMBERS)[number];

const CELLS = `
select to_char(day, 'YYYY-MM-DD') as day, every.owner_id as "user", model, coalesce(provider, '') as provider, hash as key,
  coalesce(of_template, '') as team, coalesce(of_workspace, '') as workspace, sum(n)::text as calls, sum(bad)::text as failed,
  sum(i)::text as input, sum(o)::text as output, sum(w)::text as written, sum(r)::text as read, sum(cost)::text as nano
from (
  select date_trunc('day', c.finished_at at time zone $1)::date as day, c.owner_id, c.model, c.provider, c.key_id,
    c.template_name as of_template, c.workspace_id as of_workspace, 1 as n,
    case when c.status between 100 and 399 then 0 else 1 end as bad, c.input_tokens as i, c.output_tokens as o,
    c.cache_write_tokens as w, c.cache_read_tokens as r, c.cost_nano as cost
  from calls c
  union all
  select s.day, s.owner_id, s.model, s.provider, s.key_id, s.template_name, s.workspace_id, s.calls, s.failed_calls,
    s.input_tokens, s.output_tokens, s.cache_write_tokens, s.cache_read_tokens, s.cost_nano
  from daily_sums s
) as every inner join keys on keys.id = every.key_id
group by 1, 2, 3, 4, 5, 6, 7`;

export async function readCells(run: Run, timeZone: string): Promise<Cell[]> {
  const rows = await run<Record<string, string>>(CELLS, [timeZone]);
  return rows.map(
    (row) =>
      ({
        ...row,
        ...Object.fromEntries(NUMBERS.map((name) => [name, BigInt(row[name] ?? 0)])),
      }) as unknown as Cell,
  );
}

export type Sums = Record<Figure, bigint>;

/** Sums of the cells by a name of each. */
export function sumsBy(cells: readonly Cell[], nameOf: (cell: Cell) => string): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const cell of cells) {
    const sum = sums.get(nameOf(cell)) ?? zeros();
    for (const name of NUMBERS) sum[name] += cell[name];
    sums.set(nameOf(cell), sum);
  }
  return sums;
}

export const zeros = (): Sums => ({
  calls: 0n,
  failed: 0n,
  input: 0n,
  output: 0n,
  written: 0n,
  read: 0n,
  nano: 0n,
});

/** Dollars as an answer has them, in whole nano-dollars. */
export const nanoOf = (dollars: unknown): bigint => BigInt(Math.round(Number(dollars) * 1e9));
