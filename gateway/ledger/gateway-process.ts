/**
 * This gateway process as the others see it: its id, and what becomes of the calls of those that have no heartbeat.
 *
 * Every process sweeps, so that no one is needed. What was declared dead is swept at once; for dead a process takes
 * another only once it has been beating itself, without a gap, for as long as it gives others: after the store was away
 * everybody's heartbeat looks old.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Logger } from '../log';
import type { Database } from '../store/database';
import { startHeartbeat, type HeartbeatLimits, type HeartbeatOptions } from './heartbeat';
import { JOIN, JOIN_ALONE, LEAVE, RELEASE_STRAYS, SWEEP } from './statements';

export interface ProcessLimits extends HeartbeatLimits {
  /**
   * Milliseconds after which a reservation that this process does not know of is given back. Longer than a statement
   * may take, so that its answer cannot be on its way any more.
   */
  readonly strayAfterMs: number;
}

export interface ProcessOptions extends ProcessLimits, HeartbeatOptions {
  /** The store is this process's own, so that none of those before it can still live. @default false */
  readonly isAlone?: boolean;
}

export interface GatewayProcess {
  /** What its reservations are made under. */
  id(): Promise<string>;
  /** Takes another id, since it was declared dead under this one; once, however many notice. */
  renew(dead: string): Promise<void>;
  /** When the store took its last heartbeat: milliseconds since 1970; 0: never. */
  lastBeat(): number;
  close(): Promise<void>;
}

interface Swept {
  process: string;
  booked: number;
  amount: string;
  is_done: boolean;
}

const MOST_AT_ONCE = 500;
/** A century without a heartbeat: nobody but who was declared dead. */
const NEVER_MS = 100 * 365 * 86_400_000;

/** @param open the requests that this process has reserved for and not settled yet */
export function joinGatewayProcesses(
  database: Database,
  logger: Logger,
  limits: ProcessOptions,
  open: ReadonlySet<string>,
): GatewayProcess {
  let joining: Promise<string> | undefined;
  let current: string | undefined;
  const closing = new AbortController();
  const heartbeat = startHeartbeat(limits, logger, (dead) => {
    // Should the store be away just then, the next call or look joins.
    if (!closing.signal.aborted) renew(dead).catch(() => {});
  });

  async function join(): Promise<string> {
    const rows = await database.run<{ id: string }>('process-join', limits.isAlone ? JOIN_ALONE : JOIN, []);
    current = rows[0]?.id ?? '';
    heartbeat.beatFor(current);
    return current;
  }

  function id(): Promise<string> {
    joining ??= join().catch((fault: unknown) => {
      joining = undefined;
      throw fault;
    });
    return joining;
  }

  async function renew(dead: string): Promise<void> {
    if (current === dead) {
      logger.warn('this process was declared dead and goes on under another id', { process: dead });
      current = joining = undefined;
    }
    await id();
  }

  async function releaseStrays(): Promise<void> {
    const values = [await id(), limits.strayAfterMs, [...open]];
    const [row] = await database.run<{ released: number }>('process-strays', RELEASE_STRAYS, values);
    if (row && row.released > 0)
      logger.warn('reservations of calls that were never made are given back', { calls: row.released });
  }

  async function sweep(): Promise<void> {
    while (!closing.signal.aborted) {
      const deadAfterMs = heartbeat.isSteady() ? limits.deadAfterMs : NEVER_MS;
      const [swept] = await database.run<Swept>('process-sweep', SWEEP, [deadAfterMs, MOST_AT_ONCE]);
      if (swept === undefined) return;
      logger.warn('calls of a gateway process that is gone are booked in full', {
        process: swept.process,
        calls: swept.booked,
        amount_nano: Number(swept.amount),
      });
    }
  }

  async function live(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await releaseStrays();
        await sweep();
      } catch (fault) {
        logger.warn('could not look after calls left behind', { ...describeFault(fault), stack: undefined });
      }
      await delay(limits.heartbeatMs, undefined, { ref: false, signal: closing.signal }).catch(() => {});
    }
  }
  const life = live();

  return {
    id,
    renew,
    lastBeat: () => heartbeat.lastBeat(),
    async close() {
      closing.abort();
      await life;
      if (current !== undefined)
        await database
          .run('process-leave', LEAVE, [current])
          .catch((fault: unknown) =>
            logger.warn('could not sign off', { ...describeFault(fault), stack: undefined }),
          );
      // After that: it vouches for the process as long as anything is open.
      await heartbeat.close();
    },
  };
}
