/**
 * Figures that only the store knows, the same for all processes. A scrape never waits for them: it shows what was read a
 * while ago, and has them read anew when that was long ago. So nobody's curiosity costs the store more than one short
 * statement in a while, by a connection of the reports'.
 */
import { toDollars } from '../../ledger/money';
import { describeFault, type Logger } from '../../log';
import type { Reports } from '../../reports';

/** Milliseconds between two questions of this process. */
const INTERVAL_MS = 15_000;
/** Milliseconds that the store may take for one. */
const LIMIT_MS = 5_000;

export const KEY_STATES = ['live', 'not_yet_valid', 'paused', 'blocked', 'replaced', 'expired'] as const;

/** Times as seconds since 1970. */
export interface StoreFigures {
  readonly keys: Readonly<Record<string, number>>;
  readonly closedAccounts: number;
  readonly reservations: number;
  readonly reservedDollars: number;
  readonly oldestReservation: number | undefined;
  readonly processes: number;
  readonly oldestHeartbeat: number | undefined;
  readonly liveness: number | undefined;
}

export interface StoreReader {
  /** Those read last, and when by the clock, in milliseconds; undefined: none yet. */
  readonly latest: { readonly figures: StoreFigures; readonly at: number } | undefined;
  /** Whether the store answered last; undefined: it was not asked yet. */
  readonly isUp: boolean | undefined;
  /** Somebody looks: has them read anew, unless that is under way or was done a moment ago. */
  look(): void;
  /** Resolves once none are being read. */
  close(): Promise<void>;
}

interface Row {
  keys: Record<string, number> | null;
  closed_accounts: string;
  reservations: string;
  reserved_nano: string;
  oldest_reservation: number | null;
  processes: string;
  oldest_heartbeat: number | null;
  liveness: number | null;
}

/** Of one moment; revoked keys, of which there is no end, are left out by an index. */
const FIGURES = `
  select
    (select jsonb_object_agg(state, number) from (
       select case
           when expires_at <= now() then 'expired'
           when blocked_at is not null then 'blocked'
           when paused_at is not null then 'paused'
           when rotated_to is not null then 'replaced'
           when valid_from > now() then 'not_yet_valid'
           else 'live'
         end as state, count(*) as number
       from keys where revoked_at is null group by 1) as by_state) as keys,
    (select count(*) from accounts where closed_at is not null) as closed_accounts,
    count(*) as reservations,
    coalesce(sum(amount_nano), 0)::text as reserved_nano,
    extract(epoch from min(made_at))::float8 as oldest_reservation,
    (select count(*) from gateway_processes where dead_at is null) as processes,
    (select extract(epoch from min(heartbeat_at))::float8 from gateway_processes where dead_at is null)
      as oldest_heartbeat,
    (select extract(epoch from finished_at)::float8 from coder_poll) as liveness
  from reservations`;

/** @param now milliseconds, of a clock that only runs forward */
export function createStoreReader(
  reports: Reports,
  logger: Logger,
  now: () => number = () => performance.now(),
): StoreReader {
  const closing = new AbortController();
  let latest: StoreReader['latest'];
  let isUp: boolean | undefined;
  let askedAt = -Infinity;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(LIMIT_MS)]);
    try {
      const [row] = await reports.read(
        'metrics',
        signal,
        (reader) => reader.run<Row & Record<string, unknown>>('metrics-figures', FIGURES, []),
        () => Promise.resolve(),
      );
      if (row === undefined) return;
      latest = { figures: figuresOf(row), at: Date.now() };
      if (isUp === false) logger.info('figures for metrics come from the store again');
      isUp = true;
    } catch (fault) {
      if (closing.signal.aborted) return;
      if (isUp !== false)
        logger.warn('figures for metrics could not be read from the store', {
          ...describeFault(fault),
          stack: undefined,
        });
      isUp = false;
    }
  }

  return {
    get latest() {
      return latest;
    },
    get isUp() {
      return isUp;
    },
    look() {
      if (asking !== undefined || closing.signal.aborted || now() - askedAt < INTERVAL_MS) return;
      askedAt = now();
      asking = ask().finally(() => (asking = undefined));
    },
    async close() {
      closing.abort(new Error('the gateway closes'));
      await asking;
    },
  };
}

const figuresOf = (row: Row): StoreFigures => ({
  keys: row.keys ?? {},
  closedAccounts: Number(row.closed_accounts),
  reservations: Number(row.reservations),
  reservedDollars: toDollars(Number(row.reserved_nano)),
  oldestReservation: row.oldest_reservation ?? undefined,
  processes: Number(row.processes),
  oldestHeartbeat: row.oldest_heartbeat ?? undefined,
  // "-infinity" and null: never.
  liveness: row.liveness !== null && Number.isFinite(row.liveness) ? row.liveness : undefined,
});
