/** How long calls took, place by place along a chart, and the same as a table. */
import { quantile } from '../ledger/sums/duration-bounds';
import type { Durations, Measure } from '../ledger/sums/read-hours';
import { CHART } from './bar-chart';
import { figureTable, type Column } from './column';
import { linesOf } from './line-chart';
import { saidAs } from './template';

/** Of whatever `by` names: half of the calls took no longer than the first of each, 95 of a hundred no longer than the second. */
export interface Times {
  readonly first50: number | undefined;
  readonly first95: number | undefined;
  readonly whole50: number | undefined;
  readonly whole95: number | undefined;
}

/** Milliseconds that so great a share of calls did not exceed. */
function timeOf(
  durations: readonly Durations[],
  by: string,
  measure: Measure,
  share: number,
): number | undefined {
  const counts = durations.find((each) => each.by === by && each.measure === measure)?.counts;
  return counts === undefined ? undefined : quantile(counts, share);
}

export const timesOf = (durations: readonly Durations[], by: string): Times => ({
  first50: timeOf(durations, by, 'first_token', 0.5),
  first95: timeOf(durations, by, 'first_token', 0.95),
  whole50: timeOf(durations, by, 'latency', 0.5),
  whole95: timeOf(durations, by, 'latency', 0.95),
});

export const TIMES_SAID =
  'Of calls that were answered: half of them took no longer than p50, 95 of a hundred no longer than p95. Both are read off within fixed buckets, so they are near, not exact.';

export const timeColumns = <Row>(of: (row: Row) => Times): readonly Column<Row>[] => [
  {
    name: 'first_token_p50_ms',
    label: 'First token p50',
    kind: 'ms',
    of: (row) => of(row).first50,
  },
  { name: 'first_token_p95_ms', label: 'p95', kind: 'ms', of: (row) => of(row).first95 },
  { name: 'latency_p50_ms', label: 'Whole answer p50', kind: 'ms', of: (row) => of(row).whole50 },
  { name: 'latency_p95_ms', label: 'p95', kind: 'ms', of: (row) => of(row).whole95 },
];

export interface Place {
  readonly id: string;
  /** As it is said. */
  readonly name: string;
}

/** A line of p50 and one of p95 of whole answers. @param of days or hours, oldest first */
export function timesChart(durations: readonly Durations[], places: readonly Place[], of: string) {
  const rows = places.map(({ id, name }) => ({ name, times: timesOf(durations, id) }));
  const told = ({ name, times }: (typeof rows)[number]): string =>
    `${name}: p50 ${saidAs(times.whole50, 'ms')}, p95 ${saidAs(times.whole95, 'ms')}`;
  const { lines, places: spots } = linesOf(
    [
      { name: 'p95', values: rows.map(({ times }) => times.whole95) },
      { name: 'p50', values: rows.map(({ times }) => times.whole50) },
    ],
    rows.map(told),
  );
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { name: of.toLowerCase(), label: of, kind: 'day', of: ({ name }) => name },
    ...timeColumns<(typeof rows)[number]>(({ times }) => times),
  ];
  const known = rows.filter(({ times }) => times.whole50 !== undefined);
  return known.length === 0
    ? undefined
    : {
        ...CHART,
        label: `How long whole answers take, by ${of.toLowerCase()}: p50 and p95`,
        lines,
        places: spots,
        said: TIMES_SAID,
        most: saidAs(Math.max(...known.map(({ times }) => times.whole95 ?? 0)), 'ms'),
        table: figureTable(columns, known.reverse(), {
          label: `How long calls take, by ${of.toLowerCase()}`,
        }),
      };
}
