/** What the page and the table of spend show: the words of their address, and the figures those ask for. */
import { dayAt, daysBetween, type CalendarDay } from '../ledger/calendar-day';
import { toDollars } from '../ledger/money';
import { readSums, type Sum, type SumsBy } from '../ledger/sums/read-sums';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { knownWords } from './filter';

export const SPEND_WORDS = ['by', 'days', 'person', 'team', 'model'];

/** By what, as the page calls it; the first is what it shows unasked. */
export const WAYS = {
  person: 'Person',
  team: 'Team',
  model: 'Model',
  workspace: 'Workspace',
  key: 'Key',
  provider: 'Provider',
  client: 'Client',
  error: 'Error',
  day: 'Day',
} as const satisfies Partial<Record<SumsBy, string>>;
export type Way = keyof typeof WAYS;

export const SPANS = [1, 7, 30, 90, 365];
const USUAL_SPAN = 30;

export interface SpendAsked {
  readonly way: Way;
  readonly span: number;
  readonly timeZone: string;
  readonly days: readonly CalendarDay[];
  readonly filter: { readonly person?: string; readonly team?: string; readonly model?: string };
  readonly words: URLSearchParams;
}

/** What the address does not say, or says of things that are not there, is as usual. */
export function spendAsked({ documents, now }: Services, query: URLSearchParams): SpendAsked {
  const words = knownWords(query, SPEND_WORDS, 'person');
  const by = words.get('by') ?? '';
  const way = Object.hasOwn(WAYS, by) ? (by as Way) : 'person';
  const asked = Number(words.get('days'));
  const span = SPANS.includes(asked) ? asked : USUAL_SPAN;
  const timeZone = documents.current.document.time_zone;
  const today = now();
  const filter: Record<string, string> = {};
  for (const name of ['person', 'team', 'model']) {
    const word = words.get(name);
    if (word !== null) filter[name] = word;
  }
  return {
    way,
    span,
    timeZone,
    days: daysBetween(dayAt(today, timeZone, span - 1).start, today, timeZone),
    filter,
    words,
  };
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

const inputOf = ({ inputTokens, cacheWriteTokens, cacheReadTokens }: Sum): number =>
  inputTokens + cacheWriteTokens + cacheReadTokens;

const rowOf = (sum: Sum, name: string): SpendRow => ({
  id: sum.by,
  name,
  calls: sum.calls,
  failedCalls: sum.failedCalls,
  inputTokens: inputOf(sum),
  outputTokens: sum.outputTokens,
  cached: inputOf(sum) === 0 ? undefined : sum.cacheReadTokens / inputOf(sum),
  spend: toDollars(sum.cost),
});

/** Dearest first; days newest first. @param most rows that are wanted with their names */
export async function readSpend(
  statements: Statements,
  { way, days, filter }: SpendAsked,
  most: number,
): Promise<{ readonly rows: readonly SpendRow[]; readonly rowCount: number }> {
  const sums = await readSums(statements, { by: way, days, ...filter });
  const order = (one: Sum, other: Sum): number =>
    way === 'day' ? (one.by < other.by ? 1 : -1) : other.cost - one.cost || (one.by < other.by ? -1 : 1);
  const shown = sums.sort(order).slice(0, most);
  const names = await namesOf(
    statements,
    way,
    shown.map(({ by }) => by),
  );
  return { rows: shown.map((sum) => rowOf(sum, names.get(sum.by) ?? sum.by)), rowCount: sums.length };
}

/** SQL by which an id gets the name that people know: ids in $1. */
const NAMES: Partial<Record<Way, string>> = {
  person: `select distinct on (owner_id) owner_id as id, owner_name as name from keys where owner_id = any ($1)
    order by owner_id, id desc`,
  workspace: `select distinct on (workspace_id) workspace_id as id, workspace_name as name from keys
    where workspace_id = any ($1) order by workspace_id, id desc`,
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
