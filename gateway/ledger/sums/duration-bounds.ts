/**
 * Milliseconds that tell how long calls took from one another: bucket 0 is below the first, bucket n from the n-th up to
 * the next. What is kept is kept by them, so they stay: others would be mixed with these.
 */
export const DURATION_BOUNDS: readonly number[] = [
  50, 100, 150, 200, 300, 400, 500, 700, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 7_000, 10_000, 15_000,
  20_000, 30_000, 45_000, 60_000, 90_000, 120_000, 180_000, 300_000, 600_000,
];

/**
 * The time that so great a share of calls did not exceed, read off within its bucket as if calls lay evenly in it.
 *
 * @param counts calls by bucket
 * @param share from 0 to 1
 * @returns milliseconds; undefined without calls
 */
export function quantile(counts: ReadonlyMap<number, number>, share: number): number | undefined {
  let all = 0;
  for (const count of counts.values()) all += count;
  if (all <= 0) return undefined;
  const wanted = share * all;
  let before = 0;
  for (let bucket = 0; bucket <= DURATION_BOUNDS.length; bucket += 1) {
    const count = counts.get(bucket) ?? 0;
    if (count > 0 && before + count >= wanted) {
      const from = DURATION_BOUNDS[bucket - 1] ?? 0;
      const to = DURATION_BOUNDS[bucket] ?? from;
      return Math.round(from + ((to - from) * (wanted - before)) / count);
    }
    before += count;
  }
  return DURATION_BOUNDS[DURATION_BOUNDS.length - 1];
}
