/** Months of a calendar, what budgets come to over one, and when the report of one is due. */
import fc from 'fast-check';
import { dayAt } from '../../gateway/ledger/calendar-day';
import { exactDollars } from '../../gateway/ledger/money';
import { budgetOfMonth } from '../../gateway/month/budget-of-month';
import { monthAt, monthBeside, monthNamed, titleOf } from '../../gateway/month/month';
import { lastDue, monthsDue, nextDue } from '../../gateway/month/month-schedule';

const ZONES = [
  'UTC',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Europe/Berlin',
  'America/Scoresbysund',
];

test('months follow one another without a gap, each day in one, whatever the zone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.date({ min: new Date('2001-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
      (zone, instant) => {
        const month = monthAt(instant, zone);
        expect(instant >= month.start && instant < month.end).toBe(true);
        expect(month.name).toBe(dayAt(instant, zone).date.slice(0, 7));
        expect(monthBeside(month, -1, zone).end).toEqual(month.start);
        expect(monthBeside(month, 1, zone).start).toEqual(month.end);
        expect(monthNamed(month.name, zone)).toEqual(month);
        expect(
          month.days.every(({ date }, at) => date === `${month.name}-${String(at + 1).padStart(2, '0')}`),
        ).toBe(true);
        for (const [at, { end }] of month.days.entries())
          expect(end).toEqual(month.days[at + 1]?.start ?? month.end);
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  '',
  '2026',
  '2026-00',
  '2026-13',
  '1999-12',
  '2026-1',
  '2026-011',
  '+026-11',
  '２０２６-11',
  '0000-01',
])('"%s" is no month', (text) => {
  expect(monthNamed(text, 'UTC')).toBeUndefined();
});

test('a budget comes to what its windows in a month come to; one for good to nothing', () => {
  const [february, november] = [monthNamed('2027-02', 'UTC'), monthNamed('2026-11', 'UTC')];
  if (february === undefined || november === undefined) throw new Error('no months');
  const of = (budget_duration: '1d' | '7d' | '30d' | 'none', month = november) =>
    budgetOfMonth({ max_budget: 10, budget_duration }, month).ofMonth;
  expect([of('1d'), of('1d', february)]).toEqual([300e9, 280e9]);
  expect([of('7d'), of('7d', february)]).toEqual([42_857_142_857, 40e9]);
  expect([of('30d'), of('30d', february), of('none')]).toEqual([10e9, 10e9, undefined]);
  expect(titleOf(november)).toBe('November 2026');
});

test('dollars have every digit there is, and are the number again', () => {
  expect([0, 1, -3_000_000_000, 12_500_000_000, 8_999_999_999_999_999].map(exactDollars)).toEqual([
    ...['0', '0.000000001', '-3', '12.5', '8999999.999999999'],
  ]);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (nano) => {
      const [whole = '', rest = ''] = exactDollars(nano).split('.');
      expect(BigInt(whole + rest.padEnd(9, '0'))).toBe(BigInt(nano));
      expect(rest.endsWith('0')).toBe(false);
    }),
  );
});

const due = (day: number | undefined, through: string | undefined, now: string, zone = 'America/Sao_Paulo') =>
  monthsDue({ day, through }, new Date(now), zone).map(({ name }) => name);

test('the month before is due from its day on, by the calendar of the policy, and what was missed with it', () => {
  // Midnight of 2 November is three hours later in São Paulo.
  expect(due(2, '2026-09', '2026-11-02T02:59:59Z')).toEqual([]);
  expect(due(2, '2026-09', '2026-11-02T03:00:00Z')).toEqual(['2026-10']);
  expect(due(2, '2026-09', '2026-11-02T00:00:00Z', 'Asia/Kolkata')).toEqual(['2026-10']);
  expect(due(2, '2026-10', '2026-11-30T00:00:00Z')).toEqual([]);
  expect(due(2, '2026-06', '2026-11-20T00:00:00Z')).toEqual(['2026-07', '2026-08', '2026-09', '2026-10']);
  expect(due(2, '2020-01', '2026-11-20T00:00:00Z')).toHaveLength(12);
  expect(due(undefined, '2026-01', '2026-11-20T00:00:00Z')).toEqual([]);
  // A clock that is set back sends nothing anew.
  expect(due(2, '2026-10', '2026-09-20T00:00:00Z')).toEqual([]);
});

test('the next one is at the first midnight of that day that is to come', () => {
  const next = (now: string) => nextDue(5, new Date(now), 'America/Sao_Paulo')?.toISOString();
  expect(next('2026-11-05T02:59:59Z')).toBe('2026-11-05T03:00:00.000Z');
  expect(next('2026-11-05T03:00:00Z')).toBe('2026-12-05T03:00:00.000Z');
  expect(next('2026-12-31T12:00:00Z')).toBe('2027-01-05T03:00:00.000Z');
  expect(lastDue(5, new Date('2026-11-05T02:59:59Z'), 'America/Sao_Paulo').name).toBe('2026-09');
});
