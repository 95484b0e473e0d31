/** Cells that are counted into: held to prom-client's own, bounded, and cheap to write. */
import * as client from 'prom-client';
import { counter, histogram } from '../../../gateway/telemetry/metrics/metric';
import { Counter, Histogram, MOST_LINES, SeriesRegistry } from '../../../gateway/telemetry/metrics/series';
import { createStoreReader } from '../../../gateway/telemetry/metrics/store-figures';
import type { Reports } from '../../../gateway/reports';
import { readPage } from '../support/metrics-page';

const LABELS = ['model', 'deployment'];
const COUNT = counter('count_total', 'What \\ is\ncounted.', LABELS);
const SPREAD = histogram('spread_seconds', 'How long.', LABELS, [0.5, 1, 2.5]);
const ODD = ['plain', 'with "quotes"', 'back\\slash', 'line\nbreak', 'ü 😀', ''];

test('what is written is what prom-client writes, for every kind of label and value', async () => {
  const ours = new SeriesRegistry();
  const [count, spread] = [new Counter(COUNT), new Histogram(SPREAD)];
  for (const series of [count, spread]) ours.take(series);
  const theirs = new client.Registry();
  const common = { labelNames: LABELS, registers: [theirs] };
  const theirCount = new client.Counter({ name: COUNT.name, help: COUNT.help, ...common });
  const theirSpread = new client.Histogram({
    name: SPREAD.name,
    help: SPREAD.help,
    buckets: [...SPREAD.buckets],
    ...common,
  });
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let turn = 0; turn < 500; turn += 1) {
    const [model = '', deployment = ''] = [0, 1].map(() => ODD[Math.floor(random() * ODD.length)]);
    const value = [0, 0.5, 1, 1e-9, 3, 12_345][Math.floor(random() * 6)] ?? 0;
    count.add(value, model, deployment);
    theirCount.inc({ model, deployment }, value);
    spread.observe(value, model, deployment);
    theirSpread.observe({ model, deployment }, value);
  }
  const sorted = async (registry: client.Registry): Promise<string[]> =>
    readPage(await registry.metrics())
      .samples.map(({ name, labels: { le, ...labels }, value }) => JSON.stringify([name, le, labels, value]))
      .sort();
  expect(await sorted(ours)).toEqual(await sorted(theirs));
  const heads = (text: string) => text.split('\n').filter((line) => line.startsWith('#'));
  expect(heads(await ours.metrics())).toEqual(heads(await theirs.metrics()));
});

test.each([
  ['a counter', new Counter(COUNT, () => (overflows += 1)), 1],
  ['a histogram', new Histogram(SPREAD, () => (overflows += 1)), SPREAD.buckets.length + 3],
])('%s has no more lines than it may, and what comes beyond counts as one', (_, series, linesOfCell) => {
  overflows = 0;
  const most = Math.floor(MOST_LINES / linesOfCell);
  const turns = most + 1_000;
  for (let turn = 0; turn < turns; turn += 1)
    if (series instanceof Counter) series.add(1, `model-${turn}`, `deployment-${turn}`);
    else series.observe(1, `model-${turn}`, `deployment-${turn}`);
  expect(overflows).toBe(1_000);
  const page = readPage(series.text());
  expect(page.samples.length).toBeLessThanOrEqual(MOST_LINES + linesOfCell);
  const name = series instanceof Counter ? COUNT.name : `${SPREAD.name}_count`;
  expect(page.sum(name, { model: 'other', deployment: 'other' })).toBe(1_000);
  expect(page.sum(name)).toBe(turns);
});
let overflows = 0;

test('labels are written once, however often they are counted into and read', async () => {
  const registry = new SeriesRegistry();
  const [count, spread] = [new Counter(COUNT), new Histogram(SPREAD)];
  for (const series of [count, spread]) registry.take(series);
  const countInto = (): void => {
    for (let series = 0; series < 400; series += 1) {
      count.add(1, `m${series}`, 'd');
      spread.observe(1, `m${series}`, 'd');
    }
  };
  countInto();
  const replaced = jest.spyOn(String.prototype, 'replace');
  const joined = jest.spyOn(Array.prototype, 'join');
  try {
    for (let turn = 0; turn < 10; turn += 1) countInto();
    expect([replaced.mock.calls.length, joined.mock.calls.length]).toEqual([0, 0]);
    for (let turn = 0; turn < 10; turn += 1) await registry.metrics();
    // The words of help of each metric, and the page out of its metrics.
    expect(replaced.mock.calls.length).toBe(20);
    expect(joined.mock.calls.length).toBe(10);
  } finally {
    replaced.mockRestore();
    joined.mockRestore();
  }
});

describe('figures of the store', () => {
  const quiet = { debug() {}, info() {}, warn: jest.fn(), error() {} };
  const ROW = {
    keys: { live: 3 },
    reservations: '2',
    reserved_nano: '1500000000',
    processes: '1',
    closed_accounts: '0',
  };

  test('are asked for once in a while, by nobody who waits', async () => {
    let asked = 0;
    let clock = 0;
    let release: ((rows: unknown[]) => void) | undefined;
    const reports = {
      read: () => {
        asked += 1;
        return new Promise((resolve) => (release = resolve));
      },
    } as unknown as Reports;
    const reader = createStoreReader(reports, quiet, () => clock);
    for (let look = 0; look < 50; look += 1) reader.look();
    expect([asked, reader.latest, reader.isUp]).toEqual([1, undefined, undefined]);
    clock = 60_000;
    // It is still being answered.
    reader.look();
    expect(asked).toBe(1);
    release?.([ROW]);
    await new Promise(setImmediate);
    expect(reader.latest?.figures).toMatchObject({
      keys: { live: 3 },
      reservations: 2,
      reservedDollars: 1.5,
    });
    clock = 61_000;
    reader.look();
    expect(asked).toBe(2);
    clock = 70_000;
    reader.look();
    expect(asked).toBe(2);
  });

  test('that cannot be had are said once, and the old ones stay', async () => {
    let clock = 0;
    let isAway = false;
    const reports = {
      read: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve([ROW])),
    } as unknown as Reports;
    const reader = createStoreReader(reports, quiet, () => clock);
    const look = async (): Promise<void> => {
      clock += 60_000;
      reader.look();
      await new Promise(setImmediate);
    };
    await look();
    isAway = true;
    await look();
    await look();
    expect([reader.isUp, reader.latest?.figures.reservations]).toEqual([false, 2]);
    expect(quiet.warn).toHaveBeenCalledTimes(1);
    isAway = false;
    await look();
    expect(reader.isUp).toBe(true);
    await reader.close();
  });
});
