/** How a store grows, by what came in the last days and what a row takes, and when a disk is full of it. */
import type { StoreState, TableState } from './state';

/** Bytes of a row with its part of the indexes, where too few rows are there to tell: measured, see docs/doctor.md. */
const USUAL_BYTES: Readonly<Record<string, number>> = { calls: 700, daily_sums: 900, admin_audit: 1_000 };
const ENOUGH_ROWS = 1_000;
const DAY_MS = 86_400_000;
/** Days beyond which nobody plans. */
const YEARS = 3 * 365;

export interface Growth {
  readonly callsADay: number;
  /** While single calls come to it. */
  readonly bytesADay: number;
  readonly retentionDays: number;
  /** Bytes of all single calls, once as many become sums as come. */
  readonly atRetention: number;
  /** Days until the disk is full. Undefined: not for years, or its room is not known. */
  readonly fullIn: number | undefined;
}

/**
 * @param free bytes of the disk. Undefined: not known
 * @param now milliseconds
 * @returns nothing where calls have not been counted for a day
 */
export function growthOf(
  { tables, growth }: Pick<StoreState, 'tables' | 'growth'>,
  free: number | undefined,
  now: number,
): Growth | undefined {
  const { calls_a_day: callsADay, sums_a_day, changes_a_day, oldest_call, retention_days } = growth;
  if (callsADay === null) return undefined;
  const bytesOf = (name: string): number => bytesOfRow(name, tables);
  const ofCalls = callsADay * bytesOf('calls');
  const ofRest = sums_a_day * bytesOf('daily_sums') + changes_a_day * bytesOf('admin_audit');
  const age = oldest_call === null ? 0 : (now - Date.parse(oldest_call)) / DAY_MS;
  // Today is not counted to the days that are kept.
  const untilSums = Math.max(0, retention_days + 1 - age);
  return {
    callsADay,
    bytesADay: ofCalls + ofRest,
    retentionDays: retention_days,
    atRetention: ofCalls * (retention_days + 1),
    fullIn: free === undefined ? undefined : daysOf(free, untilSums, ofCalls + ofRest, ofRest),
  };
}

function daysOf(free: number, first: number, inFirst: number, then: number): number | undefined {
  const taken = first * inFirst;
  const days = free < taken ? free / inFirst : then === 0 ? Infinity : first + (free - taken) / then;
  return days > YEARS ? undefined : days;
}

function bytesOfRow(name: string, tables: readonly TableState[]): number {
  const table = tables.find((each) => each.name === name);
  return table === undefined || table.rows < ENOUGH_ROWS
    ? (USUAL_BYTES[name] ?? 0)
    : table.bytes / table.rows;
}
