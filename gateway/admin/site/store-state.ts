/** How the store is: its server, what lies in it, what comes to it a day, and whether it is kept twice. */
import { statfs } from 'node:fs/promises';
import { FIRST_OPEN } from '../../ledger/call-counts';
import type { Services } from '../../services';
import type { Statements } from '../../store/database';

interface Server {
  readonly at: Date;
  readonly version: string;
  readonly bytes: string;
  readonly backed_up_at: Date | null;
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly synchronous_names: string;
}

const SERVER = `
select clock_timestamp() as at, current_setting('server_version') as version,
  pg_database_size(current_database()) as bytes, (select backed_up_at from site) as backed_up_at,
  current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
  current_setting('synchronous_standby_names') as synchronous_names`;

/** Whose state another role may not see is null. */
const STANDBYS = `
select count(*) as all, count(*) filter (where sync_state in ('sync', 'quorum')) as synchronous,
  count(*) filter (where sync_state is null) as unseen
from pg_stat_replication`;

/** Tables that are named; what is smaller is of no weight. */
const MOST_TABLES = 40;

const TABLES = `
select relname as name, greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(oid) as bytes
from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace
order by pg_total_relation_size(oid) desc, relname limit ${MOST_TABLES}`;

/** Days that the growth is looked at over. */
const DAYS = 7;

/** What has come by itself since: of calls by their counts, of what else has a time by that. */
const GROWTH = `
select
  (select coalesce(sum(calls), 0) from call_counts
   where quarter >= ${FIRST_OPEN} - make_interval(days => ${DAYS})) as calls,
  (select count(*) * 15.0 / 1440 from call_counts
   where quarter >= ${FIRST_OPEN} - make_interval(days => ${DAYS})) as days,
  (select count(*) from admin_audit where at >= now() - make_interval(days => ${DAYS})) as changes,
  (select coalesce(round(avg(n)), 0) from (
     select count(*) as n from daily_sums
     where day > (select max(day) from daily_sums) - ${DAYS} group by day
   ) as summed) as sums,
  (select min(finished_at) from calls) as oldest`;

interface Growth {
  readonly calls: string;
  readonly days: string;
  readonly changes: string;
  readonly sums: string;
  readonly oldest: Date | null;
}

export async function storeState({ database, settings, documents, now }: Services) {
  const before = now().getTime();
  const [server] = await database.run<Server>('site-server', SERVER, []);
  const between = (before + now().getTime()) / 2;
  if (server === undefined) throw new Error('the store has no server');
  const [standbys] = await database.run<Record<'all' | 'synchronous' | 'unseen', string>>('', STANDBYS, []);
  const isEmbedded = settings.databaseUrl === undefined;
  return {
    kind: isEmbedded ? 'embedded' : 'postgres',
    version: server.version,
    at: server.at.toISOString(),
    /** Seconds by which its clock is ahead of the gateway's. */
    clock_ahead: (server.at.getTime() - between) / 1_000,
    bytes: Number(server.bytes),
    backed_up_at: server.backed_up_at?.toISOString() ?? null,
    fsync: server.fsync,
    synchronous_commit: server.synchronous_commit,
    standbys: {
      names: server.synchronous_names,
      connected: Number(standbys?.all ?? 0),
      synchronous: Number(standbys?.synchronous ?? 0),
      unseen: Number(standbys?.unseen ?? 0),
    },
    disk: isEmbedded ? await diskOf(settings.dataDir) : null,
    tables: await tablesOf(database),
    growth: await growthOf(database, documents.current.document.retention_days),
  };
}

const tablesOf = async (database: Statements) =>
  (await database.run<Record<'name' | 'rows' | 'bytes', string>>('site-tables', TABLES, [])).map(
    ({ name, rows, bytes }) => ({ name, rows: Number(rows), bytes: Number(bytes) }),
  );

async function growthOf(database: Statements, retentionDays: number) {
  const [growth] = await database.run<Growth>('site-growth', GROWTH, []);
  const days = Number(growth?.days ?? 0);
  return {
    /** Days, at most seven, whose calls are counted; below one nothing is said of them. */
    days,
    calls_a_day: days < 1 ? null : Number(growth?.calls ?? 0) / days,
    sums_a_day: Number(growth?.sums ?? 0),
    changes_a_day: Number(growth?.changes ?? 0) / DAYS,
    oldest_call: growth?.oldest?.toISOString() ?? null,
    retention_days: retentionDays,
  };
}

async function diskOf(folder: string) {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { folder, free: bavail * bsize, size: blocks * bsize };
  } catch {
    return null;
  }
}
