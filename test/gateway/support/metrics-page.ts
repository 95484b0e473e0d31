/** The page that Prometheus reads, taken apart by its grammar: what is no line of it fails the test. */
import { eventually, MASTER_KEY, type TestGateway } from './gateway';

export interface MetricsPage {
  readonly text: string;
  /** What each metric is, by name. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The sum of the samples of that name that have these labels. */
  readonly sum: (name: string, labels?: Readonly<Record<string, string>>) => number;
  /** Values of a label in the samples of that name, each once, sorted. */
  readonly values: (name: string, label: string) => string[];
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"/g;

export function readPage(text: string): MetricsPage {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, named, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (named !== undefined) {
      if (types.has(named)) throw new Error(`${named} is there twice`);
      types.set(named, type ?? '');
      continue;
    }
    const [, name = '', labels = '', value] = LINE.exec(line) ?? [];
    if (name === '' || Number.isNaN(Number(value))) throw new Error(`no line of a page of metrics: ${line}`);
    const series = `${name}{${labels}}`;
    if (seen.has(series)) throw new Error(`${series} is there twice`);
    seen.add(series);
    samples.push({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text]),
      ),
      value: Number(value),
    });
  }
  const found = (name: string, labels: Readonly<Record<string, string>> = {}): Sample[] =>
    samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  return {
    text,
    types,
    samples,
    sum: (name, labels) => found(name, labels).reduce((sum, { value }) => sum + value, 0),
    values: (name, label) => [...new Set(found(name).map(({ labels }) => labels[label] ?? ''))].sort(),
  };
}

export async function scrape(gateway: TestGateway, key = MASTER_KEY): Promise<MetricsPage> {
  const answer = await gateway.request(`${gateway.adminUrl}/metrics`, { key });
  if (answer.status !== 200) throw new Error(`no metrics: ${answer.text}`);
  return readPage(answer.text);
}

/** Scrapes until the page is as it should be: figures of the store are read after the scrape that asked for them. */
export const scrapeUntil = (
  gateway: TestGateway,
  isSo: (page: MetricsPage) => boolean,
): Promise<MetricsPage> =>
  eventually(async () => {
    const page = await scrape(gateway);
    return isSo(page) ? page : undefined;
  });
