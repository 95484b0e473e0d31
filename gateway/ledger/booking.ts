/** How the store is asked to book many calls at once; migration 0036 does it. */
import { arrayOf, textArrayOf } from './array-literal';
import type { CallOrigin, CallRecord } from './call-record';
import type { Reservation } from './reservation';

export interface BookingEntry {
  readonly reservation: Reservation;
  /** When the window that holds now began, for each of the reservation's accounts. */
  readonly windowStarts: readonly Date[];
  readonly record: CallRecord;
}

export const isOverdrawn = ({ reservation, record }: BookingEntry): boolean =>
  record.cost > reservation.amount;

type Column = (entry: BookingEntry) => number | string | boolean | null;
type TextColumn<T> = (of: T) => string | null;

/** In the order of the function's parameters. */
export function bookingValues(entries: readonly BookingEntry[]): unknown[] {
  const accounts = new Set<string>();
  for (const { reservation } of entries) for (const { id } of reservation.accounts) accounts.add(id);
  const column = (valueOf: Column): string => arrayOf(entries, valueOf);
  const text = (valueOf: TextColumn<CallRecord>): string =>
    textArrayOf(entries, ({ record }) => valueOf(record));
  const origin = (valueOf: TextColumn<CallOrigin>): string =>
    textArrayOf(entries, ({ record }) => valueOf(record.origin));
  return [
    arrayOf([...accounts], (id) => id),
    column(({ reservation }) => reservation.requestId),
    column(({ reservation }) => `"${arrayOf(reservation.accounts, ({ id }) => id)}"`),
    column(({ windowStarts }) => `"${arrayOf(windowStarts, (start) => start.toISOString())}"`),
    column(isOverdrawn),
    column(({ record }) => record.origin.keyId),
    origin(({ scope }) => scope),
    origin(({ ownerId }) => ownerId),
    origin(({ ownerName }) => ownerName),
    origin(({ workspaceId }) => workspaceId),
    origin(({ workspaceName }) => workspaceName),
    origin(({ templateName }) => templateName),
    origin(({ level }) => level),
    origin(({ protocol }) => protocol),
    origin(({ model }) => model),
    origin(({ modelAsked }) => modelAsked),
    text(({ provider }) => provider),
    text(({ deployment }) => deployment),
    column(({ record }) => record.attempts),
    column(({ record }) => record.origin.streamed),
    column(({ record }) => record.inputTokens),
    column(({ record }) => record.outputTokens),
    column(({ record }) => record.cacheWriteTokens),
    column(({ record }) => record.cacheReadTokens),
    column(({ record }) => record.cost),
    column(({ record }) => record.estimated),
    column(({ record }) => record.latencyMs),
    column(({ record }) => record.firstTokenMs),
    column(({ record }) => record.status),
    text(({ errorType }) => errorType),
    origin(({ client }) => client),
    origin(({ session }) => session),
    text(({ trail }) => trail ?? null),
  ];
}
