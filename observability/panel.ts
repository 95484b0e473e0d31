/** What a panel of the dashboard is made of, and the queries that many of them have in common. */

/** Units as Grafana calls them. */
export type Unit =
  'short' | 's' | 'bytes' | 'percentunit' | 'reqps' | 'currencyUSD' | 'dateTimeFromNow' | 'none';

export interface Query {
  readonly expr: string;
  /** Of each series. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** What is usual, and what it means when it is not. */
  readonly description: string;
  readonly kind: 'timeseries' | 'stat';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Values from which it is shown as trouble. @default none */
  readonly trouble?: number;
  /** Series on top of each other. @default false */
  readonly isStacked?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** By the dashboard's variables. */
export const PROCESS = 'job=~"$job",instance=~"$instance"';
export const MODEL = `${PROCESS},model=~"$model"`;

export const rate = (metric: { readonly name: string }, labels = PROCESS): string =>
  `rate(${metric.name}{${labels}}[$__rate_interval])`;

export const sum = (of: string, by: string): string => `sum by (${by}) (${of})`;

export const quantile = (q: number, metric: { readonly name: string }, by: string): string =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${metric.name}_bucket{${MODEL}}[$__rate_interval])))`;

/** Of what may not have happened at all. */
export const total = (metric: { readonly name: string }, labels = PROCESS): string =>
  `(sum(${rate(metric, labels)}) or vector(0))`;

/** The same in every process. */
export const ofStore = (metric: { readonly name: string }): string => `max(${metric.name}{${PROCESS}})`;

export const by = (legend: string, expr: string): Query => ({ legend, expr });
