/**
 * The store: a pool of Postgres connections, and the one place that tells "away" from "wrong" and does again what another
 * transaction came in the way of.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { GatewayError } from '../errors';
import { describeFault, type Logger } from '../log';
import { isOnPrevious, openPool, type StoreConnection } from './pool';

/** Runs statements on one connection, in a transaction or on its own. */
export interface Statements {
  /** Runs a prepared statement and returns its rows. `name` identifies the text for as long as the process lives. */
  run<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface DatabaseLoad {
  readonly connections: number;
  readonly idle: number;
  readonly most: number;
  /** Who waits for one. */
  readonly waiting: number;
}

export interface Database extends Statements {
  /**
   * All or nothing; rolled back when `work` throws. Done again from the start, a few times, where another transaction
   * came in its way: so `work` keeps nothing from one time to the next. Then it is refused as `store_busy`.
   */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
  /** Whether the store answers just now. */
  isReachable(): Promise<boolean>;
  /** Its connections just now. */
  readonly load: DatabaseLoad;
  /** Whether the former user or password of DATABASE_URL_PREVIOUS was what let it in last. @default - there is none */
  readonly isOnPrevious?: () => boolean;
  close(): Promise<void>;
}

/** Milliseconds; a caller is told soon that the store is away rather than kept waiting. */
const CONNECT_LIMIT_MS = 3_000;
const STATEMENT_LIMIT_MS = 10_000;
/** Longer than the store itself takes to give up, so that a busy main loop does not take its own silence for the store's. */
const ANSWER_LIMIT_MS = 15_000;
const POOL_SIZE = 10;

const MOST_TRIES = 8;
/** Milliseconds, at most and for each try there was: by chance, so that those who collided do not do so again. */
const PAUSE_MS = 25;

/** What a transaction had read is not so any more: done again, it reads what is. */
export class Collision extends Error {}

export function openDatabase(connection: StoreConnection, logger: Logger): Database {
  const pool = openPool(connection, {
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: ANSWER_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    application_name: 'ai-gateway',
    keepAlive: true,
    // A timer set and taken back at each statement costs more than a few connections kept open.
    idleTimeoutMillis: 0,
  });
  // A connection that breaks while idle must not end the process; the pool opens another.
  let isClosing = false;
  pool.on(
    'error',
    (fault) =>
      isClosing || logger.warn('store connection lost', { ...describeFault(fault), stack: undefined }),
  );

  const statementsOn = (client: Pool | PoolClient): Statements => ({
    async run<Row extends QueryResultRow>(name: string, text: string, values: readonly unknown[]) {
      try {
        const result = await client.query<Row>({ name, text, values: [...values] });
        return result.rows;
      } catch (fault) {
        throw translateFault(fault);
      }
    },
  });
  const onItsOwn = statementsOn(pool);

  async function tryTransaction<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (fault) {
      throw translateFault(fault);
    }
    let broken = false;
    try {
      await client.query('begin');
      const result = await work(statementsOn(client));
      await client.query('commit');
      return result;
    } catch (fault) {
      await client.query('rollback').catch(() => (broken = true));
      throw translateFault(fault);
    } finally {
      client.release(broken);
    }
  }

  return {
    // A statement on its own is a transaction, too.
    run: (name, text, values) => again(() => onItsOwn.run(name, text, values), isRolledBack),
    transaction: (work) =>
      again(
        () => tryTransaction(work),
        // A row that was not there a moment ago: whoever knows better has said so by an error of the table.
        (fault) => isRolledBack(fault) || fault instanceof Collision || isDuplicate(fault),
      ),
    isReachable: () =>
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
    get load() {
      const { totalCount: connections, idleCount: idle, waitingCount: waiting } = pool;
      return { connections, idle, waiting, most: pool.options.max };
    },
    isOnPrevious: () => isOnPrevious(pool),
    close: () => {
      isClosing = true;
      return pool.end();
    },
  };
}

async function again<T>(work: () => Promise<T>, mayMend: (fault: unknown) => boolean): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (fault) {
      if (!mayMend(fault)) throw fault;
      if (tries === MOST_TRIES)
        throw isDuplicate(fault) ? fault : new GatewayError('store_busy', { cause: fault });
    }
    await delay(Math.random() * PAUSE_MS * tries);
  }
}

/** Serialization failure and deadlock: Postgres has taken back all of the transaction, and another's is done. */
const isRolledBack = (fault: unknown): boolean =>
  types.isNativeError(fault) && ['40001', '40P01'].includes(String((fault as { code?: unknown }).code));

// SQLSTATE classes: connection trouble, out of resources, operator intervention (shutdown, cancel by limit).
const AWAY_CLASSES = ['08', '53', '57'];
const AWAY_MESSAGES =
  /timeout|terminated|connection|ECONN|ENOENT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|not queryable/i;

/** A fault of the connection becomes `store_unavailable`; a fault of ours stays what it is. */
export function translateFault(fault: unknown): unknown {
  if (fault instanceof GatewayError || !types.isNativeError(fault)) return fault;
  const code = (fault as { code?: unknown }).code;
  // EPIPE has five letters too; no class of SQLSTATE begins with an E.
  const isSqlState = typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code);
  const isAway = isSqlState
    ? AWAY_CLASSES.includes(code.slice(0, 2)) || code === '25006'
    : AWAY_MESSAGES.test(`${typeof code === 'string' ? code : ''} ${fault.message}`);
  return isAway ? new GatewayError('store_unavailable', { cause: fault }) : fault;
}

/** Whether a statement failed because a row with that unique value is already there. */
export function isDuplicate(fault: unknown): boolean {
  return types.isNativeError(fault) && (fault as { code?: unknown }).code === '23505';
}

/** Whether a statement failed because it names a row of that table that is not there. */
export function isMissingReference(fault: unknown, table: string): boolean {
  if (!types.isNativeError(fault)) return false;
  const { code, constraint } = fault as { code?: unknown; constraint?: unknown };
  return code === '23503' && typeof constraint === 'string' && constraint.includes(table);
}
