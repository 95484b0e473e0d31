/**
 * Makes the sums that follow calls again from the calls, a day and then an hour at a time, in small steps beside them.
 *
 * While a day is made nobody follows calls, so what the sums are to hold stays what it is: pages add the rest from the
 * rows, and every figure is exact at each moment. What is made so far is this connection's alone, and so is the lock:
 * whoever is killed leaves the sums as they were, or in parts mended. Days whose calls have become daily sums stay as they
 * are: those do not say kinds of errors or durations any more.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { GatewayError } from '../../errors';
import { translateFault } from '../../store/database';
import { openPool, type StoreConnection } from '../../store/pool';
import { dayOfText } from '../calendar-day';
import { KNOWN_CLIENTS } from '../known-clients';
import { DURATION_BOUNDS } from './duration-bounds';
import {
  ADD_PIECE,
  CLEAR,
  DAYS,
  NEWEST_SUMMED,
  NEXT_HOUR,
  NEXT_PIECE,
  PUT_DAY,
  PUT_HOUR,
  PUT_KEYS,
  STAGE,
  STAGED_KEYS,
  STRETCHES,
} from './rebuild-statements';

export interface Rebuilt {
  /** That were made again. */
  readonly days: number;
  readonly hours: number;
  /** Days that stayed as they are: their calls are gone. */
  readonly keptDays: number;
  /** Rows of sums that were not as they had to be. */
  readonly changed: number;
}

export interface RebuildProgress {
  readonly checking: string;
  /** Pieces done so far, and about how many there are. */
  readonly pieces: number;
  readonly of: number;
}

export interface RebuildOptions {
  /** Aborted: ends between two steps. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RebuildProgress) => void;
}

/** Makes all of them again. @throws GatewayError `too_many_reports` while another process is at it */
export type Rebuild = (options: RebuildOptions) => Promise<Rebuilt>;

/** Calls a step, and parts of keys: some hundredths of a second of the store's time. */
const MOST_AT_ONCE = 2_000;
const PAUSE_MS = 20;
/** Milliseconds. */
const STATEMENT_LIMIT_MS = 60_000;
const CONNECT_LIMIT_MS = 3_000;
/** As in `follow_calls`. */
const FOLLOW_LOCK = 4_710_815_003;
const REBUILD_LOCK = 4_710_815_034;
/** No day of any time zone is longer. */
const LONGEST_DAY_MS = 25 * 3_600_000;
const HOUR_MS = 3_600_000;
const EARLIEST = '-infinity';
/** No key has a higher number. */
const LAST_KEY = '9223372036854775807';

const SET_UP = `
set statement_timeout = ${STATEMENT_LIMIT_MS};
set max_parallel_workers_per_gather = 0;
set work_mem = '16MB';
set jit = off;
${STAGE}`;

/** @param follow lets the sums catch up between two days */
export function rebuildSums(
  connection: StoreConnection,
  timeZoneNow: () => string,
  follow: () => Promise<unknown>,
): Rebuild {
  return async (options) => {
    const pool = openPool(connection, {
      max: 1,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      application_name: 'ai-gateway-rebuild',
      keepAlive: true,
    });
    // A connection that breaks is told of by the statement that meets it.
    pool.on('error', () => {});
    try {
      // Daily sums that an upgrade has not added yet come first.
      await follow();
      return await withClient(pool, (client) => new Rebuilding(client, timeZoneNow, follow, options).run());
    } catch (fault) {
      throw translateFault(fault);
    } finally {
      await pool.end();
    }
  };
}

/** The connection ends with the work, and with it all that it holds. */
async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  client.on('error', () => {});
  try {
    return await work(client);
  } finally {
    client.release(true);
  }
}

interface Day {
  readonly day: string;
  readonly starts_at: string;
  readonly is_whole: boolean;
}

class Rebuilding {
  #pieces = 0;
  #of = 0;
  #changed = 0;

  constructor(
    readonly client: PoolClient,
    readonly timeZoneNow: () => string,
    readonly follow: () => Promise<unknown>,
    readonly options: RebuildOptions,
  ) {}

  async run(): Promise<Rebuilt> {
    const [mine] = await this.#ask<{ is: boolean }>(`select pg_try_advisory_lock(${REBUILD_LOCK}) as is`);
    if (mine?.is !== true)
      throw new GatewayError('too_many_reports', {
        message: 'The sums are being made again already, which is enough at once. Ask again when it is done.',
      });
    await this.#ask(SET_UP);
    this.#of = await this.#countPieces();
    const days = await this.#ask<Day & QueryResultRow>(DAYS, [(await this.#keptUntil()) ?? EARLIEST]);
    let made = 0;
    for (const day of days) {
      if (!day.is_whole) continue;
      if (await this.#whileNobodyFollows(() => this.#day(day))) made += 1;
      // What has ended since is added before the next one.
      await this.follow();
    }
    const hours = await this.#hours();
    return { days: made, hours, keptDays: days.length - made, changed: this.#changed };
  }

  async #ask<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    this.options.signal.throwIfAborted();
    return (await this.client.query<Row>(text, values.length === 0 ? undefined : [...values])).rows;
  }

  async #next(checking: string): Promise<void> {
    this.#pieces += 1;
    this.options.onProgress?.({ checking, pieces: this.#pieces, of: Math.max(this.#of, this.#pieces) });
    await delay(PAUSE_MS, undefined, { ref: false });
  }

  /** By what the store knows of the size of its tables: near enough to say how far it is. */
  async #countPieces(): Promise<number> {
    const [row] = await this.#ask<{ calls: number }>(
      "select greatest(0, reltuples)::float8 as calls from pg_class where oid = 'calls'::regclass",
    );
    return 1 + Math.ceil((row?.calls ?? 0) / MOST_AT_ONCE);
  }

