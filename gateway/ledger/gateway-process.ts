/**
 * This gateway process as the others see it: its heartbeat, and what becomes of the calls of those that have none.
 *
 * Every process sweeps, so that no one is needed. What was declared dead is swept at once; for dead a process takes
 * another only once it has been beating itself, without a gap, for as long as it gives others: after the store was away
 * everybody's heartbeat looks old.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Logger } from '../log';
import type { Database } from '../store/database';
import { BEAT, JOIN, JOIN_ALONE, LEAVE, RELEASE_STRAYS, SWEEP } from './statements';

export interface ProcessLimits {
  /** Milliseconds between two heartbeats. */
  readonly heartbeatMs: number;
  /** Milliseconds without a heartbeat after which a process counts as dead. */
  readonly deadAfterMs: number;
  /**
   * Milliseconds after which a reservation that this process does not know of is given back. Longer than a statement
   * may take, so that its answer cannot be on its way any more.
   */
  readonly strayAfterMs: number;
}

export interface ProcessOptions extends ProcessLimits {
  /** The store is this process's own, so that none of those before it can still live. @default false */
  readonly isAlone?: boolean;
}

export interface GatewayProcess {
  /** What its reservations are made under. */
  id(): Promise<string>;
  /** Takes another id, since it was declared dead under the one it has. */
  renew(): Promise<void>;
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
  let steadySince: number | undefined;
  const closing = new AbortController();

  function id(): Promise<string> {
    joining ??= database
      .run<{ id: string }>('process-join', limits.isAlone ? JOIN_ALONE : JOIN, [])
      .then((rows) => rows[0]?.id ?? '')
      .catch((fault: unknown) => {
        joining = undefined;
        throw fault;
      });
    return joining;
  }

  async function renew(): Promise<void> {
    logger.warn('this process was declared dead and goes on under another id', { process: await id() });
    joining = undefined;
    await id();
  }

  async function beat(): Promise<void> {
    const rows = await database.run('process-beat', BEAT, [await id()]);
    if (rows.length === 0) await renew();
    steadySince ??= performance.now();
  }

  async function releaseStrays(): Promise<void> {
    const values = [await id(), limits.strayAfterMs, [...open]];
    const [row] = await database.run<{ released: number }>('process-strays', RELEASE_STRAYS, values);
    if (row && row.released > 0)
      logger.warn('reservations of calls that were never made are given back', { calls: row.released });
  }

  async function sweep(): Promise<void> {
    const isSteady = steadySince !== undefined && performance.now() - steadySince >= limits.deadAfterMs;
    const deadAfterMs = isSteady ? limits.deadAfterMs : NEVER_MS;
    while (!closing.signal.aborted) {
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
        await beat();
        await releaseStrays();
        await sweep();
      } catch (fault) {
        steadySince = undefined;
        logger.warn('heartbeat missed', { ...describeFault(fault), stack: undefined });
      }
      await delay(limits.heartbeatMs, undefined, { ref: false, signal: closing.signal }).catch(() => {});
    }
  }
  const life = live();

  return {
    id,
    renew,
    async close() {
      closing.abort();
      await life;
      if (joining === undefined) return;
      await database
        .run('process-leave', LEAVE, [await joining])
        .catch((fault: unknown) =>
          logger.warn('could not sign off', { ...describeFault(fault), stack: undefined }),
        );
    },
  };
}
