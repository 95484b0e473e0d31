/**
 * The store as reports see it: few connections of their own, read-only, and a bounded time for each report. One that
 * nobody waits for any more, or that takes too long, is cancelled in Postgres.
 *
 * Each statement is a moment of its own, and should be a short one: while Postgres holds a moment, it keeps every version
 * of the accounts' rows since then, and every call has to step over them. Ten seconds of it, even idle, cost calls three
 * quarters of their throughput. So what is long is read in pieces.
 */
import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { GatewayError } from '../errors';
import { describeFault, type Logger } from '../log';
import { translateFault, type Statements } from './database';
import { createPace, type Pace } from './pace';
import { openPool, type StoreConnection } from './pool';
import { standBack } from './stand-back';

/** What one report reads; each statement is of one moment. */
export interface ReportReader extends Statements {
  /** Empties the sums of this report, which are in a table `report_sums` that only it sees. */
  clear(): Promise<void>;
  /** The rows a few at a time, so that neither process holds them all. */
  walk<Row extends QueryResultRow>(text: string, values: readonly unknown[]): AsyncGenerator<Row[]>;
}

export interface ReportStore {
  /**
   * @param signal aborted: its reason is thrown, and what runs in Postgres ends
   * @throws GatewayError `report_too_slow`, `store_unavailable`
   */
  read<T>(signal: AbortSignal, work: (reader: ReportReader) => Promise<T>, options?: ReadOptions): Promise<T>;
  close(): Promise<void>;
}

export interface ReadOptions {
  /** Takes no longer than a call does, and need not stand back behind them. */
  readonly isSmall?: boolean;
}

export interface ReportStoreOptions {
  /** Milliseconds that Postgres may work for one report. */
  readonly limitMs: number;
  /** Reports at once; one connection more is for cancelling. */
  readonly most: number;
  /** Whether calls are under way, behind which reports stand back. */
  readonly isBusy: () => boolean;
  /** Whether the server runs here for this gateway alone, so that its processes can be asked to stand back. */
  readonly isLocal: boolean;
}

const CONNECT_LIMIT_MS = 3_000;
/** Milliseconds after which a connection is cut whose statement does not heed being cancelled. */
const CANCEL_LIMIT_MS = 2_000;
const IDLE_MS = 10_000;
const ROWS_AT_ONCE = 20;

/**
 * Of a connection, once. No helpers that take processors from calls; enough memory to add up without the disk. Each word
 * to a server process that stands back waits its turn, so a statement goes without a transaction around it.
 */
const SET_UP = (limitMs: number): string => `
  set default_transaction_read_only = on;
  set statement_timeout = ${Math.ceil(limitMs)};
  set max_parallel_workers_per_gather = 0;
  set work_mem = '16MB';
  set cursor_tuple_fraction = 1;
  set jit = off;
  begin read write;
  ${SUMS_TABLE};
  commit`;
const EMPTY = 'begin read write; truncate report_sums; commit';

/** As in `roll_up_calls`: calls do not become sums between two pieces, or they would count twice or not at all. */
const ROLL_UP_LOCK = 4_710_815_002;

/** Goes away with the connection. Only what is temporary can be written to when all else is read-only. */
const SUMS_TABLE = `create temporary table if not exists report_sums (
  by text, part text, name text, calls bigint, failed_calls bigint, input_tokens bigint, output_tokens bigint,
  cache_write_tokens bigint, cache_read_tokens bigint, cost_nano bigint, primary key (by, part)
) with (fillfactor = 50)`;

export function openReportStore(
  connection: StoreConnection,
  logger: Logger,
  { limitMs, most, isBusy, isLocal }: ReportStoreOptions,
): ReportStore {
  const pool = openPool(connection, {
    max: most + 1,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    application_name: 'ai-gateway-reports',
    keepAlive: true,
    idleTimeoutMillis: IDLE_MS,
  });
  const pace = createPace(isBusy);
  let isClosing = false;
  pool.on(
    'error',
    (fault) =>
      isClosing || logger.warn('report connection lost', { ...describeFault(fault), stack: undefined }),
  );
  if (isLocal)
    pool.on('connect', (client) =>
      standBack((client as unknown as { readonly processID: number }).processID),
    );

  async function read<T>(
    signal: AbortSignal,
    work: (reader: ReportReader) => Promise<T>,
    { isSmall = false }: ReadOptions = {},
  ): Promise<T> {
    signal.throwIfAborted();
    const client = await pool.connect().catch((fault: unknown) => {
      throw translateFault(fault);
    });
    const run = new Run(client, pool, limitMs, isSmall ? NO_PACE : pace);
    const leave = (): void => run.stop(signal.reason);
    signal.addEventListener('abort', leave);
    try {
      if (signal.aborted) leave();
      await run.setUp();
      const result = await work(run);
      await run.finish();
      return result;
    } finally {
      signal.removeEventListener('abort', leave);
      run.release();
    }
  }

  return {
    read,
    close: () => {
      isClosing = true;
      return pool.end();
    },
  };
}

