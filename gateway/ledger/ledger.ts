/**
 * What calls may cost and what they did: reserved at their worst before, booked exactly after.
 *
 * Each half is one statement for all calls of the moment, in which every budget and limit is decided, so that they
 * hold under any concurrency and over several gateway processes.
 */
import type { Logger } from '../log';
import type { Database } from '../store/database';
import { isOverdrawn, type BookingEntry } from './booking';
import type { CallRecord } from './call-record';
import { joinGatewayProcesses, type ProcessOptions } from './gateway-process';
import {
  checkRequest,
  type Reservation,
  type ReservationOutcome,
  type ReservationRequest,
} from './reservation';
import { createTurns } from './turns';

export interface Ledger {
  /** Sets the worst case aside if every account has room for it, with fewer output tokens if need be. */
  reserve(request: ReservationRequest): Promise<ReservationOutcome>;
  /**
   * Books the call and gives its reservation back. Harmless when repeated.
   *
   * @param windowStarts for each of the reservation's accounts, when the window that holds now began
   */
  settle(reservation: Reservation, windowStarts: readonly Date[], record: CallRecord): Promise<void>;
  /** When the store took this process's last heartbeat: milliseconds since 1970; 0: never. */
  lastBeat(): number;
  /** Signs this process off. What is still reserved is booked in full by another, or by the next. */
  close(): Promise<void>;
}

export function createLedger(database: Database, logger: Logger, limits: ProcessOptions): Ledger {
  // A call that could not be booked stays in here, so that it ends as an estimate and not as never made.
  const open = new Set<string>();
  const process = joinGatewayProcesses(database, logger, limits, open);
  const turns = createTurns(database, process);

  return {
    async reserve(request) {
      checkRequest(request);
      open.add(request.requestId);
      let isOpen = false;
      try {
        const outcome = await turns.admit(request);
        isOpen = outcome.granted;
        return outcome;
      } finally {
        if (!isOpen) open.delete(request.requestId);
      }
    },

    async settle(reservation, windowStarts, record) {
      const entry: BookingEntry = { reservation, windowStarts, record };
      await turns.book(entry);
      open.delete(reservation.requestId);
      if (isOverdrawn(entry))
        logger.error('alert', {
          alert: 'usage_above_reservation',
          request_id: reservation.requestId,
          key_id: record.origin.keyId,
          deployment: record.deployment,
          reserved_nano: reservation.amount,
          cost_nano: record.cost,
          consequence: 'the key is closed until an administrator opens it again',
        });
    },

    lastBeat: () => process.lastBeat(),
    close: () => process.close(),
  };
}
