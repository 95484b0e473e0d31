/**
 * What calls count into: numbers in cells, one for each combination of labels.
 *
 * Not prom-client's own counters: those make a string of the labels each time they are counted into, and five thousand
 * lines took them 7 to 35 ms to write. Here a label's value is looked up, and all of a line but its number is written
 * once. The registry, the gauges and the figures of the process are prom-client's.
 */
import { Registry, type Metric } from 'prom-client';
import type { CounterSpec, HistogramSpec } from './metric';

/** Lines of one metric; what comes beyond counts into one cell for all of it. */
export const MOST_LINES = 5_000;
export const OTHER = 'other';

/** One combination of labels with what was counted. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Distribution;
}

export interface Distribution {
  /** By bucket, the last of what is above all bounds; none is in two. */
  readonly counts: readonly number[];
  readonly sum: number;
}

type Branch<Cell> = Map<string, Cell | Branch<Cell>>;

abstract class Series<Cell> {
  readonly #root: Branch<Cell> = new Map();
  readonly #cells: Cell[] = [];
  /** Labels of the cells, in their order. */
  readonly #labels: (readonly string[])[] = [];
  readonly #most: number;
  #other: Cell | undefined;

  /** @param linesOfCell lines that each combination of labels takes */
  constructor(
    readonly spec: CounterSpec | HistogramSpec,
    readonly onOverflow: () => void,
    linesOfCell: number,
  ) {
    this.#most = Math.floor(MOST_LINES / linesOfCell);
    if (spec.labels.length === 0) this.#keep(this.make(''), []);
  }

  /** As prom-client's registry asks for it. */
  get name(): string {
    return this.spec.name;
  }

  protected abstract make(labels: string): Cell;
  protected abstract write(cell: Cell): string;
  protected abstract read(cell: Cell): Point['value'];

  protected cellOf(values: readonly string[]): Cell {
    const last = this.spec.labels.length - 1;
    if (last === -1) return this.#cells[0] as Cell;
    let branch = this.#root;
    for (let at = 0; at < last; at += 1) {
      const value = values[at] as string;
      let next = branch.get(value) as Branch<Cell> | undefined;
      if (next === undefined) {
        if (this.#cells.length >= this.#most) return this.#overflowing();
        branch.set(value, (next = new Map()));
      }
      branch = next;
    }
    const value = values[last] as string;
    const cell = branch.get(value) as Cell | undefined;
    if (cell !== undefined) return cell;
    if (this.#cells.length >= this.#most) return this.#overflowing();
    const made = this.make(labelsOf(this.spec.labels, values));
    this.#keep(made, values);
    branch.set(value, made);
    return made;
  }

  #keep(cell: Cell, labels: readonly string[]): void {
    this.#cells.push(cell);
    this.#labels.push(labels);
  }

  #overflowing(): Cell {
    this.onOverflow();
    if (this.#other === undefined) {
      const labels = this.spec.labels.map(() => OTHER);
      this.#other = this.make(labelsOf(this.spec.labels, labels));
      this.#keep(this.#other, labels);
    }
    return this.#other;
  }

  /** The same figures that the text has. */
  points(): Point[] {
    return this.#cells.map((cell, at) => {
      const labels: Record<string, string> = {};
      this.spec.labels.forEach((name, place) => (labels[name] = this.#labels[at]?.[place] as string));
      return { labels, value: this.read(cell) };
    });
  }

  /** As the text format has it: https://prometheus.io/docs/instrumenting/exposition_formats/ */
  text(): string {
    const { name, help, type } = this.spec;
    let lines = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}`;
    for (const cell of this.#cells) lines += this.write(cell);
    return lines;
  }
}

interface Count {
  readonly prefix: string;
  value: number;
}

export class Counter extends Series<Count> {
  constructor(spec: CounterSpec, onOverflow: () => void = () => {}) {
    super(spec, onOverflow, 1);
  }

  /** @param values of its labels, in their order */
  add(amount: number, ...values: readonly string[]): void {
    this.cellOf(values).value += amount;
  }

  /** Of what is counted elsewhere. */
  setTo(total: number, ...values: readonly string[]): void {
    this.cellOf(values).value = total;
  }

  protected make(labels: string): Count {
    return { prefix: `\n${this.spec.name}${labels === '' ? '' : `{${labels}}`} `, value: 0 };
  }

  protected write({ prefix, value }: Count): string {
    return prefix + value;
  }

  protected read({ value }: Count): number {
    return value;
  }
}

interface Spread {
  /** Of each bucket, then of all. */
  readonly prefixes: readonly string[];
  readonly sumPrefix: string;
  readonly countPrefix: string;
  /** By the first bucket that a value fits; the last is that of the rest. */
  readonly counts: number[];
  sum: number;
}

export class Histogram extends Series<Spread> {
  readonly #buckets: readonly number[];

  constructor(spec: HistogramSpec, onOverflow: () => void = () => {}) {
    super(spec, onOverflow, spec.buckets.length + 3);
    this.#buckets = spec.buckets;
  }

  observe(value: number, ...values: readonly string[]): void {
    const cell = this.cellOf(values);
    let at = 0;
    while (at < this.#buckets.length && value > (this.#buckets[at] as number)) at += 1;
    cell.counts[at] = (cell.counts[at] as number) + 1;
    cell.sum += value;
  }

  protected make(labels: string): Spread {
    const { name } = this.spec;
    const { buckets } = this.spec as HistogramSpec;
    const before = labels === '' ? '' : `${labels},`;
    return {
      prefixes: [...buckets, '+Inf'].map((bound) => `\n${name}_bucket{${before}le="${bound}"} `),
      sumPrefix: `\n${name}_sum${labels === '' ? '' : `{${labels}}`} `,
      countPrefix: `\n${name}_count${labels === '' ? '' : `{${labels}}`} `,
      counts: Array<number>(buckets.length + 1).fill(0),
      sum: 0,
    };
  }

  protected write({ prefixes, sumPrefix, countPrefix, counts, sum }: Spread): string {
    let lines = '';
    let total = 0;
    for (let at = 0; at < prefixes.length; at += 1) {
      total += counts[at] as number;
      lines += (prefixes[at] as string) + total;
    }
    return lines + sumPrefix + sum + countPrefix + total;
  }

  protected read({ counts, sum }: Spread): Distribution {
    return { counts: [...counts], sum };
  }
}

function labelsOf(names: readonly string[], values: readonly string[]): string {
  return names.map((name, at) => `${name}="${escapeLabel(values[at] as string)}"`).join(',');
}

// Not cut: two that were the same then would spoil the whole page.
const escapeLabel = (value: string): string =>
  // bounded: a name of the document, once for each series
  value.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));

// bounded: a sentence of the list
const escapeHelp = (help: string): string =>
  help.replace(/[\\\n]/g, (found) => (found === '\n' ? '\\n' : '\\\\'));

/** prom-client's registry, with what writes itself among what it writes. */
export class SeriesRegistry extends Registry {
  take(series: Counter | Histogram): void {
    // It needs no more of a metric than its name.
    this.registerMetric(series as unknown as Metric);
  }

  /** Not in prom-client's types; its `metrics()` calls it for each metric. */
  getMetricsAsString(metric: unknown): Promise<string> {
    if (metric instanceof Counter || metric instanceof Histogram) return Promise.resolve(metric.text());
    return (Registry.prototype as SeriesRegistry).getMetricsAsString.call(this, metric);
  }
}
