/** On which day of the month the report of the month before goes out, and which months went out already. */
import type { Statements } from '../store/database';
import { dateAt } from '../ledger/time-zone';
import { monthAt, monthBeside, monthNamed, type Month } from './month';

/** Every month has it. */
export const LAST_DAY = 28;

export interface MonthSchedule {
  /** Of the policy's time zone; undefined: none goes out. */
  readonly day: number | undefined;
  /** The last month that went out, or that was over when the day was set: YYYY-MM. */
  readonly through: string | undefined;
}

interface Row {
  day_of_month: number | null;
  through: string | null;
}

const scheduleOf = (row: Row | undefined): MonthSchedule => ({
  day: row?.day_of_month ?? undefined,
  through: row?.through ?? undefined,
});

const READ = 'select day_of_month, through from month_mail';

export async function readSchedule(statements: Statements): Promise<MonthSchedule> {
  const [row] = await statements.run<Row & Record<string, unknown>>('month-schedule', READ, []);
  return scheduleOf(row);
}

/** The same; nobody else changes it until the transaction is over. */
export async function holdSchedule(statements: Statements): Promise<MonthSchedule> {
  const [row] = await statements.run<Row & Record<string, unknown>>(
    'month-schedule-hold',
    `${READ} for update`,
    [],
  );
  return scheduleOf(row);
}

export async function writeSchedule(statements: Statements, { day, through }: MonthSchedule): Promise<void> {
  await statements.run('month-schedule-write', 'update month_mail set day_of_month = $1, through = $2', [
    day ?? null,
    through ?? null,
  ]);
}

/** The month that was due last: the one before this, from the day on. */
export function lastDue(day: number, now: Date, timeZone: string): Month {
  return monthAt(now, timeZone, dateAt(now, timeZone).day >= day ? 1 : 2);
}

/** When the next one goes out. */
export function nextDue(day: number, now: Date, timeZone: string): Date | undefined {
  const isPast = dateAt(now, timeZone).day >= day;
  return monthAt(now, timeZone, isPast ? -1 : 0).days[day - 1]?.start;
}

/** Months that are made up after a gateway was down for long. */
const MOST_MADE_UP = 12;

/** Months that are due and went out to nobody, oldest first. */
export function monthsDue({ day, through }: MonthSchedule, now: Date, timeZone: string): readonly Month[] {
  if (day === undefined) return [];
  const last = lastDue(day, now, timeZone);
  const before = through === undefined ? undefined : monthNamed(through, timeZone);
  if (before === undefined) return [last];
  const due: Month[] = [];
  const beforeIt = (month: Month): Month => monthBeside(month, -1, timeZone);
  for (let month = last; month.name > before.name && due.length < MOST_MADE_UP; month = beforeIt(month)) {
    due.unshift(month);
  }
  return due;
}
