/** Lines of a chart as attributes of SVG, and what is said of each place along them. */
import { CHART } from './bar-chart';

export interface Series {
  /** Class of the stylesheet. */
  readonly name: string;
  /** Undefined: nothing is known there, so that the line is broken. */
  readonly values: readonly (number | undefined)[];
}

export interface Line {
  readonly name: string;
  /** As `polyline` takes them. */
  readonly points: string;
}

export interface Place {
  readonly x: number;
  readonly width: number;
  readonly title: string;
}

const round = (number: number): number => Math.round(number * 100) / 100;

/** @param titles of every place, in the order of the values */
export function linesOf(
  series: readonly Series[],
  titles: readonly string[],
): { readonly lines: readonly Line[]; readonly places: readonly Place[] } {
  const width = CHART.width / Math.max(1, titles.length);
  const most = Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0)), 0);
  const pointOf = (value: number, at: number): string =>
    `${round((at + 0.5) * width)},${round(CHART.height * (1 - (most <= 0 ? 0 : value / most)))}`;
  return {
    lines: series.flatMap(({ name, values }) =>
      piecesOf(values).map((piece) => {
        const points = piece.map(({ value, at }) => pointOf(value, at));
        // A single one would not be seen.
        return { name, points: [...points, ...(points.length === 1 ? points : [])].join(' ') };
      }),
    ),
    places: titles.map((title, at) => ({ x: round(at * width), width: round(width), title })),
  };
}

interface Point {
  readonly value: number;
  readonly at: number;
}

function piecesOf(values: readonly (number | undefined)[]): Point[][] {
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  for (const [at, value] of values.entries()) {
    if (value !== undefined) {
      if (piece.length === 0) pieces.push(piece);
      piece.push({ value, at });
    } else piece = [];
  }
  return pieces;
}
