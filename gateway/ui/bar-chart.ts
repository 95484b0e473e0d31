/** Bars of a chart as attributes of SVG: a page may hold no style. */

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What is said of it on pointing there. */
  readonly title: string;
}

export const CHART = { width: 1_000, height: 120 } as const;

/** A bar that is not nothing is seen. */
const LEAST = 1.5;
/** Share of its place that a bar takes. */
const FULL = 0.8;

export function barsOf(values: readonly { readonly value: number; readonly title: string }[]): Bar[] {
  const most = Math.max(...values.map(({ value }) => value), 0);
  const place = CHART.width / Math.max(1, values.length);
  return values.map(({ value, title }, index) => {
    const height = most <= 0 || value <= 0 ? 0 : Math.max(LEAST, (value / most) * CHART.height);
    const round = (number: number): number => Math.round(number * 100) / 100;
    return {
      x: round(index * place + (place * (1 - FULL)) / 2),
      y: round(CHART.height - height),
      width: round(place * FULL),
      height: round(height),
      title,
    };
  });
}
