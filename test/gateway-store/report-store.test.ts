import { openReportStore, type ReportStore } from '../../gateway/store/report-store';
import { startStore, type TestStore } from '../gateway/support/store';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

let store: TestStore;
let reports: ReportStore;
beforeAll(async () => {
  store = await startStore();
  reports = openReportStore({ connectionString: store.url }, SILENT, {
    limitMs: 30_000,
    most: 2,
    isBusy: () => false,
    isLocal: false,
  });
});
afterAll(async () => {
  await reports.close();
  await store.remove();
});

/** Connections of reports that keep old versions of rows from being cleared away. */
const holding = async (): Promise<number> => {
  const rows = await store.query(
    `select from pg_stat_activity where application_name = 'ai-gateway-reports' and backend_xmin is not null`,
  );
  return rows.length;
};

test('rows that are taken slowly hold no moment of the store', async () => {
  const seen: number[] = [];
  const held: number[] = [];
  await reports.read(new AbortController().signal, async (reader) => {
    for await (const rows of reader.walk<{ n: number }>('select n from generate_series(1, 100) as n', [])) {
      seen.push(...rows.map(({ n }) => n));
      held.push(await holding());
    }
  });
  expect(seen).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  expect(held).toEqual(held.map(() => 0));
  expect(held.length).toBeGreaterThan(2);
});

test('whoever takes not all of them can walk again, and others get none of them', async () => {
  await reports.read(new AbortController().signal, async (reader) => {
    for (const last of [1, 2]) {
      for await (const [first] of reader.walk<{ n: number }>(
        'select n + $1 as n from generate_series(0, 99) as n',
        [last],
      )) {
        expect(first?.n).toBe(last);
        break;
      }
    }
  });
  const rows = await reports.read(new AbortController().signal, (reader) =>
    reader.run<{ open: number }>('', 'select count(*)::int as open from pg_cursors', []),
  );
  expect(rows).toEqual([{ open: 0 }]);
});

test('a statement that fails half-way is told, and the next report is none the worse', async () => {
  const walk = reports.read(new AbortController().signal, async (reader) => {
    await reader.walk('select 1 / (50 - n) from generate_series(1, 100) as n', []).next();
  });
  await expect(walk).rejects.toThrow();
  const rows = await reports.read(new AbortController().signal, (reader) =>
    reader.run<{ n: number }>('', 'select 1 as n', []),
  );
  expect(rows).toEqual([{ n: 1 }]);
});
