/** What the page and the table of spend show: the words of their address, and the figures those ask for. */
import type { CalendarDay } from '../ledger/calendar-day';
import { toDollars } from '../ledger/money';
import { readSums, type Sum, type SumsBy, type SumsFilter } from '../ledger/sums/read-sums';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { knownWords } from './filter';
import { spanAsked } from './span';

/** What the spend is of, as words of an address. */
export const SPEND_FILTERS = [
  'person',
  'team',
  'model',
  'workspace',
  'provider',
  'deployment',
  'error',
] as const satisfies readonly (keyof SumsFilter)[];
export const SPEND_WORDS = ['by', 'days', ...SPEND_FILTERS];
export type SpendFilter = Partial<Record<(typeof SPEND_FILTERS)[number], string>>;

/** By what, as the page calls it; the first is what it shows unasked. */
export const WAYS = {
  person: 'Person',
  team: 'Team',
  model: 'Model',
  workspace: 'Workspace',
  key: 'Key',
  provider: 'Provider',
  deployment: 'Deployment',
  client: 'Client',
  error: 'Error',
  day: 'Day',
} as const satisfies Partial<Record<SumsBy, string>>;
export type Way = keyof typeof WAYS;

export interface SpendAsked {
  readonly way: Way;
  readonly span: number;
  readonly timeZone: string;
  readonly days: readonly CalendarDay[];
  readonly filter: SpendFilter;
  readonly words: URLSearchParams;
}

/** What the address does not say, or says of things that are not there, is as usual. */
export function spendAsked(services: Services, query: URLSearchParams): SpendAsked {
  const words = knownWords(query, SPEND_WORDS, 'person');
  const by = words.get('by') ?? '';
  const way = Object.hasOwn(WAYS, by) ? (by as Way) : 'person';
  const filter: SpendFilter = {};
  for (const name of SPEND_FILTERS) {
    const word = words.get(name);
    if (word !== null) filter[name] = word;
  }
  return { way, ...spanAsked(services, words), filter, words };
}

export interface SpendRow {
  readonly id: string;
  /** For people; the id where there is none. */
  readonly name: string;
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of what was read, 0 to 1: how much came out of a cache. */
  readonly cached: number | undefined;
  /** Dollars. */
  readonly spend: number;
}

export const inputOf = ({ inputTokens, cacheWriteTokens, cacheReadTokens }: Sum): number =>
  inputTokens + cacheWriteTokens + cacheReadTokens;

export const rowOf = (sum: Sum, name: string): SpendRow => ({
  id: sum.by,
  name,
  calls: sum.calls,
  failedCalls: sum.failedCalls,
  inputTokens: inputOf(sum),
  outputTokens: sum.outputTokens,
  cached: inputOf(sum) === 0 ? undefined : sum.cacheReadTokens / inputOf(sum),
  spend: toDollars(sum.cost),
});

/** Dearest first; days newest first; people by name where that is asked. @param most rows that are wanted with their names */
export async function readSpend(
  statements: Statements,
  { way, days, filter }: Pick<SpendAsked, 'way' | 'days' | 'filter'>,
  most: number,
  isByName = false,
): Promise<{ readonly rows: readonly SpendRow[]; readonly rowCount: number }> {
  const sums = await readSums(statements, { by: way, days, ...filter });
  const order = (one: Sum, other: Sum): number =>
    way === 'day' ? (one.by < other.by ? 1 : -1) : other.cost - one.cost || (one.by < other.by ? -1 : 1);
  sums.sort(order);
  if (isByName) {
    const all = await namesOf(
      statements,
      way,
      sums.map(({ by }) => by),
    );
    const named = sums.map((sum) => rowOf(sum, all.get(sum.by) ?? sum.by)).sort(byName);
    return { rows: named.slice(0, most), rowCount: sums.length };
  }
  const shown = sums.slice(0, most);
  const names = await namesOf(
    statements,
    way,
    shown.map(({ by }) => by),
  );
  return { rows: shown.map((sum) => rowOf(sum, names.get(sum.by) ?? sum.by)), rowCount: sums.length };
}

const byName = (one: SpendRow, other: SpendRow): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : one.id < other.id ? -1 : 1;

/** SQL by which an id gets the name that people know: ids in $1. */
const NAMES: Partial<Record<Way, string>> = {
  person: `select distinct on (owner_id) owner_id as id, owner_name as name from keys where owner_id = any ($1)
    order by owner_id, keys.id desc`,
  workspace: `select distinct on (workspace_id) workspace_id as id, workspace_name as name from keys
    where workspace_id = any ($1) order by workspace_id, keys.id desc`,
  key: `select id::text, coalesce(alias, owner_name || ' …' || last_four) as name from keys where id = any ($1::bigint[])`,
};

async function namesOf(
  statements: Statements,
  way: Way,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const text = NAMES[way];
  if (text === undefined || ids.length === 0) return new Map();
  const rows = await statements.run<{ id: string; name: string | null }>('', text, [ids]);
  return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])));
}
