/**
 * Sums that nest: what a day, a team or a key is made of. Postgres adds up and writes the innermost objects as JSON text,
 * so many at a time that a row stays small; what is left to do here is to put brackets around them.
 */
import type { ReportReader } from '../store/report-store';
import { Commas } from './json-pieces';
import { daysOf } from './spend-days';
import type { SpendFilter } from './spend-lines';
import { collectDay, collectSums } from './spend-sums';

/** Entries of one row; each has a few hundred bytes at most. */
const ENTRIES = 250;

/** SQL for sums over lines. */
export const SUMS = `sum(calls) as calls, sum(failed_calls) as failed, sum(output_tokens) as output,
  sum(input_tokens + cache_write_tokens + cache_read_tokens) as input, sum(cost_nano) as nano`;

/** SQL for the same of sums. */
const FIGURES = `calls, failed_calls as failed, output_tokens as output,
  input_tokens + cache_write_tokens + cache_read_tokens as input, cost_nano as nano`;

/** What lines are told apart by. Keys are looked up once they are summed. */
const COLUMNS = {
  user: 'owner_id',
  team: `coalesce(template_name, '')`,
  model: 'model',
  provider: `coalesce(provider, '')`,
  key: 'key_id',
} as const;
export type Column = keyof typeof COLUMNS;

/** SQL for the name of what was summed by a column, with its key at hand as `k_<alias>`. */
const nameOf = (column: Column, alias: string): string =>
  column === 'key' ? `coalesce(k_${alias}.hash, ${alias}::text)` : alias;
const joinOf = (column: Column, alias: string): string =>
  column === 'key' ? `left join keys k_${alias} on k_${alias}.id = ${alias}` : '';

/** What a day comes to by each of several columns. */
export interface DaySplit {
  readonly columns: readonly Column[];
  /** SQL: JSON text of sums. */
  readonly figures: string;
}

export interface DayPart {
  /** Undefined: the whole day, which comes first. */
  readonly column: Column | undefined;
  /** JSON: the day's figures, or members of an object with those of each name. */
  readonly text: string;
}

/** Days with at least one call, in the order of `isNewestFirst`; of each, its parts in the order of the columns. */
export async function* splitDays(
  reader: ReportReader,
  filter: SpendFilter,
  { columns, figures }: DaySplit,
  isNewestFirst: boolean,
): AsyncGenerator<{ readonly date: string; readonly parts: AsyncIterable<DayPart> }> {
  const days = await daysOf(reader, filter);
  // A line counts to the whole and to each of the columns.
  const counted = columns.map((column, at) => `('${at + 1}', ${COLUMNS[column]}::text)`);
  const each = `cross join lateral (values ('0', ''), ${counted.join(', ')}) as counted (kind, of)`;
  for (const day of isNewestFirst ? days.reverse() : days) {
    await reader.clear();
    await collectDay(reader, day, filter, () => ({ by: 'kind', part: 'of', name: 'null', each }));
    const parts = splitDay(reader, { columns, figures });
    const first = await parts.next();
    if (!first.done) yield { date: day.date, parts: chain(first.value, parts) };
  }
}

async function* chain<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

async function* splitDay(reader: ReportReader, { columns, figures }: DaySplit): AsyncGenerator<DayPart> {
  const keys = columns.indexOf('key') + 1;
  const text = `
    with entries as (
      select s.by as kind, nano, case when s.by = '0' then ${figures}::text
        else to_json(coalesce(k.hash, s.part))::text || ':' || ${figures} end as text
      from (select by, part, ${FIGURES} from report_sums) as s
        left join keys k on s.by = '${keys}' and k.id = case when s.by = '${keys}' then s.part::bigint end
    ), placed as (
      select kind, text, row_number() over (partition by kind order by nano desc, text) as place from entries
    )
    select kind::integer as kind, string_agg(text, ',' order by place) as text
    from placed group by kind, (place - 1) / ${ENTRIES} order by kind, (place - 1) / ${ENTRIES}`;
  for await (const rows of reader.walk<{ kind: number; text: string }>(text, []))
    for (const row of rows) yield { column: columns[row.kind - 1], text: row.text };
}

