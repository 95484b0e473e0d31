/** `npm run bench:sums`: what the sums that follow calls cost, and how long pages take that read them. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool, type PoolConfig } from 'pg';
import { dayAt, daysBetween } from '../gateway/ledger/calendar-day';
import { followCalls } from '../gateway/ledger/sums/follow-calls';
import { readDurations, readHours } from '../gateway/ledger/sums/read-hours';
import { readSums, type SumsAsked } from '../gateway/ledger/sums/read-sums';
import { openDatabase } from '../gateway/store/database';
import { startEmbeddedPostgres } from '../gateway/store/embedded';
import { policy } from '../src/policy';
import { runProgram } from '../terminal/program';
import { openArena } from './arena';
import { fillStore } from './beside-reports';
import { signIn } from './dashboard-visitor';
import { LARGE } from './ledger';
import { showPageTimes, timePages } from './page-times';
import { median } from './statistics';
import { callReads, insightReads, type Reads } from './sums-reads';

const HELP = `Usage: npm run bench:sums [-- --rows N --keys N]

Fills a ledger, follows calls that are booked on top of it, reads what pages read; then starts a gateway in front of it and
asks for every page of the dashboard, with every query that pages lead to.

  --rows N   calls in the ledger (${LARGE.rows})
  --keys N   keys (5000)
  --help     this text
`;

const QUIET = { debug() {}, info() {}, warn() {}, error() {} };
const BOOKED = 20_000;
const TURNS = 7;
const HOUR_MS = 3_600_000;

/** As busy keys call: of all keys, models and providers at once. */
const BOOK = `
insert into calls (request_id, finished_at, key_id, account_id, scope, owner_id, owner_name, workspace_id, template_name, level,
  protocol, model, model_asked, provider, deployment, attempts, streamed, input_tokens, output_tokens, cache_write_tokens,
  cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms, status, client)
select gen_random_uuid(), clock_timestamp() - interval '2 seconds', k.id, k.account_id, k.scope, k.owner_id, k.owner_name,
  k.workspace_id, k.template_name, 'standard', 'openai-chat', 'model-' || n % 12, '', 'p' || n % 3, 'd' || n % 4, 1, true, n, n, 0,
  0, n, false, n % 60000, n % 9000, 200, 'curl'
from generate_series(1, $1::integer) n join keys k on k.id = 1 + (n * 7919) % (select count(*) from keys)`;

const SIZES = `
select relname as name, to_char(n_live_tup, 'FM999,999,999') as rows, pg_size_pretty(pg_total_relation_size(relid)) as size
from pg_stat_user_tables where relname ~ 'sums|durations|^calls$|^tasks$|sizes|quarter' order by pg_total_relation_size(relid) desc`;

type Say = (text: string) => void;

/** Fills a store that nobody uses yet, and asks it what pages ask. */
async function measureSums(folder: string, rows: number, keys: number, say: Say): Promise<void> {
  const filling = performance.now();
  await fillStore(folder, rows, { keys, people: Math.ceil(keys / 2) });
  say(`filled with ${rows} calls of ${keys} keys in ${((performance.now() - filling) / 1_000).toFixed(0)} s`);
  const { timeZone } = policy;
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  const database = openDatabase(postgres.connection, QUIET);
  const sums = followCalls(database, QUIET, () => timeZone, 2 ** 30);
  try {
    // Of any size: a gateway's statements have less time than this takes.
    await withoutLimit(postgres.connection, 'analyze');
    await sums.follow();
    for (const [switched, what] of [
      ['enable', ', the first time'],
      ['disable', ' without insights'],
      ['enable', ''],
    ] as const) {
      await database.run('', `alter table sums_state ${switched} trigger insights_follow`, []);
      await database.run('', BOOK, [BOOKED]);
      const start = performance.now();
      const followed = await sums.follow();
      const took = performance.now() - start;
      say(
        `following${what}: ${((took / followed) * 1_000).toFixed(1)} µs a call (${followed} calls, pauses counted)`,
      );
    }
    const now = new Date();
    const days = (count: number) => daysBetween(dayAt(now, timeZone, count - 1).start, now, timeZone);
    const reads: Reads = { ...(await callReads(database)), ...insightReads(database, timeZone, now) };
    const asked: Record<string, Omit<SumsAsked, 'days'>> = {
      'by day and model': { by: 'day', within: 'model' },
      'by team': { by: 'team' },
      'by person': { by: 'person' },
      'by key': { by: 'key' },
      'by workspace': { by: 'workspace' },
      'of one person, by day and model': { by: 'day', within: 'model', person: 'owner-1' },
      'of one team, by person': { by: 'person', team: 'template-1' },
      'of one model, by person': { by: 'person', model: 'model-1' },
    };
    for (const [name, ask] of Object.entries(asked))
      for (const count of [1, 30, 365])
        reads[`${name}, ${count} days`] = () => readSums(database, { ...ask, days: days(count) });
    const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
    const week = new Date(hour.getTime() - 7 * 24 * HOUR_MS);
    reads['hours of a week'] = () => readHours(database, week, now);
    reads['durations of a week, by model'] = () => readDurations(database, 'model', week, now);
    for (const [name, read] of Object.entries(reads)) {
      const times: number[] = [];
      for (let turn = 0; turn < TURNS; turn += 1) {
        const began = performance.now();
        await read();
        times.push(performance.now() - began);
      }
      say(`${name.padEnd(44)} ${median(times).toFixed(1).padStart(8)} ms`);
    }
    for (const row of await database.run<Record<string, string>>('', SIZES, []))
      say(`${row['name']?.padEnd(24)} ${row['rows']?.padStart(12)} rows  ${row['size']}`);
  } finally {
    sums.close();
    await database.close();
    await postgres.stop();
  }
}

async function withoutLimit(connection: PoolConfig, text: string): Promise<void> {
  const pool = new Pool(connection);
  pool.on('error', () => {});
  await pool.query(text).finally(() => pool.end());
}

runProgram(async () => {
  const { values } = parseArgs({
    options: { rows: { type: 'string' }, keys: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) return void process.stdout.write(HELP);
  const rows = Number(values.rows ?? LARGE.rows);
  const keys = Number(values.keys ?? 5_000);
  if (!(rows > 0) || !(keys > 0)) throw new Error('--rows and --keys are numbers above 0. See --help.');
  const say: Say = (text) => void process.stdout.write(`${text}\n`);
  const arena = await openArena(undefined, (folder) => measureSums(join(folder, 'store'), rows, keys, say));
  try {
    const { adminUrl, masterKey } = await arena.administration();
    const visitor = await signIn(adminUrl, masterKey);
    const addresses = await visitor.addresses();
    say('pages of the dashboard, each at its slowest address:');
    process.stdout.write(showPageTimes(await timePages(visitor, addresses), visitor.missed(addresses)));
  } finally {
    await arena.close();
  }
});
