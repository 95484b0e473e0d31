/** Books many calls in one statement; migration 0005 has the other half of it. */
import type { Database } from '../store/database';
import { recordColumns, type CallRecord } from './call-record';
import { createCollector } from './collector';
import type { Reservation } from './reservation';
import { SETTLE } from './statements';

const MOST_AT_ONCE = 500;

export interface BookingEntry {
  readonly reservation: Reservation;
  /** When the window that holds now began, for each of the reservation's accounts. */
  readonly windowStarts: readonly Date[];
  readonly record: CallRecord;
}

export const isOverdrawn = ({ reservation, record }: BookingEntry): boolean =>
  record.cost > reservation.amount;

export type Booking = (entry: BookingEntry) => Promise<void>;

export function createBooking(database: Database): Booking {
  return createCollector(MOST_AT_ONCE, async (entries: readonly BookingEntry[]) => {
    const accounts = new Set(entries.flatMap(({ reservation }) => reservation.accounts.map(({ id }) => id)));
    await database.run('ledger-settle', SETTLE, [[...accounts], JSON.stringify(entries.map(toJson))]);
    return entries.map(() => undefined);
  });
}

function toJson(entry: BookingEntry): Record<string, unknown> {
  const { reservation, windowStarts, record } = entry;
  return recordColumns(record, {
    request_id: reservation.requestId,
    account_ids: reservation.accounts.map(({ id }) => Number(id)),
    windows: windowStarts,
    overdrawn: isOverdrawn(entry),
  });
}
