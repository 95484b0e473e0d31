/** Bounds how often each caller may do one thing, in this process: a burst at once, and so many a minute after it. */

export interface TokenBuckets {
  /** Takes one of the caller's tokens. Returns the milliseconds until there is one when none is left, else undefined. */
  take(caller: string): number | undefined;
}

interface Bucket {
  tokens: number;
  /** Milliseconds since 1970 of the last look. */
  seenAt: number;
}

/** Buckets that are kept before full ones, which say nothing more than none at all, are thrown away. */
const SWEEP_AT = 1_000;

/**
 * @param burst tokens of a caller who has not been seen for a while
 * @param perMinute tokens that come back
 */
export function createTokenBuckets(burst: number, perMinute: number, now: () => Date): TokenBuckets {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  const refill = (bucket: Bucket, time: number): void => {
    // A clock that is set back gives nothing, and takes nothing.
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, time - bucket.seenAt) * perMs);
    bucket.seenAt = time;
  };
  let sweepAt = SWEEP_AT;
  const sweep = (time: number): void => {
    for (const [caller, bucket] of buckets) {
      refill(bucket, time);
      if (bucket.tokens === burst) buckets.delete(caller);
    }
    sweepAt = Math.max(SWEEP_AT, buckets.size * 2);
  };
  return {
    take(caller) {
      const time = now().getTime();
      let bucket = buckets.get(caller);
      if (bucket === undefined) {
        if (buckets.size >= sweepAt) sweep(time);
        bucket = { tokens: burst, seenAt: time };
        buckets.set(caller, bucket);
      }
      refill(bucket, time);
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perMs);
      bucket.tokens -= 1;
      return undefined;
    },
  };
}
