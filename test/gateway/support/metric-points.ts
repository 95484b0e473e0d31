/** Points of metrics that went out by OTLP, beside the page that Prometheus reads. */
import { isDeepStrictEqual } from 'node:util';
import type { SeenPoint } from '../../standins/otlp/points';
import { eventually, type TestGateway } from './gateway';
import { scrape, type MetricsPage } from './metrics-page';

/** What moves while nothing happens: by the clock, or by being told. */
export const MOVES = /_export_|heartbeat|store_figures|store_connections$|^(nodejs|process)_/;

type Sample = MetricsPage['samples'][number];
type Standing = Pick<MetricsPage, 'samples' | 'types'>;

/** Points that were told between two pages that say the same, but for what moves. */
export const betweenEqualPages = (
  gateway: TestGateway,
  told: () => Promise<readonly SeenPoint[]>,
): Promise<{ readonly page: Standing; readonly points: readonly SeenPoint[] }> => {
  const standing = async (): Promise<Standing> => {
    const { samples, types } = await scrape(gateway);
    return { types, samples: samples.filter(({ name }) => !MOVES.test(name)) };
  };
  return eventually(async () => {
    const before = await standing();
    const points = await told();
    const page = await standing();
    return isDeepStrictEqual(before, page) ? { page, points } : undefined;
  });
};

export const byId = (samples: readonly Sample[]): Map<string, number> =>
  new Map(samples.map(({ name, labels, value }) => [`${name} ${JSON.stringify(labels)}`, value]));

/** As lines of a page of metrics. */
export function samplesOf(points: readonly SeenPoint[]): Sample[] {
  return points.flatMap(
    ({ name, kind, labels: given, value = NaN, buckets, bounds, sum = NaN, count = NaN }) => {
      const labels = given as Sample['labels'];
      if (kind !== 'histogram') return [{ name, labels, value }];
      let below = 0;
      return [
        ...buckets.map((number, at) => ({
          name: `${name}_bucket`,
          labels: { ...labels, le: String(bounds[at] ?? '+Inf') },
          value: (below += number),
        })),
        { name: `${name}_sum`, labels, value: sum },
        { name: `${name}_count`, labels, value: count },
      ];
    },
  );
}
