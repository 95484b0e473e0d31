/**
 * The calendar of gateways in tests: of a time zone in which it is about noon. The next midnight is hours away there,
 * whenever the tests run, so that no budget opens anew and no day of a report begins between two lines of a test.
 */
import { policy, type Policy } from '../../../src/policy';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hours that clocks there are before those of UTC. */
const AHEAD = 12 - new Date().getUTCHours();

/** IANA name; the sign of such zones is the other way round. */
export const NOON_ZONE = `Etc/GMT${AHEAD > 0 ? '-' : '+'}${Math.abs(AHEAD)}`;

/** The project's own policy with that calendar. */
export const noonPolicy: Policy = { ...policy, timeZone: NOON_ZONE };

/** Today's date there, or that of so many days ago, as YYYY-MM-DD. */
export const noonDay = (daysAgo = 0): string =>
  new Date(Date.now() + AHEAD * HOUR_MS - daysAgo * DAY_MS).toISOString().slice(0, 10);

/** When tomorrow begins there. */
export const nextMidnight = (): Date => new Date(Date.parse(noonDay(-1)) - AHEAD * HOUR_MS);
