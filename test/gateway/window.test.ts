import { windowAt, type BudgetDuration } from '../../gateway/ledger/window';

const spans = (duration: BudgetDuration, now: string, zone: string): (string | undefined)[] => {
  const { start, end } = windowAt(duration, new Date(now), zone);
  return [start.toISOString().slice(0, 16), end?.toISOString().slice(0, 16)];
};

describe('a budget window', () => {
  test.each<[BudgetDuration, string, string, string, string]>([
    ['1d', '2026-11-21T23:59:59.999Z', 'UTC', '2026-11-21T00:00', '2026-11-22T00:00'],
    ['1d', '2026-11-22T00:00:00.000Z', 'UTC', '2026-11-22T00:00', '2026-11-23T00:00'],
    ['1d', '2026-11-21T22:59:59.999Z', 'Europe/Berlin', '2026-11-20T23:00', '2026-11-21T23:00'],
    ['1d', '2026-11-21T23:00:00.000Z', 'Europe/Berlin', '2026-11-21T23:00', '2026-11-22T23:00'],
    ['1d', '2026-11-21T12:00:00Z', 'Asia/Kathmandu', '2026-11-20T18:15', '2026-11-21T18:15'],
    ['1d', '2026-11-21T12:00:00Z', 'Pacific/Kiritimati', '2026-11-21T10:00', '2026-11-22T10:00'],
    ['7d', '2026-11-22T23:59:59Z', 'UTC', '2026-11-16T00:00', '2026-11-23T00:00'],
    ['7d', '2026-11-22T23:59:59Z', 'Europe/Berlin', '2026-11-22T23:00', '2026-11-29T23:00'],
    ['7d', '2027-01-01T12:00:00Z', 'UTC', '2026-12-28T00:00', '2027-01-04T00:00'],
    ['30d', '2026-12-31T23:30:00Z', 'UTC', '2026-12-01T00:00', '2027-01-01T00:00'],
    ['30d', '2026-12-31T23:30:00Z', 'Europe/Berlin', '2026-12-31T23:00', '2027-01-31T23:00'],
    ['30d', '2028-02-29T12:00:00Z', 'UTC', '2028-02-01T00:00', '2028-03-01T00:00'],
  ])('of %s at %s in %s', (duration, now, zone, start, end) => {
    expect(spans(duration, now, zone)).toEqual([start, end]);
  });

  test.each<[string, BudgetDuration, string, string, string, string]>([
    ['23 hours', '1d', '2026-03-29T12:00:00Z', 'Europe/Berlin', '2026-03-28T23:00', '2026-03-29T22:00'],
    ['25 hours', '1d', '2026-10-25T12:00:00Z', 'Europe/Berlin', '2026-10-24T22:00', '2026-10-25T23:00'],
    ['an hour less', '7d', '2026-03-25T12:00:00Z', 'Europe/Berlin', '2026-03-22T23:00', '2026-03-29T22:00'],
    ['an hour more', '30d', '2026-10-31T12:00:00Z', 'Europe/Berlin', '2026-09-30T22:00', '2026-10-31T23:00'],
    // The clocks of Beirut skip midnight in spring, so that the day begins at one.
    ['no midnight', '1d', '2026-03-29T12:00:00Z', 'Asia/Beirut', '2026-03-28T22:00', '2026-03-29T21:00'],
    // Those of Havana show it twice in autumn; those of Beirut fall back from midnight to the day before.
    ['two midnights', '1d', '2026-11-01T12:00:00Z', 'America/Havana', '2026-11-01T04:00', '2026-11-02T05:00'],
    ['late midnight', '1d', '2026-10-24T12:00:00Z', 'Asia/Beirut', '2026-10-23T21:00', '2026-10-24T22:00'],
  ])('has %s where the clocks change', (_, duration, now, zone, start, end) => {
    expect(spans(duration, now, zone)).toEqual([start, end]);
  });

  test('follows the one before without a gap, all through a year of changing clocks', () => {
    for (const zone of ['Asia/Beirut', 'America/Havana', 'America/Santiago', 'Australia/Lord_Howe']) {
      let { start, end } = windowAt('1d', new Date('2026-01-01T12:00:00Z'), zone);
      for (let day = 0; day < 400 && end; day += 1) {
        const next = windowAt('1d', end, zone);
        expect([zone, next.start]).toEqual([zone, end]);
        expect((end.getTime() - start.getTime()) / 3_600_000).toBeGreaterThanOrEqual(23);
        ({ start, end } = next);
      }
    }
  });

  test('of a budget for good never ends', () => {
    expect(spans('none', '2026-11-21T12:00:00Z', 'UTC')).toEqual(['1970-01-01T00:00', undefined]);
  });
});
