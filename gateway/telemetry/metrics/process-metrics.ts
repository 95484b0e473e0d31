/** Figures of the process itself, under the names that every dashboard for Node knows. One set, as there is one process. */
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Milliseconds between two looks at how late the event loop is. */
const LOOK_MS = 20;

/** Have no figure, or one that is none, where the event loop was not looked at since the last scrape. */
const SPOILT = ['min', 'mean', 'stddev'].map((what) => `nodejs_eventloop_lag_${what}_seconds`);

let registry: Registry | undefined;

export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOK_MS });
    for (const name of SPOILT) registry.removeSingleMetric(name);
  }
  return registry;
}
