/**
 * Lists of people, teams and workspaces with what each of them cost: who is on the page is found first, and sums are read of
 * those alone, so that a page costs the same however many there are.
 */
import { sumsStatement, readSums, toSum, type Sum, type SumsFilter } from '../ledger/sums/read-sums';
import type { Statements } from '../store/database';
import { daysBefore, type Span } from './span';

export interface Listed<Row> {
  readonly row: Row;
  readonly sum: Sum;
  /** Nano-dollars of as many days before those. */
  readonly costBefore: number;
  /** Day of the last call there ever was, YYYY-MM-DD. @default there was none */
  readonly lastDay: string | undefined;
}

export interface ListingAsked {
  readonly by: 'person' | 'team' | 'workspace';
  /** SQL of the rows there are, with `id` and `name` among its columns. */
  readonly relation: string;
  /** Of the relation and the conditions. */
  readonly values: readonly unknown[];
  /** SQL about `listed`. */
  readonly conditions: readonly string[];
  /** SQL of what it is ordered by; `sums` has figures of each. */
  readonly order: string;
  /** Whether the order is of sums, so that those of all have to be read. */
  readonly isBySums: boolean;
  readonly isDescending: boolean;
  readonly page: number;
  readonly size: number;
  readonly span: Span;
}

/** What a key has of each. */
const COLUMNS = { person: 'owner_id', team: 'template_name', workspace: 'workspace_id' } as const;
const NOTHING: Sum = toSum({ by: '', within: '' });

export async function readListing<Row extends { readonly id: string }>(
  statements: Statements,
  asked: ListingAsked,
): Promise<{ readonly rows: readonly Listed<Row>[]; readonly total: number }> {
  const { by, relation, conditions, order, isBySums, isDescending, page, size, span } = asked;
  const values = [...asked.values];
  const sums = isBySums ? sumsStatement({ by, days: span.days }, values) : undefined;
  const found = await statements.run<Row & { total: string }>(
    '',
    `with listed as materialized (${relation})${sums === undefined ? '' : `, sums as materialized (${sums})`}
     select listed.*, count(*) over ()::text as total
     from listed${sums === undefined ? '' : ' left join sums on sums.by = listed.id'}
     ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
     order by ${order} ${isDescending ? 'desc' : 'asc'} nulls last, lower(listed.name), listed.id
     limit ${size} offset ${(page - 1) * size}`,
    values,
  );
  const ids = found.map(({ id }) => id);
  const of = filterOf(by, ids);
  const now = byId(await readSums(statements, { by, days: span.days, ...of }));
  const before = byId(await readSums(statements, { by, days: daysBefore(span), ...of }));
  const last = await readLastDays(statements, COLUMNS[by], ids, span.timeZone);
  return {
    rows: found.map((row) => ({
      row,
      sum: now.get(row.id) ?? NOTHING,
      costBefore: before.get(row.id)?.cost ?? 0,
      lastDay: last.get(row.id),
    })),
    total: Number(found[0]?.total ?? 0),
  };
}

/** Teams are few, and their sums are in a table of their own. */
const filterOf = (by: ListingAsked['by'], ids: readonly string[]): SumsFilter =>
  by === 'person' ? { person: ids } : by === 'workspace' ? { workspace: ids } : {};

const byId = (sums: readonly Sum[]): ReadonlyMap<string, Sum> => new Map(sums.map((sum) => [sum.by, sum]));

/**
 * SQL of keys and the day of the last call of each: one look into an index a key.
 *
 * @param zone the parameter that is the name of the time zone
 */
export const lastDayOfKeys = (zone: string): string => `
  select k.id, k.owner_id, k.template_name, k.workspace_id, greatest(
    (select s.day from key_sums_by_kind s where s.key_id = k.id and s.calls > 0 order by s.day desc limit 1), t.day
  ) as day
  from keys k left join (
    select key_id, max((finished_at at time zone ${zone})::date) as day from calls_beyond_sums where calls > 0 group by 1
  ) t on t.key_id = k.id`;

async function readLastDays(
  statements: Statements,
  column: (typeof COLUMNS)[ListingAsked['by']],
  ids: readonly string[],
  timeZone: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await statements.run<{ id: string; day: string | null }>(
    '',
    `select ${column} as id, to_char(max(day), 'YYYY-MM-DD') as day
     from (${lastDayOfKeys('$2::text')} where k.${column} = any ($1::text[])) as keys group by 1`,
    [ids, timeZone],
  );
  return new Map(rows.flatMap(({ id, day }) => (day === null ? [] : [[id, day]])));
}
