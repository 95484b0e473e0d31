import { createTokenBuckets } from '../../gateway/concurrency/token-buckets';

describe('token buckets', () => {
  let time: number;
  const now = () => new Date(time);
  beforeEach(() => {
    time = Date.UTC(2026, 0, 1);
  });

  test('let a burst through, then one whenever one has come back', () => {
    const buckets = createTokenBuckets(3, 30, now);
    const take = () => buckets.take('a');
    expect([take(), take(), take()]).toEqual([undefined, undefined, undefined]);
    expect(take()).toBe(2_000);
    time += 500;
    expect(take()).toBe(1_500);
    time += 1_500;
    expect(take()).toBeUndefined();
    expect(take()).toBe(2_000);
  });

  test('hold no more than the burst, however long nobody asked', () => {
    const buckets = createTokenBuckets(2, 60, now);
    buckets.take('a');
    time += 3_600_000;
    expect([buckets.take('a'), buckets.take('a')]).toEqual([undefined, undefined]);
    expect(buckets.take('a')).toBe(1_000);
  });

  test('are one for each caller', () => {
    const buckets = createTokenBuckets(1, 60, now);
    buckets.take('a');
    expect(buckets.take('a')).toBe(1_000);
    expect(buckets.take('b')).toBeUndefined();
  });

  test('neither open nor close when the clock is set back', () => {
    const buckets = createTokenBuckets(1, 60, now);
    buckets.take('a');
    time -= 3_600_000;
    expect(buckets.take('a')).toBe(1_000);
    time += 1_000;
    expect(buckets.take('a')).toBeUndefined();
  });

  test('can be looked at without taking, and be in debt for a minute at most', () => {
    const buckets = createTokenBuckets(2, 60, now);
    expect([buckets.waitMs('a'), buckets.waitMs('a'), buckets.waitMs('a')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    buckets.spend('a', 4.5);
    expect(buckets.waitMs('a')).toBe(3_500);
    buckets.spend('a', 1_000_000);
    expect(buckets.waitMs('a')).toBe(61_000);
    time += 61_000;
    expect(buckets.take('a')).toBeUndefined();
    buckets.spend('a', 10);
    buckets.forget();
    expect(buckets.waitMs('a')).toBeUndefined();
  });

  test('go on counting for a caller among very many others', () => {
    const buckets = createTokenBuckets(1, 1, now);
    buckets.take('a');
    for (let other = 0; other < 5_000; other += 1) buckets.take(`other-${other}`);
    expect(buckets.take('a')).toBe(60_000);
    time += 60_000;
    for (let other = 5_000; other < 20_000; other += 1) buckets.take(`other-${other}`);
    expect(buckets.take('a')).toBeUndefined();
  });
});