/** Connections that are set up. */
const SET = new WeakSet<PoolClient>();

const NO_PACE: Pace = { take: (work) => work() };

class Run implements ReportReader {
  #why: unknown;
  #isStopped = false;
  #isReleased = false;
  #isAsking = false;
  #usedMs = 0;
  #isLocked = false;
  #isDone = false;
  #cut: NodeJS.Timeout | undefined;

  constructor(
    readonly client: PoolClient,
    readonly pool: Pool,
    readonly limitMs: number,
    readonly pace: Pace,
  ) {}

  async setUp(): Promise<void> {
    if (SET.has(this.client)) return;
    await this.ask(SET_UP(this.limitMs), []);
    SET.add(this.client);
  }

  async run<Row extends QueryResultRow>(_: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    return this.pace.take(async () => (await this.ask<Row>(text, values)).rows);
  }

  async clear(): Promise<void> {
    if (!this.#isLocked) await this.ask(`select pg_advisory_lock_shared(${ROLL_UP_LOCK})`, []);
    this.#isLocked = true;
    await this.ask(EMPTY, []);
  }

  /** A connection on which something failed is not used again, so this is for those on which nothing did. */
  async finish(): Promise<void> {
    if (this.#isLocked) await this.ask(`select pg_advisory_unlock_shared(${ROLL_UP_LOCK})`, []);
    this.#isDone = true;
  }

  async *walk<Row extends QueryResultRow>(text: string, values: readonly unknown[]): AsyncGenerator<Row[]> {
    // All rows are made at once and laid aside: a cursor within a transaction would hold its moment until the last of
    // them has been taken, by a client who may be slow.
    await this.pace.take(async () => {
      await this.ask('begin', []);
      await this.ask(`declare walked no scroll cursor with hold for ${text}`, values);
      await this.ask('commit', []);
    });
    try {
      let rows = await this.#fetch<Row>();
      for (; rows.length > 0; rows = await this.#fetch<Row>()) yield rows;
    } finally {
      // What is wrong with the connection by now has been told, or is told to whoever uses it next.
      if (!this.#isStopped)
        await this.client.query('close walked').catch((fault: unknown) => this.stop(translateFault(fault)));
    }
  }

  async #fetch<Row extends QueryResultRow>(): Promise<Row[]> {
    return (await this.ask<Row>(`fetch ${ROWS_AT_ONCE} from walked`, [])).rows;
  }

  async ask<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<QueryResult<Row>> {
    if (this.#isStopped) throw this.#why;
    const start = performance.now();
    const timer = setTimeout(
      () => this.stop(tooSlow(this.limitMs)),
      Math.max(0, this.limitMs - this.#usedMs),
    );
    this.#isAsking = true;
    try {
      return await this.client.query<Row>(text, [...values]);
    } catch (fault) {
      if (this.#isStopped) throw this.#why;
      // Postgres' own clock was the faster one.
      const isTime = (fault as { code?: unknown }).code === '57014';
      throw isTime ? tooSlow(this.limitMs) : translateFault(fault);
    } finally {
      clearTimeout(timer);
      this.#isAsking = false;
      this.#usedMs += performance.now() - start;
    }
  }

  /** Ends what runs, and whatever would run after it. */
  stop(why: unknown): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#why = why;
    if (!this.#isAsking) return;
    this.#cut = setTimeout(() => this.release(), CANCEL_LIMIT_MS);
    const { processID } = this.client as unknown as { readonly processID: number };
    this.pool.query('select pg_cancel_backend($1)', [processID]).catch(() => this.release());
  }

  /** A connection that was cancelled is not used again: the word may reach it late, and end somebody else's report. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    clearTimeout(this.#cut);
    this.client.release(!this.#isDone);
  }
}

const tooSlow = (limitMs: number): GatewayError =>
  new GatewayError('report_too_slow', {
    message: `The report was ended after ${limitMs / 1_000} seconds. Ask for fewer days (start_date, end_date), for one person or key, or for sums of one kind (/spend/report?group_by=…).`,
  });
