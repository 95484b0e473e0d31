/** Points of metrics as they stand in a request of OTLP. */
import { millisecondsOf, valuesOf, type KeyValue } from './values';
import { readMetricsRequest } from './wire';

export interface SeenPoint {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: 'sum' | 'gauge' | 'histogram';
  /** 2 is cumulative. */
  readonly temporality: number | undefined;
  readonly isMonotonic: boolean | undefined;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly value: number | undefined;
  readonly sum: number | undefined;
  readonly count: number | undefined;
  readonly buckets: readonly number[];
  readonly bounds: readonly number[];
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly time: number;
  readonly resource: Readonly<Record<string, unknown>>;
}

interface WirePoint {
  readonly attributes?: readonly KeyValue[];
  readonly startTimeUnixNano: unknown;
  readonly timeUnixNano: unknown;
  readonly asDouble?: number;
  readonly asInt?: unknown;
  readonly count?: unknown;
  readonly sum?: number;
  readonly bucketCounts?: readonly unknown[];
  readonly explicitBounds?: readonly number[];
}
interface WireData {
  readonly dataPoints?: readonly WirePoint[];
  readonly aggregationTemporality?: unknown;
  readonly isMonotonic?: boolean;
}
interface WireMetric {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly sum?: WireData;
  readonly gauge?: WireData;
  readonly histogram?: WireData;
}
export interface WireMetrics {
  readonly resourceMetrics?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly WireMetric[] }[];
  }[];
}

export const pointsIn = (body: Buffer, type: string): SeenPoint[] =>
  pointsOf(
    (type === 'application/x-protobuf'
      ? readMetricsRequest(body)
      : JSON.parse(body.toString())) as WireMetrics,
  );

export const pointsOf = ({ resourceMetrics = [] }: WireMetrics): SeenPoint[] =>
  resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap((metric) => seen(metric, valuesOf(resource?.attributes))),
    ),
  );

function seen(metric: WireMetric, resource: SeenPoint['resource']): SeenPoint[] {
  const kind = (['sum', 'gauge', 'histogram'] as const).find((each) => metric[each] !== undefined);
  const data = kind && metric[kind];
  if (kind === undefined || data === undefined) throw new Error(`${metric.name} has no data`);
  const { aggregationTemporality, isMonotonic, dataPoints = [] } = data;
  return dataPoints.map((point) => {
    if (point.asInt !== undefined) throw new Error('all are doubles');
    return {
      name: metric.name,
      description: metric.description ?? '',
      unit: metric.unit ?? '',
      kind,
      temporality: aggregationTemporality === undefined ? undefined : Number(aggregationTemporality),
      isMonotonic: isMonotonic === undefined ? undefined : Boolean(isMonotonic),
      labels: valuesOf(point.attributes),
      // Protobuf leaves out what is 0; of a point of this kind it is there all the same.
      value: kind === 'histogram' ? undefined : (point.asDouble ?? 0),
      sum: point.sum,
      count: point.count === undefined ? undefined : Number(point.count),
      buckets: (point.bucketCounts ?? []).map(Number),
      bounds: point.explicitBounds ?? [],
      start: millisecondsOf(point.startTimeUnixNano),
      time: millisecondsOf(point.timeUnixNano),
      resource,
    };
  });
}
