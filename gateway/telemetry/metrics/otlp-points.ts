/** Figures of a moment as OTLP has them: under the names of `/metrics`, cumulative, in pieces that are quickly written. */
import { ValueType, type HrTime } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  InstrumentType,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Readout } from './readout';
import type { Point } from './series';

/** Points of a delivery: more would hold up calls while they are written. */
export const MOST_AT_ONCE = 200;

const SCOPE = { name: 'ai-gateway' };

export interface Piece {
  readonly metrics: ResourceMetrics;
  /** Points in it. */
  readonly count: number;
}

/** @param times when counting began, and of this moment */
export function* piecesOf(
  readouts: readonly Readout[],
  resource: Resource,
  times: { readonly from: HrTime; readonly to: HrTime },
  most = MOST_AT_ONCE,
): Generator<Piece> {
  let metrics: MetricData[] = [];
  let count = 0;
  const piece = (): Piece => {
    const made = { metrics: { resource, scopeMetrics: [{ scope: SCOPE, metrics }] }, count };
    metrics = [];
    count = 0;
    return made;
  };
  for (const readout of readouts)
    for (let at = 0; at < readout.points.length;) {
      const points = readout.points.slice(at, at + most - count);
      metrics.push(metricOf(readout, points, times));
      count += points.length;
      at += points.length;
      if (count === most) yield piece();
    }
  if (count > 0) yield piece();
}

function metricOf(
  { name, help, type, bounds }: Readout,
  points: readonly Point[],
  { from, to }: { readonly from: HrTime; readonly to: HrTime },
): MetricData {
  const common = {
    descriptor: {
      name,
      description: help,
      unit: unitOf(name),
      type: TYPES[type],
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const each = <T>(valueOf: (value: Point['value']) => T) =>
    points.map(({ labels, value }) => ({
      startTime: from,
      endTime: to,
      attributes: labels,
      value: valueOf(value),
    }));
  if (type === 'histogram')
    return {
      ...common,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: each((value) => {
        const { counts, sum } = value as Exclude<Point['value'], number>;
        const buckets = { boundaries: [...bounds], counts: [...counts] };
        return { buckets, sum, count: counts.reduce((all, one) => all + one, 0) };
      }),
    };
  const dataPoints = each((value) => value as number);
  return type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
}

const TYPES = {
  counter: InstrumentType.OBSERVABLE_COUNTER,
  gauge: InstrumentType.OBSERVABLE_GAUGE,
  histogram: InstrumentType.HISTOGRAM,
};

const UNITS = [
  ['_seconds', 's'],
  ['_bytes', 'By'],
] as const;

/** By UCUM, where the name ends with one: a server that puts units behind names then leaves this one as it is. */
function unitOf(name: string): string {
  const bare = name.endsWith('_total') ? name.slice(0, -'_total'.length) : name;
  return UNITS.find(([end]) => bare.endsWith(end))?.[1] ?? '';
}
