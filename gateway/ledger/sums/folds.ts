/**
 * Days that are over, a few pieces at a time instead of day by day: 2, 4, 8 and up to 256 of them are added up in the
 * background. What a piece is, and that it is right, is in the store; here is which pieces a look over some days takes.
 */
import type { Statements } from '../../store/database';

const DAY_MS = 86_400_000;
/** Of a day that is over everywhere, so long until it is added up. */
const LAG_MS = 12 * 3_600_000 + 5 * 60_000;
const EPOCH = Date.UTC(2000, 0, 1);
const LARGEST = 256;

const numberOf = (date: string): number => (Date.parse(`${date}T00:00:00Z`) - EPOCH) / DAY_MS;
const dateOf = (number: number): string => new Date(EPOCH + number * DAY_MS).toISOString().slice(0, 10);

export interface Piece {
  /** YYYY-MM-DD. */
  readonly first: string;
  /** A power of two. */
  readonly days: number;
}

/**
 * The fewest pieces of the days that are over: each begins at a multiple of its length.
 *
 * @param first YYYY-MM-DD, as is `last`
 * @param largest days of a piece
 */
export function piecesOf(first: string, last: string, largest = LARGEST, now = Date.now()): Piece[] {
  const end = Math.min(numberOf(last), Math.floor((now - LAG_MS - EPOCH) / DAY_MS) - 1);
  const pieces: Piece[] = [];
  for (let from = numberOf(first); from <= end;) {
    let days = 1;
    while (days < largest && from % (2 * days) === 0 && from + 2 * days - 1 <= end) days *= 2;
    pieces.push({ first: dateOf(from), days });
    from += days;
  }
  return pieces;
}

/** @param days oldest first, without a gap, one at least */
export const stretchOf = (days: readonly { readonly date: string }[]) => ({
  first: days[0]?.date ?? '',
  last: days.at(-1)?.date ?? '',
});

export interface Folded {
  /** Which marks say that a piece is right. */
  readonly part: 'sums' | 'keys_by_kind';
  /** SQL of the table of pieces, named `s`, with their `days` and `first_day`. */
  readonly from: string;
}

export interface FoldedLines {
  /** Of `with`, before those lines: the parts `pieces` and `loose`, with a comma. */
  readonly before: string;
  /** Selects from both, of the columns asked for. */
  readonly lines: string;
}

export interface FoldsAsked {
  /** The first and the last day, YYYY-MM-DD. */
  readonly first: string;
  readonly last: string;
  /** Where they begin, as parameters. @default days are told by their dates alone */
  readonly starts?: { readonly from: string; readonly until: string } | undefined;
  /** @default days one by one */
  readonly folded?: Folded | undefined;
  /** Days of a piece, at least and at most. @default two, and all there are */
  readonly sizes?: readonly [number, number] | undefined;
  /** Table of single days, with `day` and `starts_at`. */
  readonly table: string;
  /** SQL of what is selected from pieces and from single days. */
  readonly columns: string;
  readonly ofDays?: string;
  /** SQL that holds of both, beginning with " and". */
  readonly conditions?: string;
}

const SIZES = [2, LARGEST] as const;
/** A day of another time zone may begin that many days from one of the same date. */
const MOST_APART = 2;

/** SQL that reads some days of the sums. @param add makes a parameter of a value */
export function foldedLines(asked: FoldsAsked, add: (value: unknown, type: string) => string): FoldedLines {
  const {
    first,
    last,
    starts,
    folded,
    sizes: [least, most] = SIZES,
    table,
    columns,
    ofDays = columns,
    conditions = '',
  } = asked;
  const apart = starts === undefined ? 0 : MOST_APART;
  const begin = add(first, 'date');
  const end = add(last, 'date');
  const isOfSpan =
    starts === undefined ? '' : ` and s.starts_at >= ${starts.from} and s.starts_at < ${starts.until}`;
  // Each day and piece by itself, by the index.
  const single = `select each.* from loose cross join lateral (
         select ${ofDays} from ${table} s where s.day = loose.day${isOfSpan}${conditions} offset 0
       ) each`;
  const everyDay = `select ${begin} + n as day from generate_series(-${apart}, ${end} - ${begin} + ${apart}) n`;
  if (folded === undefined) return { before: `loose as materialized (${everyDay}), `, lines: single };
  const pieces = piecesOf(first, last, most).filter((piece) => piece.days >= least);
  const firsts = add(
    pieces.map((piece) => piece.first),
    'date[]',
  );
  const lengths = add(
    pieces.map((piece) => piece.days),
    'integer[]',
  );
  const isWithin =
    starts === undefined
      ? ''
      : ` where coalesce(f.first_start >= ${starts.from} and f.last_start < ${starts.until}, true)`;
  return {
    before: `pieces as materialized (
       select f.days, f.first_day from unnest(${firsts}, ${lengths}) p (first_day, days)
         join folded_days f on f.part = '${folded.part}' and f.days = p.days and f.first_day = p.first_day${isWithin}
     ), loose as materialized (
       select d.day from (${everyDay}) d
       where not exists (select from pieces p where d.day >= p.first_day and d.day < p.first_day + p.days)
     ), `,
    lines: `select each.* from pieces cross join lateral (
         select ${columns} from ${folded.from}
         where s.days = pieces.days and s.first_day = pieces.first_day${conditions} offset 0
       ) each
       union all
       ${single}`,
  };
}

/** Makes one piece that is missing. @returns whether there may be more */
export async function foldDays(statements: Statements): Promise<boolean> {
  const [row] = await statements.run<{ more: boolean | null }>('', 'select fold_days() as more', []);
  return row?.more ?? false;
}
