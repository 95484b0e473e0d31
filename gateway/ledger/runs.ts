/**
 * Runs: calls of one key that a program makes for one task, under a cap of their own.
 *
 * A run has an account beside those of its key, its owner and its teams, so every reservation of its calls holds the cap
 * as well, over several gateway processes and whatever is killed. Who opens one gets nothing that the key has not.
 */
import { randomBytes } from 'node:crypto';
import { GatewayError } from '../errors';
import type { Database, Statements } from '../store/database';
import type { AccountTerms } from './account-terms';
import type { NanoDollars } from './money';
import { windowAt } from './window';

export interface Run {
  readonly id: string;
  readonly keyAccountId: string;
  readonly accountId: string;
  readonly cap: NanoDollars;
  readonly endsAt: Date;
}

export interface RunStanding extends Run {
  readonly spent: NanoDollars;
  /** Set aside for its calls under way. */
  readonly reserved: NanoDollars;
}

export interface Runs {
  /** @throws GatewayError `too_many_runs` */
  open(keyAccountId: string, cap: NanoDollars, seconds: number): Promise<Run>;
  /** @throws GatewayError `run_not_found`, also where it is another key's */
  find(id: string, keyAccountId: string): Promise<Run>;
  /** @throws GatewayError `run_not_found` */
  standing(id: string, keyAccountId: string): Promise<RunStanding>;
}

/** Seconds. */
export const LONGEST_RUN = 3_600;
/** Of one key in an hour: each leaves an account behind. */
export const MOST_RUNS = 120;
/** Days in which it can still be asked about. */
const KEPT_DAYS = 7;

const ID = /^run-[A-Za-z0-9_-]{22}$/;
const ID_LENGTH = 26;
const MOST_REMEMBERED = 10_000;

interface RunRow {
  readonly id: string;
  readonly key_account_id: string;
  readonly account_id: string;
  readonly cap_nano: string;
  readonly ends_at: Date;
}

const runOf = (row: RunRow): Run => ({
  id: row.id,
  keyAccountId: row.key_account_id,
  accountId: row.account_id,
  cap: Number(row.cap_nano),
  endsAt: row.ends_at,
});

export function createRuns(database: Database, now: () => Date): Runs {
  // What a run is never changes, so remembering bounds nothing but questions to the store.
  const remembered = new Map<string, Run>();

  async function find(id: string, keyAccountId: string): Promise<Run> {
    // bounded: `ID_LENGTH`
    if (id.length !== ID_LENGTH || !ID.test(id)) throw new GatewayError('run_not_found');
    let run = remembered.get(id);
    if (run === undefined) {
      const [row] = await database.run<RunRow>('run-find', 'select * from runs where id = $1', [id]);
      if (row === undefined) throw new GatewayError('run_not_found');
      run = runOf(row);
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(id, run);
    }
    if (run.keyAccountId !== keyAccountId) throw new GatewayError('run_not_found');
    return run;
  }

  return {
    find,
    async open(keyAccountId, cap, seconds) {
      const id = `run-${randomBytes(16).toString('base64url')}`;
      const openedAt = now();
      const endsAt = new Date(openedAt.getTime() + seconds * 1000);
      const row = await database.transaction((statements) =>
        insertRun(statements, [id, keyAccountId, cap, openedAt, endsAt]),
      );
      return runOf(row);
    },
    async standing(id, keyAccountId) {
      const run = await find(id, keyAccountId);
      const [row] = await database.run<{ spent_nano: string; reserved_nano: string }>(
        'run-standing',
        'select spent_nano, reserved_nano from accounts where id = $1',
        [run.accountId],
      );
      return { ...run, spent: Number(row?.spent_nano ?? 0), reserved: Number(row?.reserved_nano ?? 0) };
    },
  };
}

async function insertRun(
  statements: Statements,
  [id, keyAccountId, cap, openedAt, endsAt]: readonly [string, string, NanoDollars, Date, Date],
): Promise<RunRow> {
  // One after the other for a key, so that the number holds.
  await statements.run('runs-lock', "select pg_advisory_xact_lock(hashtextextended('runs/' || $1, 0))", [
    keyAccountId,
  ]);
  await statements.run(
    'runs-clear',
    `delete from runs where key_account_id = $1 and opened_at < $2::timestamptz - make_interval(days => ${KEPT_DAYS})`,
    [keyAccountId, openedAt],
  );
  const [row] = await statements.run<RunRow>(
    'run-insert',
    `with made as (
       insert into accounts (label) select $1::text
       where (select count(*) from runs
         where key_account_id = $3 and opened_at > $5::timestamptz - make_interval(secs => ${LONGEST_RUN})) < ${MOST_RUNS}
       returning id
     )
     insert into runs (id, key_account_id, account_id, cap_nano, opened_at, ends_at)
     select $2, $3, made.id, $4, $5, $6 from made returning *`,
    [`run/${id}`, id, keyAccountId, cap, openedAt, endsAt],
  );
  if (row === undefined) throw new GatewayError('too_many_runs');
  return row;
}

/** What a call of the run is charged to beside the accounts of its key. */
export const termsOfRun = ({ id, accountId, cap }: Run, timeZone: string, now: Date): AccountTerms => ({
  id: accountId,
  kind: 'run',
  name: id,
  duration: 'none',
  window: windowAt('none', now, timeZone),
  budget: cap,
  limits: undefined,
});
