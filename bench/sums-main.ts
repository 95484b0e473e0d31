/** `npm run bench:sums`: what the sums that follow calls cost, and how long pages take that read them. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dayAt, daysBetween } from '../gateway/ledger/calendar-day';
import type { CallFilter } from '../gateway/ledger/calls/call-filter';
import { readCall, readCalls, readNewest } from '../gateway/ledger/calls/read-calls';
import { readSessionSums } from '../gateway/ledger/calls/session-sums';
import { findBudgetUse } from '../gateway/ledger/insights/budget-use';
import { insightDays, readInsights } from '../gateway/ledger/insights/read-insights';
import { builtInDocument } from '../gateway/documents/built-in-document';
import { followCalls } from '../gateway/ledger/sums/follow-calls';
import { readDurations, readHours } from '../gateway/ledger/sums/read-hours';
import { readSums, type SumsAsked } from '../gateway/ledger/sums/read-sums';
import { openDatabase, type Database, type Statements } from '../gateway/store/database';
import { startEmbeddedPostgres } from '../gateway/store/embedded';
import type { View } from '../gateway/ui/page';
import { PAGES } from '../gateway/ui/pages';
import { routeFinder } from '../gateway/ui/route-finder';
import { runProgram } from '../terminal/program';
import { fillStore } from './beside-reports';
import { LARGE } from './ledger';
import { median } from './statistics';

const HELP = `Usage: npm run bench:sums [-- --rows N --keys N]

Fills a ledger, follows calls that are booked on top of it, and reads what pages read.

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
  cache_read_tokens, cost_nano, estimated, latency_ms, first_token_ms, status, client, session)
select gen_random_uuid(), clock_timestamp() - interval '2 seconds', k.id, k.account_id, k.scope, k.owner_id, k.owner_name,
  k.workspace_id, k.template_name, 'standard', 'openai-chat', 'model-' || n % 12, '', 'p' || n % 3, 'd' || n % 4, 1, true, n, n, 0,
  0, n, false, n % 60000, n % 9000, 200, 'curl', 'session-' || n / 10
from generate_series(1, $1::integer) n join keys k on k.id = 1 + (n * 7919) % (select count(*) from keys)`;

const SIZES = `
select relname as name, to_char(n_live_tup, 'FM999,999,999') as rows, pg_size_pretty(pg_total_relation_size(relid)) as size
from pg_stat_user_tables where relname ~ 'sums|durations|^calls$|^tasks$|sizes|quarter' order by pg_total_relation_size(relid) desc`;

/** What pages of the dashboard load, by their address: as an admin's browser asks for them, but for reading the request. */
function dashboardPages(database: Database): Record<string, () => Promise<unknown>> {
  const services = {
    documents: { current: builtInDocument(), origin: { kind: 'built-in' } },
    settings: {},
    now: () => new Date(),
    providers: new Map(),
    database,
    limits: { deadAfterMs: 30_000 },
    coderStanding: {},
    health: { pausedUntil: () => undefined, now: () => 0 },
    reports: {
      readPage: (_: string, __: unknown, work: (reader: Database) => Promise<unknown>) => work(database),
    },
  };
  const response = Object.assign(new EventEmitter(), { destroyed: false, writableFinished: false });
  const exchange = { request: new EventEmitter(), response };
  const session = { name: 'bench', role: 'admin' };
  const load = (address: string) => async () => {
    response.removeAllListeners();
    const [path = '', query = ''] = address.split('?');
    const found = routeFinder(PAGES, []).find('GET', path);
    if (found?.kind !== 'page') throw new Error(`there is no page ${address}`);
    const view = { services, exchange, session, path, parts: found.parts, query: new URLSearchParams(query) };
    return found.page.load(view as unknown as View);
  };
  return Object.fromEntries(ADDRESSES.map((address) => [address, load(address)]));
}

const ADDRESSES = [
  '/ui',
  '/ui?per=day&by=person',
  '/ui/people',
  '/ui/people?days=90',
  '/ui/people?sort=spend&order=desc',
  '/ui/people?state=near',
  '/ui/people?state=idle',
  '/ui/people/owner-1',
  '/ui/teams',
  '/ui/teams/template-1',
  '/ui/workspaces',
  '/ui/workspaces?sort=spend&order=desc',
  '/ui/workspaces/w-1',
  '/ui/models',
  '/ui/models/model-1',
  '/ui/spend',
];

