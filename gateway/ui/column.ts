/** What a table of figures shows, column by column: the page and its CSV are made of the same ones. */
import { withQuery } from './local-path';

/** `share` is a part of one, `ms` milliseconds, `usd` dollars, `day` YYYY-MM-DD; `meter` a share that is drawn as well. */
export type Kind = 'text' | 'usd' | 'price' | 'count' | 'share' | 'meter' | 'change' | 'ms' | 'day';

export interface Column<Row> {
  /** In the CSV. */
  readonly name: string;
  /** On the page. @default it is in the CSV alone */
  readonly label?: string;
  readonly kind: Kind;
  /** Undefined, or null, where there is none. */
  readonly of: (row: Row) => string | number | null | undefined;
  /** Where the rows under the figure are. */
  readonly href?: (row: Row) => string | undefined;
  /** The word by which the list is ordered by it. @default it cannot be */
  readonly sort?: string;
}

export interface Order {
  readonly path: string;
  readonly words: URLSearchParams;
  readonly by: string;
  readonly isDescending: boolean;
}

const isNumber = (kind: Kind): boolean => kind !== 'text' && kind !== 'day';

/** For the template `table`. */
export function figureTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { label, order }: { readonly label: string; readonly order?: Order },
) {
  const shown = columns.filter((column) => column.label !== undefined);
  return {
    label,
    heads: shown.map(({ label: head, kind, sort }) => ({
      label: head,
      isNumber: isNumber(kind),
      ...(order === undefined || sort === undefined ? {} : headOf(order, sort, isNumber(kind))),
    })),
    rows: rows.map((row) =>
      shown.map(({ kind, of, href }, at) => ({
        value: of(row),
        kind,
        isNumber: isNumber(kind),
        isHead: at === 0,
        isMeter: kind === 'meter',
        percent: kind === 'meter' ? Math.round(100 * Math.min(1, Number(of(row) ?? 0))) : undefined,
        href: href?.(row),
      })),
    ),
  };
}

function headOf({ path, words, by, isDescending }: Order, sort: string, isFigure: boolean) {
  const isSorted = by === sort;
  const next = isSorted ? !isDescending : isFigure;
  return {
    href: withQuery(path, words, { sort, order: next ? 'desc' : 'asc' }),
    sorted: isSorted ? (isDescending ? 'descending' : 'ascending') : undefined,
  };
}