  /** The end of the newest day whose calls are gone. */
  async #keptUntil(): Promise<Date | undefined> {
    const [newest] = await this.#ask<{ day: string; starts_ms: number }>(NEWEST_SUMMED);
    if (newest === undefined || !Number.isFinite(newest.starts_ms)) return undefined;
    const day = dayOfText(newest.day, this.timeZoneNow());
    // One of another time zone may have ended later.
    return day?.start.getTime() === newest.starts_ms ? day.end : new Date(newest.starts_ms + LONGEST_DAY_MS);
  }

  async #whileNobodyFollows<T>(work: () => Promise<T>): Promise<T> {
    // Not waited for in Postgres: who waits there holds a moment.
    for (;;) {
      const [row] = await this.#ask<{ is: boolean }>(`select pg_try_advisory_lock(${FOLLOW_LOCK}) as is`);
      if (row?.is === true) break;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
    const result = await work();
    await this.#ask(`select pg_advisory_unlock(${FOLLOW_LOCK})`);
    return result;
  }

  /** Whether it was made: its calls may have become daily sums meanwhile. */
  async #day({ day, starts_at: start }: Day): Promise<boolean> {
    await this.#ask(CLEAR);
    for (const { since, through } of await this.#ask<{ since: string; through: string }>(STRETCHES, [
      day,
      start,
    ]))
      for (let after = since, isFull = true; isFull;) {
        const [piece] = await this.#ask<{ until: string | null; many: number }>(NEXT_PIECE, [
          after,
          through,
          MOST_AT_ONCE,
        ]);
        isFull = piece?.many === MOST_AT_ONCE;
        // The rest of the stretch may have some that were replaced.
        const until = isFull ? (piece?.until ?? through) : through;
        await this.#ask(ADD_PIECE, [after, until, KNOWN_CLIENTS, DURATION_BOUNDS]);
        after = until;
        await this.#next(`day ${day}`);
      }
    const kept = await this.#keptUntil();
    const [row] = await this.#ask<{ is: boolean }>('select $1::timestamptz >= $2::timestamptz as is', [
      start,
      kept ?? EARLIEST,
    ]);
    if (row?.is !== true) return false;
    await this.#put(PUT_DAY, [day, start]);
    for (const [from, to] of await this.#ranges()) await this.#put(PUT_KEYS, [day, start, from, to]);
    return true;
  }

  /** Keys with some parts each, all keys there may be. */
  async #ranges(): Promise<readonly (readonly [string, string])[]> {
    const ends: string[] = [];
    let parts = 0;
    for (const { key_id, parts: own } of await this.#ask<{ key_id: string; parts: number }>(STAGED_KEYS)) {
      parts += own;
      if (parts < MOST_AT_ONCE) continue;
      ends.push(key_id);
      parts = 0;
    }
    return [...ends, LAST_KEY].map((end, at) => [ends[at - 1] ?? '0', end] as const);
  }

  async #put(text: string, values: readonly unknown[]): Promise<void> {
    const [row] = await this.#ask<{ changed: string }>(text, values);
    this.#changed += Number(row?.changed ?? 0);
  }

  async #hours(): Promise<number> {
    let made = 0;
    for (let from = wholeHour(await this.#keptUntil()); ;) {
      const [next] = await this.#ask<{ hour: Date | null }>(NEXT_HOUR, [from ?? EARLIEST]);
      const hour = next?.hour;
      if (hour == null) return made;
      const isMade = await this.#whileNobodyFollows(async () => {
        const kept = wholeHour(await this.#keptUntil());
        if (kept !== undefined && hour < kept) return false;
        await this.#put(PUT_HOUR, [hour, KNOWN_CLIENTS, DURATION_BOUNDS]);
        return true;
      });
      if (isMade) made += 1;
      from = new Date(hour.getTime() + HOUR_MS);
      await this.#next(`hour ${hour.toISOString().slice(0, 13)}`);
    }
  }
}

/** The hour that is in part of a day that is kept stays as well. */
const wholeHour = (kept: Date | undefined): Date | undefined =>
  kept && new Date(Math.ceil(kept.getTime() / HOUR_MS) * HOUR_MS);