runProgram(async () => {
  const { values } = parseArgs({
    options: { rows: { type: 'string' }, keys: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) return void process.stdout.write(HELP);
  const rows = Number(values.rows ?? LARGE.rows);
  const keys = Number(values.keys ?? 5_000);
  if (!(rows > 0) || !(keys > 0)) throw new Error('--rows and --keys are numbers above 0. See --help.');
  const folder = mkdtempSync(join(tmpdir(), 'bench-sums-'));
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    await fillStore(folder, rows, { keys, people: Math.ceil(keys / 2) });
    const postgres = await startEmbeddedPostgres({ dataDir: folder });
    const database = openDatabase(postgres.connection, QUIET);
    const sums = followCalls(database, QUIET, () => LARGE.timeZone, 2 ** 30);
    try {
      await database.run('', 'analyze', []);
      await sums.follow();
      const followed = async (what: string): Promise<void> => {
        await database.run('', BOOK, [BOOKED]);
        const start = performance.now();
        const many = await sums.follow();
        const took = performance.now() - start;
        say(
          `following${what}: ${((took / many) * 1_000).toFixed(1)} µs a call (${many} calls, pauses counted)`,
        );
      };
      await followed(', the first time');
      await followed('');
      for (const [switched, what] of [
        ['disable', ' without insights'],
        ['enable', ''],
      ] as const) {
        await database.run('', `alter table sums_state ${switched} trigger insights_follow`, []);
        await followed(what);
      }
      const now = new Date();
      const days = (count: number) =>
        daysBetween(dayAt(now, LARGE.timeZone, count - 1).start, now, LARGE.timeZone);
      const pages: Record<string, () => Promise<unknown>> = {};
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
          pages[`${name}, ${count} days`] = () => readSums(database, { ...ask, days: days(count) });
      const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
      const week = new Date(hour.getTime() - 7 * 24 * HOUR_MS);
      pages['hours of a week'] = () => readHours(database, week, now);
      const document = { ...builtInDocument().document, time_zone: LARGE.timeZone };
      for (const [team, count] of [
        [undefined, 28],
        ['template-1', 28],
        [undefined, 365],
      ] as const)
        pages[`insights of ${team ?? 'all teams'}, ${count} days`] = () =>
          readInsights(database, {
            days: insightDays(undefined, undefined, count, now, LARGE.timeZone),
            team,
            named: false,
            document,
            now,
          });
      pages['use of budgets, once an hour'] = () =>
        findBudgetUse(database, { document, ownerBudget: undefined }, now);
      pages['durations of a week, by model'] = () => readDurations(database, 'model', week, now);
      await addCallPages(database, pages);
      Object.assign(pages, dashboardPages(database));
      for (const [name, read] of Object.entries(pages)) {
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
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A page of 50 calls by each filter; the last ones match nothing, so that all that may be looked through is. */
async function addCallPages(
  database: Statements,
  pages: Record<string, () => Promise<unknown>>,
): Promise<void> {
  const { calls } = await readCalls(database, {}, 1);
  const [newest] = calls;
  if (newest === undefined) return;
  const filters: Record<string, CallFilter> = {
    'no filter': {},
    person: { person: newest.ownerId },
    key: { accountId: newest.accountId },
    team: { team: 'template-1' },
    workspace: { workspace: 'w-7' },
    model: { model: 'model-1' },
    deployment: { deployment: 'deployment-1' },
    scope: { scope: 'user' },
    failed: { status: 'failed' },
    status: { status: '500' },
    'error type': { error: 'provider_failed' },
    'client, none': { client: 'nobody' },
    'session, none': { session: 'nobody' },
    'person and session, none': { person: newest.ownerId, session: 'nobody' },
    'key and session, none': { accountId: newest.accountId, session: 'nobody' },
    'from, until': {
      from: new Date(Date.now() - 9 * 86_400_000),
      until: new Date(Date.now() - 8 * 86_400_000),
    },
  };
  for (const [name, filter] of Object.entries(filters))
    pages[`calls, ${name}`] = () => readCalls(database, filter, 50);
  const behind = (await readCalls(database, {}, 5_000)).next;
  pages['calls, far behind'] = () => readCalls(database, {}, 50, behind);
  pages['one call'] = () => readCall(database, newest.requestId);
  pages['sums of its session'] = () => readSessionSums(database, { ...newest, session: 'nobody' });
  pages['newest 500, for live pages'] = () => readNewest(database, 500);
}
