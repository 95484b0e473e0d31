/**
 * What the holder of a key may see of it, of its owner and of its calls: `GET /api/v1/keys/me`, and what the page is made
 * of. Figures of the owner's other keys are in the owner's sums only; no call of theirs is told.
 */
import { describeCoder } from '../../coder/standing';
import { describeStanding } from '../../keys/key-info';
import type { Entitlement } from '../../keys/entitlement';
import type { KeyRecord } from '../../keys/key-record';
import type { AccountTerms } from '../../ledger/account-terms';
import { dayAt, type CalendarDay } from '../../ledger/calendar-day';
import { toDollars } from '../../ledger/money';
import { areSumsWhole, readSums, type Sum } from '../../ledger/sums/read-sums';
import { servingOf } from '../../providers/serving';
import type { Services } from '../../services';
import type { Statements } from '../../store/database';
import { readRecentCalls, RECENT_CALLS, type RecentCalls } from './recent-calls';

/** Days of the policy's time zone, today included; as many as `ai-usage` shows. */
export const FIGURE_DAYS = 30;
/** A workspace may have had so many keys, one after the other. */
const MOST_KEYS = 10_000;

/** Sums over calls. Dollars as a number. */
export interface Figures {
  readonly calls: number;
  readonly failed_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly spend: number;
}

/** Of some keys. */
export interface FigureSplit {
  readonly today: Figures;
  readonly total: Figures;
  /** Newest first, days without a call too. */
  readonly by_day: readonly (Figures & { readonly date: string })[];
  /** Dearest first. */
  readonly by_model: readonly (Figures & { readonly model: string })[];
  /** Of the tokens that were sent, how many a cache gave, 0 to 1; null without any. */
  readonly cached: number | null;
}

export interface OwnFigures extends RecentCalls {
  /** What is said with the key goes to Langfuse. */
  readonly content_logging?: true;
  readonly as_of: string;
  /** IANA name of the time zone whose days they are. */
  readonly time_zone: string;
  readonly days: number;
  readonly alias: string | null;
  /** Null: none, so the policy's default holds. */
  readonly chosen_level: string | null;
  /** Whether somebody answers for each model that the key may use. */
  readonly served: readonly { readonly model: string; readonly available: boolean }[];
  /** Of the account the key spends from. */
  readonly own: FigureSplit;
  /** Of all keys of the same owner. */
  readonly person: FigureSplit;
  /** How much of the person's spend is the own account's, 0 to 1; null without any. */
  readonly share: number | null;
  /** False while sums of old days are being made: they are lower than they will be. */
  readonly complete: boolean;
  /** Calls that sessions, last calls and errors are told of: the newest ones. */
  readonly recent_calls: number;
  readonly coder: Record<string, unknown> | null;
}

/** @param signal aborted when nobody waits for the answer any more */
export async function readOwnFigures(
  services: Services,
  key: KeyRecord,
  entitlement: Entitlement,
  terms: readonly AccountTerms[],
  signal: AbortSignal,
): Promise<OwnFigures & Record<string, unknown>> {
  const { database, documents, now, reports } = services;
  const at = now();
  const timeZone = documents.current.document.time_zone;
  const days = Array.from({ length: FIGURE_DAYS }, (_, before) =>
    dayAt(at, timeZone, FIGURE_DAYS - 1 - before),
  );
  const [standing, read] = await Promise.all([
    describeStanding(database, key, entitlement, terms),
    reports.readOwn(key.id, signal, async (reader) => {
      const keys = await keysOfAccount(reader, key);
      return {
        person: await readSums(reader, { by: 'day', within: 'model', days, person: key.ownerId }),
        own: await readSums(reader, { by: 'day', within: 'model', days, keys }),
        recent: await readRecentCalls(reader, key),
        complete: await areSumsWhole(reader),
      };
    }),
  ]);
  const own = split(read.own, days);
  const person = split(read.person, days);
  return {
    ...standing,
    // Only where it is on, as with the header of an answer.
    ...(services.contentLogging.isOnFor(key) ? { content_logging: true } : {}),
    as_of: at.toISOString(),
    time_zone: timeZone,
    days: FIGURE_DAYS,
    alias: key.alias,
    chosen_level: key.level,
    served: servedOf(services, entitlement),
    own,
    person,
    share: person.total.spend === 0 ? null : own.total.spend / person.total.spend,
    complete: read.complete,
    recent_calls: RECENT_CALLS,
    ...read.recent,
    coder: describeCoder(services.coderStanding),
  };
}

async function keysOfAccount(statements: Statements, { accountId, ownerId }: KeyRecord): Promise<string[]> {
  const rows = await statements.run<{ id: string }>(
    'own-page-keys',
    'select id::text from keys where account_id = $1 and owner_id = $2 order by id desc limit $3',
    [accountId, ownerId, MOST_KEYS],
  );
  return rows.map(({ id }) => id);
}

function servedOf({ documents, providers, now }: Services, { models }: Entitlement): OwnFigures['served'] {
  return models.map((asked) => {
    const { model, candidates } = servingOf(asked, documents.current, providers, now());
    return { model: asked.name, available: candidates.length > 0 && models.includes(model) };
  });
}

function split(sums: readonly Sum[], days: readonly CalendarDay[]): FigureSplit {
  const byDay = groups(sums, ({ by }) => by);
  const by_day = days.map(({ date }) => ({ date, ...figures(byDay.get(date) ?? []) })).reverse();
  const by_model = [...groups(sums, ({ within }) => within)]
    .map(([model, group]) => ({ model, ...figures(group) }))
    .sort((one, other) => other.spend - one.spend || (one.model < other.model ? -1 : 1));
  const total = figures(sums);
  const sent = total.input_tokens + total.cache_write_tokens + total.cache_read_tokens;
  const today = figures(byDay.get(days[days.length - 1]?.date ?? '') ?? []);
  return { today, total, by_day, by_model, cached: sent === 0 ? null : total.cache_read_tokens / sent };
}

function groups(sums: readonly Sum[], nameOf: (sum: Sum) => string): Map<string, Sum[]> {
  const found = new Map<string, Sum[]>();
  for (const sum of sums) {
    const group = found.get(nameOf(sum));
    if (group) group.push(sum);
    else found.set(nameOf(sum), [sum]);
  }
  return found;
}

function figures(sums: readonly Sum[]): Figures {
  const sum = (of: (each: Sum) => number): number => sums.reduce((total, each) => total + of(each), 0);
  return {
    calls: sum(({ calls }) => calls),
    failed_calls: sum(({ failedCalls }) => failedCalls),
    input_tokens: sum(({ inputTokens }) => inputTokens),
    output_tokens: sum(({ outputTokens }) => outputTokens),
    cache_write_tokens: sum(({ cacheWriteTokens }) => cacheWriteTokens),
    cache_read_tokens: sum(({ cacheReadTokens }) => cacheReadTokens),
    // Nano-dollars are whole, so their sum is exact; dollars are not.
    spend: toDollars(sum(({ cost }) => cost)),
  };
}
