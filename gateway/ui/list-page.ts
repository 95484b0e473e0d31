/** A page that is a list, and the CSV of the same list: both are made of one definition. */
import { goneOf } from '../http/gone';
import type { ReportReader } from '../store/report-store';
import { areSumsWhole } from '../ledger/sums/read-sums';
import { sendCsv } from './answer';
import { figureTable, type Column } from './column';
import { csvOfView } from './csv';
import { findAction, knownWords, pageOf, pagingOf } from './filter';
import { withQuery } from './local-path';
import type { Download, Page, View } from './page';
import { spanAsked, spanChoices, spanLabel, type Span } from './span';

export interface ListAsked {
  readonly words: URLSearchParams;
  readonly sort: string;
  readonly isDescending: boolean;
  readonly page: number;
  readonly size: number;
  readonly span: Span;
}

export interface ListPage<Row> {
  readonly path: string;
  readonly title: string;
  readonly template: string;
  /** Of the address, beside days, sort and order. */
  readonly filters: readonly string[];
  /** What a pasted key becomes. */
  readonly byHash: string;
  readonly columns: readonly Column<Row>[];
  readonly sorts: readonly string[];
  readonly read: (
    view: View,
    reader: ReportReader,
    asked: ListAsked,
  ) => Promise<{ readonly rows: readonly Row[]; readonly total: number }>;
  /** What the template shows besides. @default nothing */
  readonly more?: (
    view: View,
    reader: ReportReader,
    asked: ListAsked,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

const SIZE = 50;
const MOST_ROWS = 10_000;

export function listPage<Row>(list: ListPage<Row>): { readonly page: Page; readonly csv: Download } {
  const { path, title, template, filters, byHash, columns, sorts } = list;
  const words = [...filters, 'days', 'sort', 'order'];
  const asked = ({ services, query }: View, size: number): ListAsked => {
    const known = knownWords(query, words, byHash);
    const sort = known.get('sort') ?? '';
    return {
      words: known,
      sort: sorts.includes(sort) ? sort : 'name',
      isDescending: known.get('order') === 'desc',
      page: pageOf(query),
      size,
      span: spanAsked(services, known),
    };
  };
  const inTurn = <T>({ services, session, exchange }: View, work: (reader: ReportReader) => Promise<T>) =>
    services.reports.readPage(session.name, goneOf(exchange), work);

  return {
    page: {
      path,
      nav: title,
      title,
      template,
      actions: { find: findAction(path, words, byHash) },
      load: (view) =>
        inTurn(view, async (reader) => {
          const ask = asked(view, SIZE);
          const { rows, total } = await list.read(view, reader, ask);
          const { words: known, sort, isDescending, page, span } = ask;
          return {
            table:
              rows.length === 0
                ? undefined
                : figureTable(columns, rows, {
                    label: title,
                    order: { path, words: known, by: sort, isDescending },
                  }),
            paging: pagingOf(path, known, total, page, SIZE),
            filter: Object.fromEntries(known),
            isFiltered: filters.some((name) => known.has(name)),
            isBeyond: total === 0 && page > 1,
            spans: spanChoices(span.span),
            over: spanLabel(span.span),
            timeZone: span.timeZone,
            isWhole: await areSumsWhole(reader),
            csv: withQuery(`${path}.csv`, known),
            ...(await list.more?.(view, reader, ask)),
          };
        }),
    },
    csv: {
      path: `${path}.csv`,
      async send(view) {
        const { rows, total } = await inTurn(view, (reader) =>
          list.read(view, reader, { ...asked(view, MOST_ROWS), page: 1 }),
        );
        const text = await csvOfView(columns, rows, total - rows.length);
        sendCsv(view.exchange, `${path.slice('/ui/'.length)}.csv`, text);
      },
    },
  };
}
