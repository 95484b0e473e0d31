/** Bounds how often each caller may do one thing, in this process: a burst at once, and so many a minute after it. */

export interface TokenBuckets {
  /** Takes one of the caller's tokens. Returns the milliseconds until there is one when none is left, else undefined. */
  take(caller: string): number | undefined;
  /** As `take`, but takes none. */
  waitMs(caller: string): number | undefined;
  /** Takes so many, also those that are yet to come: of one minute at most. */
  spend(caller: string, tokens: number): void;
  /** Everybody has a full bucket again. */
  forget(): void;
}

interface Bucket {
  tokens: number;
  /** Milliseconds since 1970 of the last look. */
  seenAt: number;
}

/** Buckets that are kept before full ones, which say nothing more than none at all, are thrown away. */
const SWEEP_AT = 1_000;
/** Buckets at which the oldest go as well, and how many stay then. */
const MOST_BUCKETS = 100_000;
const KEPT_BUCKETS = 90_000;

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
    if (buckets.size >= MOST_BUCKETS)
      for (const caller of buckets.keys()) {
        if (buckets.size <= KEPT_BUCKETS) break;
        buckets.delete(caller);
      }
    sweepAt = Math.min(MOST_BUCKETS, Math.max(SWEEP_AT, buckets.size * 2));
  };
  /** The caller's, as full as it is now. */
  const bucketOf = (caller: string): Bucket => {
    const time = now().getTime();
    let bucket = buckets.get(caller);
    if (bucket === undefined) {
      if (buckets.size >= sweepAt) sweep(time);
      bucket = { tokens: burst, seenAt: time };
      buckets.set(caller, bucket);
    }
    refill(bucket, time);
    return bucket;
  };
  const waitOf = ({ tokens }: Bucket): number | undefined =>
    tokens < 1 ? Math.ceil((1 - tokens) / perMs) : undefined;
  return {
    take(caller) {
      const bucket = bucketOf(caller);
      const wait = waitOf(bucket);
      if (wait === undefined) bucket.tokens -= 1;
      return wait;
    },
    waitMs: (caller) => (buckets.has(caller) ? waitOf(bucketOf(caller)) : undefined),
    spend(caller, tokens) {
      const bucket = bucketOf(caller);
      bucket.tokens = Math.max(-perMinute, bucket.tokens - tokens);
    },
    forget: () => buckets.clear(),
  };
}
