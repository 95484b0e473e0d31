/** Many figures go out in pieces, none of which is long, and nothing is lost or told twice between them. */
import { resourceFromAttributes } from '@opentelemetry/resources';
import fc from 'fast-check';
import { MOST_AT_ONCE, piecesOf } from '../../../gateway/telemetry/metrics/otlp-points';
import type { Readout } from '../../../gateway/telemetry/metrics/readout';

const resource = resourceFromAttributes({});
const times = { from: [1, 0] as [number, number], to: [2, 0] as [number, number] };

const readouts = fc.array(
  fc.record({ type: fc.constantFrom('counter' as const, 'gauge' as const), points: fc.nat(40) }),
  { maxLength: 12 },
);

test('each point is in one piece, in its place, and no piece has more than it may', () => {
  fc.assert(
    fc.property(readouts, fc.integer({ min: 1, max: 30 }), (made, most) => {
      const given = made.map(({ type, points }, at): Readout => ({
        name: `metric_${at}`,
        help: '',
        type,
        bounds: [],
        points: Array.from({ length: points }, (_, place) => ({
          labels: { place: String(place) },
          value: place,
        })),
      }));
      const pieces = [...piecesOf(given, resource, times, most)];
      const told = pieces.map(({ metrics }) =>
        metrics.scopeMetrics.flatMap((scope) =>
          scope.metrics.flatMap(({ descriptor, dataPoints }) =>
            dataPoints.map(({ attributes, value }) => [descriptor.name, attributes['place'], value]),
          ),
        ),
      );
      expect(told.map(({ length }) => length)).toEqual(pieces.map(({ count }) => count));
      for (const piece of told) expect(piece.length).toBeLessThanOrEqual(most);
      expect(told.slice(0, -1).every(({ length }) => length === most)).toBe(true);
      expect(told.flat()).toEqual(
        given.flatMap(({ name, points }) =>
          points.map(({ labels, value }) => [name, labels['place'], value]),
        ),
      );
    }),
    { numRuns: 200 },
  );
});

test('seven thousand points make pieces of the usual length', () => {
  const points = Array.from({ length: 7_000 }, (_, place) => ({
    labels: { place: String(place) },
    value: 1,
  }));
  const many: Readout = { name: 'many_seconds_total', help: '', type: 'counter', bounds: [], points };
  const pieces = [...piecesOf([many], resource, times)];
  expect(pieces).toHaveLength(7_000 / MOST_AT_ONCE);
  expect(pieces[0]?.metrics.scopeMetrics[0]?.metrics[0]?.descriptor.unit).toBe('s');
});
