/** What a window will have cost, by the rule that the page states. */
import { daysBetween } from '../../gateway/ledger/calendar-day';
import { windowAt } from '../../gateway/ledger/window';
import { forecastOf } from '../../gateway/ui/forecast';

const ZONE = 'America/Sao_Paulo';
const NOW = new Date('2026-10-14T15:00:00Z');
const days = daysBetween(new Date('2026-09-16T12:00:00Z'), NOW, ZONE);
const weekday = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

test('so far, and each day to come as its day of the week was', () => {
  // Mondays to Fridays cost 10, week ends nothing.
  const costs = new Map(
    days.flatMap(({ date }): [string, number][] => ([0, 6].includes(weekday(date)) ? [] : [[date, 10]])),
  );
  costs.set('2026-10-14', 4);
  // Of October 2026, 22 days are working days: 9 before the 14th, which is one itself.
  expect(days).toHaveLength(29);
  expect(forecastOf(costs, days, windowAt('30d', NOW, ZONE), ZONE)).toBe(220);
  expect(forecastOf(costs, days, windowAt('7d', NOW, ZONE), ZONE)).toBe(50);
  expect(forecastOf(costs, days, windowAt('1d', NOW, ZONE), ZONE)).toBe(10);
});

test('a day that is dearer already stays so, and days before the first call do not count', () => {
  const costs = new Map([
    ['2026-10-13', 6],
    ['2026-10-14', 100],
  ]);
  // One day is known, so each of the 17 to come is like it.
  expect(forecastOf(costs, days, windowAt('30d', NOW, ZONE), ZONE)).toBe(106 + 17 * 6);
});

test('there is none for good, nor before there was a whole day', () => {
  expect(forecastOf(new Map([['2026-10-13', 6]]), days, windowAt('none', NOW, ZONE), ZONE)).toBeUndefined();
  expect(forecastOf(new Map([['2026-10-14', 6]]), days, windowAt('30d', NOW, ZONE), ZONE)).toBeUndefined();
});
