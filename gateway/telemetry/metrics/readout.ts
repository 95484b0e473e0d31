/**
 * All figures of a moment, whoever keeps them: what `/metrics` writes as text, as data for what writes them otherwise.
 */
import type { Registry } from 'prom-client';
import { Counter, Histogram, type Distribution, type Point } from './series';

export interface Readout {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Of a histogram: upper bounds of its buckets, but for the last. */
  readonly bounds: readonly number[];
  readonly points: readonly Point[];
}

/** As prom-client gives what it keeps. */
interface Kept {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly KeptValue[];
}
interface KeptValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  /** Of a histogram: its name with `_bucket`, `_sum` or `_count` behind it. */
  readonly metricName?: string;
}

export async function readOut(registries: readonly Registry[]): Promise<Readout[]> {
  const found: Readout[] = [];
  for (const registry of registries)
    for (const metric of registry.getMetricsAsArray() as unknown[])
      found.push(
        isOurs(metric) ? ofOurs(metric) : ofTheirs(await (metric as { get(): Promise<Kept> }).get()),
      );
  return found;
}

const isOurs = (metric: unknown): metric is Counter | Histogram =>
  metric instanceof Counter || metric instanceof Histogram;

const ofOurs = (series: Counter | Histogram): Readout => {
  const { name, help, type } = series.spec;
  const bounds = series.spec.type === 'histogram' ? series.spec.buckets : [];
  return { name, help, type, bounds, points: series.points() };
};

function ofTheirs({ name, help, type, values }: Kept): Readout {
  if (type === 'histogram') return ofTheirHistogram(name, help, values);
  const points = values.map(({ labels, value }): Point => ({ labels: texts(labels), value }));
  return { name, help, type: type === 'counter' ? 'counter' : 'gauge', bounds: [], points };
}

/** Its buckets hold what those below them do, too. */
function ofTheirHistogram(name: string, help: string, values: readonly KeptValue[]): Readout {
  const bounds: number[] = [];
  const cells = new Map<string, { labels: Point['labels']; counts: number[]; below: number; sum: number }>();
  for (const {
    metricName,
    value,
    labels: { le, ...rest },
  } of values) {
    const labels = texts(rest);
    const id = JSON.stringify(labels);
    let cell = cells.get(id);
    if (cell === undefined) cells.set(id, (cell = { labels, counts: [], below: 0, sum: 0 }));
    if (metricName === `${name}_sum`) cell.sum = value;
    if (metricName !== `${name}_bucket`) continue;
    cell.counts.push(value - cell.below);
    cell.below = value;
    if (cells.size === 1 && Number.isFinite(Number(le))) bounds.push(Number(le));
  }
  const points = [...cells.values()].map(({ labels, counts, sum }): Point => {
    const value: Distribution = { counts, sum };
    return { labels, value };
  });
  return { name, help, type: 'histogram', bounds, points };
}

function texts(labels: KeptValue['labels']): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) if (value !== undefined) found[name] = String(value);
  return found;
}
