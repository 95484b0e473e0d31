/** What was measured, as tables for people and as JSON for programs. */
import { availableParallelism } from 'node:os';
import { CONNECTIONS, CONTESTANTS, type Contestant } from './cases';
import type { CaseResult, Figures, MeasureOptions } from './measure';

const NAMES: Readonly<Record<Contestant, string>> = {
  bare: 'bare relay',
  json: 'JSON relay',
  gateway: 'gateway',
};

const COLUMNS = [
  'requests/s',
  'p50 ms',
  'p99 ms',
  'p50 added',
  'p99 added',
  'CPU µs',
  '× bare',
  '× JSON',
  'store µs',
];

const ratio = (one: number, other: number): number => one / other;

const row = (figures: Figures, bare: Figures, json: Figures): string[] => [
  figures.requestsPerSecond.toFixed(0),
  figures.p50.toFixed(2),
  figures.p99.toFixed(2),
  (figures.p50 - bare.p50).toFixed(2),
  (figures.p99 - bare.p99).toFixed(2),
  figures.cpuPerRequest.toFixed(0),
  ratio(figures.cpuPerRequest, bare.cpuPerRequest).toFixed(2),
  ratio(figures.cpuPerRequest, json.cpuPerRequest).toFixed(2),
  figures.storeCpuPerRequest?.toFixed(0) ?? '',
];

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((each) => each[column]?.length ?? 0)),
  );
  return rows
    .map((each) =>
      each.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))),
    )
    .map((cells) => `  ${cells.join('  ').trimEnd()}\n`)
    .join('');
}

/** One case, as soon as it is measured. */
export function showCase({
  case: { name, protocol, bodyBytes, events },
  figures,
  parts,
}: CaseResult): string {
  const answer = events === 0 ? 'whole answers' : `streams of ${events} events`;
  const { bare, json } = figures;
  const lines = CONTESTANTS.map((each) => [NAMES[each], ...row(figures[each], bare, json)]);
  return [
    `${name}: ${protocol}, bodies of ${bodyBytes} bytes, ${answer}\n`,
    table([['', ...COLUMNS], ...lines]),
    ...(parts === undefined ? [] : ['\n', showParts(parts, figures.gateway.cpuPerRequest)]),
    '\n',
  ].join('');
}

function showParts(parts: NonNullable<CaseResult['parts']>, cpuPerRequest: number): string {
  return table([
    ['where the gateway spends it', 'share', 'CPU µs'],
    ...parts.map(({ part, share }) => [
      part,
      `${(share * 100).toFixed(1)} %`,
      (share * cpuPerRequest).toFixed(1),
    ]),
  ]);
}

/** Times in milliseconds, CPU in microseconds a request. */
export function toJson(
  results: readonly CaseResult[],
  { seconds, rate }: Pick<MeasureOptions, 'seconds' | 'rate'>,
): unknown {
  return {
    measured_at: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpus: availableParallelism(),
    connections: CONNECTIONS,
    seconds,
    rate: rate ?? null,
    cases: results.map(({ case: { name, protocol, bodyBytes, events }, figures, parts }) => ({
      name,
      protocol,
      body_bytes: bodyBytes,
      events,
      contestants: Object.fromEntries(CONTESTANTS.map((each) => [each, figuresJson(figures[each])])),
      gateway_over: { bare: over(figures.gateway, figures.bare), json: over(figures.gateway, figures.json) },
      ...(parts === undefined ? {} : { gateway_cpu_shares: parts }),
    })),
  };
}

const figuresJson = (figures: Figures) => ({
  requests: figures.requests,
  requests_per_second: figures.requestsPerSecond,
  p50_ms: figures.p50,
  p99_ms: figures.p99,
  cpu_us: figures.cpuPerRequest,
  store_cpu_us: figures.storeCpuPerRequest ?? null,
});

const over = (gateway: Figures, other: Figures) => ({
  cpu_ratio: ratio(gateway.cpuPerRequest, other.cpuPerRequest),
  rate_ratio: ratio(gateway.requestsPerSecond, other.requestsPerSecond),
  p50_added_ms: gateway.p50 - other.p50,
  p99_added_ms: gateway.p99 - other.p99,
});
