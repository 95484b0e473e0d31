/** Tokens of one call, each counted once: `input` leaves out what was written to or read from the prompt cache. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  /** Of `cacheWrite`, what was written with a life of an hour. @default 0 */
  readonly cacheWriteHour?: number;
  readonly cacheRead: number;
}

export const NO_USAGE: Usage = { input: 0, output: 0, cacheWrite: 0, cacheRead: 0 };

/** Providers report running totals, at times out of order; the largest seen of each is the one that counts. */
export function largerOf(a: Usage, b: Usage): Usage {
  const cacheWriteHour = Math.max(a.cacheWriteHour ?? 0, b.cacheWriteHour ?? 0);
  return {
    input: Math.max(a.input, b.input),
    output: Math.max(a.output, b.output),
    cacheWrite: Math.max(a.cacheWrite, b.cacheWrite),
    ...(cacheWriteHour > 0 ? { cacheWriteHour } : {}),
    cacheRead: Math.max(a.cacheRead, b.cacheRead),
  };
}
