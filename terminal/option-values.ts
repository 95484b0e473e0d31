/** Values of options, each read in one way: what cannot be is refused by the option's name. */
import { InvalidArgumentError } from 'commander';

const refuse = (allowed: string): never => {
  throw new InvalidArgumentError(`It must be ${allowed}.`);
};

/** The admin API's most. */
const MOST_DOLLARS = 1_000_000;
const MOST_COUNT = 1_000_000_000;

/** US dollars. */
export function dollars(text: string): number {
  if (!/^\d{1,7}(\.\d{1,9})?$/.test(text) || Number(text) > MOST_DOLLARS)
    refuse(`US dollars in digits, cents behind a point, as 12.50; at most ${MOST_DOLLARS}`);
  return Number(text);
}

export function someDollars(text: string): number {
  if (!/^\d{1,7}(\.\d{1,9})?$/.test(text) || Number(text) > MOST_DOLLARS || Number(text) === 0)
    refuse(`US dollars in digits, more than 0 and at most ${MOST_DOLLARS}, as 12.50`);
  return Number(text);
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text) || Number(text) > MOST_COUNT)
    refuse(`a whole number in digits, from 1 to ${MOST_COUNT}`);
  return Number(text);
}

const DURATION = /^[1-9]\d{0,5}(s|mo|m|h|d|w)$/;
const DURATIONS = 'a number and s, m, h, d, w or mo, as 30m, 24h, 7d';

export function duration(text: string): string {
  return DURATION.test(text) ? text : refuse(DURATIONS);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const INTERVAL = /^([1-9]\d{0,5})([smhdw])$/;
/** A timer takes no longer one. */
const LONGEST_MS = 2_147_483_647;

/** @returns milliseconds */
export function interval(text: string): number {
  const [, count, unit = ''] = INTERVAL.exec(text) ?? [];
  const ms = Number(count) * (SECONDS[unit] ?? Number.NaN) * 1_000;
  return ms <= LONGEST_MS ? ms : refuse('a number and s, m, h, d or w, as 30m, 24h, 7d; at most 24d');
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A day that the calendar has. */
export function day(text: string): string {
  return isDay(text) ? text : refuse('a day of the calendar as YYYY-MM-DD, 2026-11-20');
}

export function month(text: string): string {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : refuse('a month as YYYY-MM, 2026-11');
}

function isDay(text: string): boolean {
  const [, year, month, date] = (DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return false;
  const at = new Date(Date.UTC(year, month - 1, date));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === date && year >= 1;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A day, or a time with its zone. */
export function dayOrTime(text: string): string {
  if (isDay(text) || (TIME.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))))
    return text;
  return refuse('a day as YYYY-MM-DD, or a time with its zone as 2026-11-20T14:00:00Z');
}

/** Where a raise may end: a duration from now, or a day or time that lies ahead. */
export function until(text: string): string {
  if (DURATION.test(text)) return text;
  try {
    dayOrTime(text);
  } catch {
    return refuse(`${DURATIONS}; or a day or a time with its zone`);
  }
  return Date.parse(text) > Date.now() ? text : refuse('in the future');
}

/** Words with commas between them. */
export function wordList(text: string): string[] {
  const words = text
    .slice(0, 10_000)
    .split(',')
    .map((word) => word.trim());
  return words.includes('') ? refuse('words with commas between them, none of them empty') : words;
}

/** The word that gives a setting back to the policy. */
export const POLICY = 'policy';

/** A value, or the word for what the policy says. Commander takes null for a missing value. */
export const orPolicy =
  <T>(read: (text: string) => T) =>
  (text: string): T | typeof POLICY => {
    if (text === POLICY) return POLICY;
    try {
      return read(text);
    } catch (fault) {
      if (!(fault instanceof InvalidArgumentError)) throw fault;
      throw new InvalidArgumentError(
        `${fault.message.replace(/\.$/, '')}; or policy, for what the policy says.`,
      );
    }
  };
