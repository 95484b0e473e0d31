/** Keys: those there are, found by what people know about them. */
import { list } from '../../admin/key-endpoints';
import type { KeySort } from '../../keys/key-search';
import { ask } from '../ask';
import { findAction, knownWords, pageOf, pagingOf } from '../filter';
import { withQuery } from '../local-path';
import type { Page } from '../page';

const PATH = '/ui/keys';
const SIZE = 50;
const FILTERS = ['search', 'user_id', 'team_id', 'scope', 'status', 'idle_days', 'key_hash'] as const;
const ORDER = ['sort_by', 'sort_order'] as const;

interface KeyRow {
  readonly token: string;
  readonly key_alias: string | null;
  readonly key_name: string;
  readonly status: string;
  readonly spend: number;
  readonly max_budget: number | null;
}

/** Columns by which the list can be ordered, as they are headed. */
const COLUMNS: readonly { readonly sort?: KeySort; readonly label: string }[] = [
  { sort: 'key_alias', label: 'Key' },
  { label: 'Owner' },
  { label: 'For' },
  { label: 'State' },
  { sort: 'spend', label: 'Spent' },
  { sort: 'max_budget', label: 'Budget' },
  { sort: 'created_at', label: 'Created' },
  { label: 'Ends' },
];

export const keys: Page = {
  path: PATH,
  nav: 'Keys',
  title: 'Keys',
  template: 'keys',
  actions: { find: findAction(PATH, [...FILTERS, ...ORDER], 'key_hash') },
  async load(view) {
    const words = knownWords(view.query, [...FILTERS, ...ORDER], 'key_hash');
    const page = pageOf(view.query);
    const asked = [...words, ['return_full_object', 'true'], ['size', `${SIZE}`], ['page', `${page}`]];
    const found = await ask<{ keys: readonly KeyRow[]; total_count: number }>(
      view,
      list,
      new URLSearchParams(asked),
    );
    const sort = words.get('sort_by') ?? 'created_at';
    const isDescending = words.get('sort_order') !== 'asc';
    return {
      rows: found.keys.map((row) => ({ ...row, name: row.key_alias ?? row.key_name, share: shareOf(row) })),
      paging: pagingOf(PATH, words, found.total_count, page, SIZE),
      filter: Object.fromEntries(words),
      isFiltered: FILTERS.some((name) => words.has(name)),
      scopes: Object.keys(view.services.documents.current.document.scopes),
      statuses: [
        { value: '', label: 'Not revoked' },
        { value: 'blocked', label: 'Blocked' },
        { value: 'paused', label: 'Paused' },
        { value: 'suspended', label: 'Suspended' },
        { value: 'ending', label: 'Ending soon' },
        { value: 'deleted', label: 'Revoked' },
        { value: 'all', label: 'All' },
      ].map((each) => ({ ...each, isChosen: each.value === (words.get('status') ?? '') })),
      columns: COLUMNS.map(({ sort: by, label }) => {
        const isSorted = by !== undefined && by === sort;
        const order = isSorted && isDescending ? 'asc' : 'desc';
        return {
          label,
          isNumber: label === 'Spent' || label === 'Budget',
          href: by === undefined ? undefined : withQuery(PATH, words, { sort_by: by, sort_order: order }),
          sorted: isSorted ? (isDescending ? 'descending' : 'ascending') : undefined,
        };
      }),
    };
  },
};

/** How full a budget is, out of a hundred; undefined where there is none. */
function shareOf({ spend, max_budget: budget }: KeyRow): number | undefined {
  if (budget === null) return undefined;
  return budget === 0 ? 100 : Math.min(100, Math.round((spend / budget) * 100));
}
