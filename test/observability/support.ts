/** What dashboards and rules are held to. */
import { spawnSync } from 'node:child_process';
import { METRICS } from '../../gateway/telemetry/metrics/metric-list';
import { processMetrics } from '../../gateway/telemetry/metrics/process-metrics';

export const hasProgram = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;

export const hasPromtool = hasProgram('promtool');
if (!hasPromtool)
  process.stderr.write('skipped: no promtool on the PATH (Debian: apt-get install prometheus)\n');

const KNOWN = new Set([
  ...Object.values(METRICS).flatMap(({ name, type }) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
  ),
  ...processMetrics()
    .getMetricsAsArray()
    .map(({ name }) => name),
]);

/** Names of metrics in a text that the gateway has none of. */
export const unknownMetrics = (text: string): string[] =>
  (text.match(/\bai_gateway_\w+/g) ?? []).filter(
    (name) => !Object.values(METRICS).some((metric) => metric.name === name),
  );

/** Names of series in an expression that nothing of the gateway's has. */
export const unknownNames = (expression: string): string[] =>
  (expression.match(/\b(ai_gateway|nodejs|process)_\w+/g) ?? []).filter((name) => !KNOWN.has(name));
