/** What a metric is called, counts and is told apart by: the words that the list is written in. */

/** Begins the name of every metric of the gateway's own. */
export const PREFIX = 'ai_gateway_';

interface Described {
  /** With the unit at its end: seconds, bytes, dollars; what only grows ends with `_total`. */
  readonly name: `${typeof PREFIX}${string}`;
  /** One sentence. */
  readonly help: string;
  /** In this order. Their values come from the document and from tables of the code, never from a caller. */
  readonly labels: readonly string[];
}

export interface CounterSpec extends Described {
  readonly type: 'counter';
}

export interface HistogramSpec extends Described {
  readonly type: 'histogram';
  /** Upper bounds, rising. */
  readonly buckets: readonly number[];
}

export interface GaugeSpec extends Described {
  readonly type: 'gauge';
  /** Where it comes from: this process at the moment of the scrape, or the store a while ago, the same for all processes. */
  readonly of: 'process' | 'store';
}

export type MetricSpec = CounterSpec | HistogramSpec | GaugeSpec;

export const counter = (name: string, help: string, labels: readonly string[] = []): CounterSpec => ({
  type: 'counter',
  name: `${PREFIX}${name}`,
  help,
  labels,
});

export const histogram = (
  name: string,
  help: string,
  labels: readonly string[],
  buckets: readonly number[],
): HistogramSpec => ({ type: 'histogram', name: `${PREFIX}${name}`, help, labels, buckets });

export const gauge = (
  of: GaugeSpec['of'],
  name: string,
  help: string,
  labels: readonly string[] = [],
): GaugeSpec => ({ type: 'gauge', name: `${PREFIX}${name}`, help, labels, of });
