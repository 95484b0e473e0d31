/** What calls feel of reports: quiet and busy windows by turns, in front of a large ledger. */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { request } from 'undici';
import { openDatabase } from '../gateway/store/database';
import { startEmbeddedPostgres } from '../gateway/store/embedded';
import { migrate } from '../gateway/store/migrate';
import { policy } from '../src/policy';
import type { Arena } from './arena';
import { CASES } from './cases';
import { generateLedger, LARGE, type LedgerShape, type Run } from './ledger';
import { openLoad, type Slice } from './load';
import { median, percentile } from './statistics';
import { checkWhole } from './whole-answer';

/** The largest of each kind of report: every day and row there is. */
const REPORTS = [
  '/spend/report?group_by=user&size=10000',
  '/spend/report?group_by=key&size=10000',
  '/spend/logs?start_date={first}&end_date={last}',
  '/user/daily/activity?start_date={first}&end_date={last}',
  '/global/spend/report?start_date={first}&end_date={last}&group_by=team',
  '/global/spend/report?start_date={first}&end_date={last}&group_by=customer',
  '/spend/verify',
];

/** Reports that are asked for at once, by as many administrators. */
const AT_ONCE = 2;
const LOOK_MS = 100;

/** Fills the store of a gateway that is not running yet. */
export async function fillStore(
  dataDir: string,
  rows: number,
  more: Partial<LedgerShape> = {},
): Promise<void> {
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    const database = openDatabase(postgres.connection, quiet);
    await migrate(database, quiet).finally(() => database.close());
    // Without the limits of a gateway's statements: a ledger is made in a few that take minutes.
    const pool = new Pool(postgres.connection);
    // The server may end before the last connection has, and whatever matters is told by the statement that meets it.
    pool.on('error', () => {});
    const run: Run = async (text, values = []) => (await pool.query(text, [...values])).rows as never;
    const share = Math.min(1, rows / LARGE.rows);
    await generateLedger(run, {
      ...LARGE,
      rows,
      keys: Math.ceil(LARGE.keys * share),
      people: Math.ceil(LARGE.people * share),
      timeZone: policy.timeZone,
      until: dayAgo(1),
      ...more,
    }).finally(() => pool.end());
  } finally {
    await postgres.stop();
  }
}

const dayAgo = (days: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: policy.timeZone }).format(Date.now() - days * 86_400_000);

export interface Window {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Bytes, the most that was seen. */
  readonly memory: number;
}

export interface Beside {
  readonly quiet: Window;
  readonly busy: Window;
  /** That got to their end, by path; each runs on where the window before broke it off by starting anew. */
  readonly reports: Readonly<Record<string, number>>;
}

export interface BesideOptions {
  readonly rounds: number;
  /** Of each window. */
  readonly seconds: number;
  /** Calls a second; undefined: as many as are answered. */
  readonly rate: number | undefined;
  readonly adminUrl: string;
  readonly masterKey: string;
}

export async function measureBesideReports(arena: Arena, options: BesideOptions): Promise<Beside> {
  const [each] = CASES;
  if (each === undefined) throw new Error('there is no case');
  const { child, url } = arena.contestants.gateway;
  const call = await arena.prepare(each);
  const load = openLoad(url, (text) => checkWhole(text, each));
  const reports: Record<string, number> = {};
  let next = 0;

  const reportAgainAndAgain = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const path = REPORTS[(next += 1) % REPORTS.length] ?? '';
      const full = path.replace('{first}', dayAgo(LARGE.days)).replace('{last}', dayAgo(0));
      try {
        const answer = await request(options.adminUrl + full, {
          headers: { authorization: `Bearer ${options.masterKey}` },
          headersTimeout: 0,
          bodyTimeout: 0,
          signal,
        });
        await answer.body.dump({ limit: Infinity });
        const said = `${path.split('?')[0]} ${answer.statusCode}`;
        reports[said] = (reports[said] ?? 0) + 1;
      } catch (fault) {
        if (!signal.aborted) throw fault;
      }
    }
  };

  const runWindow = async (isBusy: boolean): Promise<{ slice: Slice; memory: number }> => {
    const over = new AbortController();
    const reporting = isBusy ? Array.from({ length: AT_ONCE }, () => reportAgainAndAgain(over.signal)) : [];
    let memory = 0;
    const looking = (async () => {
      while (!over.signal.aborted) {
        memory = Math.max(memory, await child.ask<number>('memory'));
        await delay(LOOK_MS);
      }
    })();
    try {
      const slice = await Promise.race([load.run(call, options.seconds, options.rate), arena.failure]);
      return { slice, memory };
    } finally {
      over.abort();
      await Promise.all([...reporting, looking]);
    }
  };

  try {
    await load.run(call, Math.min(10, options.seconds));
    const windows: Record<'quiet' | 'busy', { slice: Slice; memory: number }[]> = { quiet: [], busy: [] };
    for (let round = 0; round < options.rounds; round += 1)
      for (const kind of round % 2 === 0 ? (['quiet', 'busy'] as const) : (['busy', 'quiet'] as const))
        windows[kind].push(await runWindow(kind === 'busy'));
    return { quiet: summarize(windows.quiet), busy: summarize(windows.busy), reports };
  } finally {
    await load.close();
  }
}

const summarize = (windows: readonly { slice: Slice; memory: number }[]): Window => ({
  requestsPerSecond: median(windows.map(({ slice }) => slice.requests / slice.seconds)),
  p99: percentile(
    windows.flatMap(({ slice }) => slice.latencies),
    0.99,
  ),
  memory: Math.max(...windows.map(({ memory }) => memory)),
});

/** As many as one more tenth, and so much memory. */
const MOST_RATIO = 1.1;
const MOST_MEMORY = 100 * 1024 * 1024;

/** What was measured, and whether calls feel no more of it than they may. */
export function showBeside({ quiet, busy, reports }: Beside): {
  readonly text: string;
  readonly isHeld: boolean;
} {
  const rows: [string, number, number, boolean][] = [
    [
      'calls a second',
      quiet.requestsPerSecond,
      busy.requestsPerSecond,
      busy.requestsPerSecond * MOST_RATIO >= quiet.requestsPerSecond,
    ],
    ['p99, ms', quiet.p99, busy.p99, busy.p99 <= quiet.p99 * MOST_RATIO],
    ['memory, MB', quiet.memory / 1e6, busy.memory / 1e6, busy.memory - quiet.memory <= MOST_MEMORY],
  ];
  const lines = rows.map(
    ([what, before, beside, isHeld]) =>
      `${what.padEnd(16)} ${before.toFixed(1).padStart(9)} ${beside.toFixed(1).padStart(15)}   ${isHeld ? 'held' : 'NOT held'}`,
  );
  const told = Object.entries(reports).map(([what, count]) => `${what} ${count}×`);
  return {
    text: `${''.padEnd(16)}     quiet   beside reports\n${lines.join('\n')}\nreports that got to their end: ${told.join(', ') || 'none'}\n`,
    isHeld: rows.every(([, , , isHeld]) => isHeld),
  };
}
