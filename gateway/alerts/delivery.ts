/** Brings alerts to their channels: those of the store that are due, one at a time for each channel of each process. */
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../errors';
import { describeFault, type Logger } from '../log';
import type { Database } from '../store/database';
import { DELIVERY_LIMIT_MS, type Sender } from './alert-message';
import { claim, noteDelivered, noteFailed, type Delivery } from './outbox';

/** Milliseconds. Far longer than an attempt takes, so that nobody else begins with it meanwhile. */
const LEASE_MS = 12 * DELIVERY_LIMIT_MS;
const LONGEST_PAUSE_MS = 3_600_000;
/** Longest pause of a channel that fails, after which the next alert tries. */
const LONGEST_REST_MS = 300_000;

export interface DeliveryOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** By name. */
  readonly senders: ReadonlyMap<string, Sender>;
  /** Milliseconds between two looks for what is due. */
  readonly lookMs: number;
  /** Milliseconds after the first failure until the next try; it doubles from one to the next. */
  readonly pauseMs: number;
}

export interface DeliveryLoop {
  /** Something has become due. */
  wake(): void;
  /** What is under way comes to its end. */
  close(): Promise<void>;
}

export function startDelivery({ database, logger, senders, lookMs, pauseMs }: DeliveryOptions): DeliveryLoop {
  let isClosing = false;
  let wakes = 0;
  const asleep = new Set<() => void>();

  const sleep = (ms: number): Promise<void> =>
    new Promise((done) => {
      const timer = setTimeout(wake, ms);
      timer.unref();
      function wake(): void {
        clearTimeout(timer);
        asleep.delete(wake);
        done();
      }
      asleep.add(wake);
    });
  const wakeAll = (): void => {
    wakes += 1;
    for (const wake of [...asleep]) wake();
  };

  async function live(channel: string, sender: Sender): Promise<void> {
    // Undefined: nobody knows yet.
    let isWell: boolean | undefined;
    let failures = 0;
    let restUntil = 0;

    const tellState = (fault: string | undefined): void => {
      const wasWell = isWell;
      isWell = fault === undefined;
      if (wasWell === isWell) return;
      if (fault !== undefined)
        logger.warn('alerts do not arrive', {
          channel,
          fault: `the channel ${fault}`,
          consequence: 'they are kept and tried again, for a week',
        });
      else if (wasWell === false) logger.info('alerts arrive again', { channel });
    };

    async function bring(delivery: Delivery): Promise<void> {
      const result = await sender.send(delivery.message);
      if (result.ok) {
        failures = 0;
        tellState(undefined);
        await insist(() => noteDelivered(database, delivery));
        return;
      }
      failures += 1;
      tellState(result.fault);
      const pause = Math.max(pauseAfter(delivery.attempts, LONGEST_PAUSE_MS), result.waitMs ?? 0);
      restUntil = performance.now() + Math.max(pauseAfter(failures, LONGEST_REST_MS), result.waitMs ?? 0);
      const isEnded = await noteFailed(database, delivery, result.fault, pause);
      if (isEnded)
        logger.error('an alert was given up', {
          channel,
          event: delivery.message.event,
          attempts: delivery.attempts,
        });
    }

    while (!isClosing) {
      const before = wakes;
      const restMs = restUntil - performance.now();
      if (restMs > 0) {
        await sleep(restMs);
        continue;
      }
      try {
        const delivery = await claim(database, channel, LEASE_MS);
        if (delivery !== undefined) {
          await bring(delivery);
          continue;
        }
      } catch (fault) {
        // Away: everything waits in it.
        if (!isAway(fault)) logger.warn('alerts could not be looked for', { ...describeFault(fault) });
      }
      if (before === wakes) await sleep(lookMs);
    }
  }

  /** By chance, so that the processes do not come back all at once. */
  const pauseAfter = (failures: number, most: number): number =>
    Math.min(most, pauseMs * 2 ** Math.min(failures - 1, 20)) * (0.8 + Math.random() * 0.4);

  /** It has arrived: as long as the store does not know, another may bring it again. */
  async function insist(note: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1)
      try {
        return await note();
      } catch (fault) {
        if (isClosing && tries > 3) throw fault;
        await delay(Math.min(100 * tries, 2_000), undefined, { ref: false });
      }
  }

  const loops = [...senders].map(([channel, sender]) => live(channel, sender));
  return {
    wake: wakeAll,
    async close() {
      isClosing = true;
      wakeAll();
      await Promise.all(loops);
      await Promise.all([...senders.values()].map((sender) => sender.close()));
    },
  };
}

export const isAway = (fault: unknown): boolean => fault instanceof GatewayError && fault.status === 503;