/** Sums by one column, and of each what it is made of. */
export interface Nesting {
  readonly outer: Column;
  readonly inner: readonly Column[];
  /** SQL: JSON members of the whole, of `whole_nano`, `whole_input` and `whole_output`. */
  readonly head: string;
  /** SQL: JSON text of a part, of its sums and of the names of the inner columns. */
  readonly entry: (nameOf: (column: Column) => string) => string;
}

/**
 * Text of a list's members, dearest first: an object each with `head`, and under `listName` its parts, dearest first.
 *
 * @param lines SQL
 */
async function* nest(
  reader: ReportReader,
  lines: string,
  { outer, inner, head, entry }: Nesting,
  { nameField, listName }: { readonly nameField: string; readonly listName: string },
): AsyncGenerator<string> {
  const columns = [outer, ...inner];
  const text = `
    with parts as (
      select ${columns.map((column) => `${COLUMNS[column]} as of_${column}`).join(', ')}, ${SUMS}
      from ${lines} group by ${columns.map((_, at) => at + 1).join(', ')}
    ), entries as (
      select of_${outer} as outer_id, ${entry((column) => nameOf(column, `of_${column}`))} as text,
        row_number() over (partition by of_${outer} order by nano desc, ${inner.map((each) => `of_${each}`).join(', ')}) as place,
        sum(nano) over whole as whole_nano, sum(input) over whole as whole_input, sum(output) over whole as whole_output
      from parts ${columns.map((column) => joinOf(column, `of_${column}`)).join(' ')}
      window whole as (partition by of_${outer})
    ), rows as (
      select outer_id, (place - 1) / ${ENTRIES} as part, string_agg(text, ',' order by place) as text,
        whole_nano, whole_input, whole_output
      from entries group by whole_nano, outer_id, part, whole_input, whole_output
    )
    select part = 0 as is_first, to_json(${nameOf(outer, 'outer_id')})::text as name, ${head} as head, text
    from rows ${joinOf(outer, 'outer_id')} order by whole_nano desc, outer_id, part`;
  const commas = new Commas();
  let isOpen = false;
  for await (const rows of reader.walk<{ is_first: boolean; name: string; head: string; text: string }>(
    text,
    [],
  ))
    for (const row of rows) {
      if (row.is_first)
        yield (isOpen ? ']}' : '') + commas.before(`{"${nameField}":${row.name},${row.head},"${listName}":[`);
      yield row.is_first ? row.text : `,${row.text}`;
      isOpen = true;
    }
  if (isOpen) yield ']}';
}

type Names = { readonly nameField: string; readonly listName: string };

/** Of keys and models, over all days. */
export async function* nestKeys(
  reader: ReportReader,
  filter: SpendFilter,
  nesting: Nesting,
  names: Names,
): AsyncGenerator<string> {
  await collectSums(reader, filter, () => ({ by: 'key_id::text', part: 'model', name: 'null' }));
  yield* nest(
    reader,
    '(select by::bigint as key_id, part as model, * from report_sums) as lines',
    nesting,
    names,
  );
}

/** Of each day, oldest first, the text of such a list of models and keys; days without one are left out. */
export async function* nestByDay(
  reader: ReportReader,
  filter: SpendFilter,
  nesting: Nesting & { readonly outer: 'team' | 'user' },
  names: Names,
): AsyncGenerator<{ readonly date: string; readonly members: AsyncIterable<string> }> {
  const column = nesting.outer === 'team' ? 'template_name' : 'owner_id';
  const lines = `(select by as ${column}, name as model, split_part(part, ' ', 1)::bigint as key_id, * from report_sums) as lines`;
  const sums = { by: COLUMNS[nesting.outer], part: `key_id || ' ' || model`, name: 'max(model)' };
  for (const day of await daysOf(reader, filter)) {
    await reader.clear();
    await collectDay(reader, day, filter, () => sums);
    const members = nest(reader, lines, nesting, names);
    const first = await members.next();
    if (!first.done) yield { date: day.date, members: chain(first.value, members) };
  }
}
