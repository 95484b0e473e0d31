/** @returns the smallest value that at least the given part (0 to 1) of all is not above; NaN of nothing */
export function percentile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
