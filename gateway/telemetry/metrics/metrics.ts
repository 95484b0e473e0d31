/** The gateway's metrics: counts calls from the start on, and writes the page that Prometheus reads. */
import { Gauge, Registry } from 'prom-client';
import type { Services } from '../../services';
import { callFigures, type Counters, type Histograms } from './call-figures';
import { COUNTERS, GAUGES, HISTOGRAMS, type GaugeName } from './metric-list';
import { exporterLabels } from './exporter-labels';
import { processMetrics } from './process-metrics';
import { readOut } from './readout';
import { Counter, Histogram, SeriesRegistry } from './series';
import { deploymentsOf } from './named-deployments';
import { standingFigures, type Readings } from './standing-figures';
import { startMetricExport } from './start-export';
import { createStoreReader } from './store-figures';
import { createTeamLabels } from './team-labels';

export interface Metrics {
  readonly contentType: string;
  /** The page, as of this moment. It waits for nobody. */
  page(): Promise<string>;
  close(): Promise<void>;
}

export function startMetrics(services: Services): Metrics {
  const registry = new SeriesRegistry();
  const overflow = new Counter(COUNTERS.overflow);
  const onOverflow = (): void => overflow.add(1);
  const counters = mapValues(COUNTERS, (spec) =>
    spec === COUNTERS.overflow ? overflow : new Counter(spec, onOverflow),
  ) satisfies Counters;
  const histograms = mapValues(HISTOGRAMS, (spec) => new Histogram(spec, onOverflow)) satisfies Histograms;
  for (const series of [...Object.values(counters), ...Object.values(histograms)]) registry.take(series);
  const store = createStoreReader(services.reports, services.logger);
  takeGauges(registry, standingFigures(services, store));
  const ofProcess = processMetrics();

  services.observers.add(callFigures(counters, histograms, teamsOf(services)));
  const look = (): void => {
    store.look();
    takeOver(services, counters);
  };
  const endExport = startMetricExport(services, () => {
    look();
    return readOut([registry, ofProcess]);
  });
  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    async page() {
      look();
      return `${await registry.metrics()}\n${await ofProcess.metrics()}`;
    },
    async close() {
      await endExport();
      await store.close();
    },
  };
}

function teamsOf({ settings, documents }: Services) {
  if (settings.metricsTeams === 0) return undefined;
  const labelsOf = createTeamLabels(settings.metricsTeams);
  const nobody: readonly string[] = [];
  return ({ key }: Parameters<ReturnType<typeof callFigures>>[0]): Iterable<string> =>
    key === undefined ? nobody : labelsOf(key, documents.current.document.teams);
}

/** What is counted where it happens, since no call is told of it. */
function takeOver(services: Services, counters: Counters): void {
  const { claimTally, contentLogging, exporters, health } = services;
  for (const [outcome, total] of contentLogging.room.outcomes) counters.contentCalls.setTo(total, outcome);
  for (const [kind, total] of contentLogging.room.masked) counters.contentMasked.setTo(total, kind);
  for (const [outcome, total] of claimTally.counts) counters.claims.setTo(total, outcome);
  for (const [name, { provider, deployment }] of deploymentsOf(services))
    counters.coolDowns.setTo(health.coolDowns.get(name) ?? 0, provider.name, deployment.id);
  for (const exporter of exporters.all) {
    const figures = exporter.figures();
    const labels = exporterLabels(figures);
    counters.exported.setTo(figures.delivered, ...labels);
    counters.exportDropped.setTo(figures.dropped, ...labels);
    counters.exportFailures.setTo(figures.failures, ...labels);
  }
}

function takeGauges(registry: Registry, readings: Readings): void {
  for (const [key, { name, help, labels }] of Object.entries(GAUGES)) {
    const read = readings[key as GaugeName];
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset();
        const reading = read();
        if (typeof reading === 'number') return this.set(reading);
        // Without labels it is 0 from the start, which would be a figure.
        if (labels.length === 0) return this.remove();
        for (const [value, ...values] of reading ?? []) this.labels(...values).set(value);
      },
    });
  }
}

function mapValues<K extends string, V, T>(
  table: Readonly<Record<K, V>>,
  make: (value: V) => T,
): Readonly<Record<K, T>> {
  return Object.fromEntries(Object.entries<V>(table).map(([key, value]) => [key, make(value)])) as Readonly<
    Record<K, T>
  >;
}
