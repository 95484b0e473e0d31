/** The list of metrics as a page for people: docs/metrics.md. */
import { METRICS_VARIABLES } from '../../config/metrics-variables';
import { fileVariableOf } from '../../config/secret-files';
import type { Variable } from '../../config/variable';
import type { MetricSpec } from './metric';
import { COUNTERS, GAUGES, HISTOGRAMS } from './metric-list';
import { MOST_LINES } from './series';

const code = (text: string): string => `\`${text}\``;

const row = (cells: readonly string[]): string =>
  // bounded: words of this program
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row).join('\n');

const labelsOf = ({ labels }: MetricSpec): string => labels.map(code).join(', ');

const listed = (specs: Readonly<Record<string, MetricSpec>>): string =>
  table(
    ['name', 'labels', 'what it says'],
    Object.values(specs).map((spec) => [code(spec.name), labelsOf(spec), spec.help]),
  );

const gaugesOf = (of: 'process' | 'store'): string =>
  listed(Object.fromEntries(Object.entries(GAUGES).filter(([, spec]) => spec.of === of)));

const histograms = (): string =>
  table(
    ['name', 'labels', 'what it says', 'buckets'],
    Object.values(HISTOGRAMS).map((spec) => [
      code(spec.name),
      labelsOf(spec),
      spec.help,
      spec.buckets.join(', '),
    ]),
  );

const defaultOf = ({ unset, fallback }: Variable<unknown>): string => unset ?? code(String(fallback));

const settings = (): string =>
  table(
    ['variable', 'default', 'meaning'],
    Object.values<Variable<unknown>>(METRICS_VARIABLES).map((entry) => [
      code(entry.name) + (entry.secret ? ` (or ${code(fileVariableOf(entry.name))})` : ''),
      defaultOf(entry),
      entry.meaning,
    ]),
  );

export function metricsDocument(): string {
  return `# Metrics

What \`GET /metrics\` of the admin listener says, in the text format of Prometheus. Made from \`gateway/telemetry/metrics/\`;
\`UPDATE_SNAPSHOT=1 npm test -- metrics-document\` makes this page anew. How to plug it in, the dashboard and the alerts:
[observability.md](observability.md).

Each process of the gateway tells of itself, so each is scraped by itself. What comes from the store is the same for all
of them: take the largest, not the sum.

**Labels** come from the document and from tables of the code, never from a caller: what a refused call named as its
model is \`unknown\`. There is none for a person, key, workspace or client. A metric has at most ${MOST_LINES} lines; what
comes beyond is counted as \`other\`, and in \`${COUNTERS.overflow.name}\`.

**What it costs.** Nothing is asked for a scrape: figures of the store are read by a connection of the reports', at most
every 15 seconds and for 5 at most, after a scrape that found them old. A page of seven thousand lines takes some 3 ms.

**What it is not.** Money is counted as it is booked by this process and begins at 0 with it; the account is the ledger
(\`/spend/…\`). What is booked for a process that was killed is in the ledger alone.

## Who may read it

${settings()}

A wrong token is refused as a wrong admin key is, and counts as one.

## Counted

${listed(COUNTERS)}

## Measured

${histograms()}

## State of this process

${gaugesOf('process')}

## State of the store

${gaugesOf('store')}

## The process itself

As prom-client names them for every program in Node: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`,
\`process_open_fds\`, \`process_start_time_seconds\`, \`nodejs_eventloop_lag_p99_seconds\` and others of the lag since the last
scrape, \`nodejs_heap_size_used_bytes\`, \`nodejs_gc_duration_seconds\` and so on.
`;
}
