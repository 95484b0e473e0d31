/**
 * Looks at Coder in intervals: keys of stopped workspaces pause; those of deleted ones, of ones that run without AI, and
 * of suspended or deleted people die. A look that began before a workspace's newest claim says nothing about it. One process looks for all.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { noteAction } from '../admin/audit-trail';
import { endWorkspaceKeys } from '../keys/end-workspace-keys';
import { endWorkspace } from '../keys/issued-keys';
import type { KeyStore } from '../keys/key-store';
import { isPerson } from '../keys/owner-names';
import { describeFault, type Logger } from '../log';
import type { Database, Statements } from '../store/database';
import { PAGE, type CoderClient, type CoderUser, type CoderWorkspace } from './client';
import { createCoderStanding, stateOf, type CoderStanding } from './standing';
import { judge, type Verdict } from './verdict';

export interface Liveness {
  /** One look, if none was made lately. Resolves to what came of it. */
  look(): Promise<string>;
  close(): Promise<void>;
}

export interface LivenessOptions {
  readonly database: Database;
  readonly keys: KeyStore;
  readonly coder: CoderClient;
  readonly token: string;
  readonly intervalMs: number;
  readonly logger: Logger;
  /** @default one of its own */
  readonly standing?: CoderStanding;
  /** @default the clock */
  readonly now?: () => Date;
}

type Looking = LivenessOptions & { readonly standing: CoderStanding };

/** Workspaces asked for one by one at a look; the rest come at the next. */
const MOST_SINGLES = 100;
const ACTOR = 'coder';
/** The form's own words, which stay as they are for ever: Coder stores them with each build. */
const AI_OFF = 'param:ai_assistant=none status:running';

interface Known {
  id: string;
  owner_id: string;
  newest_claim_at: Date;
}

export function startLiveness(given: LivenessOptions): Liveness {
  const { database, intervalMs, logger, now = () => new Date() } = given;
  const standing = given.standing ?? createCoderStanding(logger, now);
  const options: Looking = { ...given, standing };
  const stop = new AbortController();
  const look = async (): Promise<string> => {
    try {
      return await lookOnce(options);
    } catch (fault) {
      // Nothing is concluded from a Coder that does not answer; maximum ages hold all the while.
      const told = stateOf(fault);
      if (told === undefined)
        logger.warn('Coder could not be looked at', { ...describeFault(fault), stack: undefined });
      else {
        standing.note(told.state, told.detail);
        await noteOutcome(database, told.state).catch(() => {});
      }
      return 'failed';
    }
  };
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await look();
      await delay(intervalMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  return {
    look,
    async close() {
      stop.abort();
      await loop;
    },
  };
}

/** For the other processes of this gateway, which do not look at the same time. */
const noteOutcome = (database: Database, outcome: string): Promise<unknown> =>
  database.run('coder-poll-outcome', 'update coder_poll set outcome = $1', [outcome]);

async function noteFound(database: Database, standing: CoderStanding): Promise<void> {
  const [poll] = await database.run<{ outcome: string | null }>(
    'coder-poll-found',
    'select outcome from coder_poll',
    [],
  );
  standing.noteFound(poll?.outcome ?? null);
}

async function lookOnce(options: Looking): Promise<string> {
  const { database, keys, intervalMs, logger, standing } = options;
  const leases = await database.run<{ started: string }>(
    'coder-poll-lease',
    // As text: the store's clock is finer than a Date.
    `update coder_poll set started_at = clock_timestamp(), outcome = null
     where started_at < clock_timestamp() - make_interval(secs => $1) returning started_at::text as started`,
    [(intervalMs * 0.9) / 1_000],
  );
  const started = leases[0]?.started;
  if (started === undefined) {
    await noteFound(database, standing);
    return 'lately';
  }
  const workspaces = await lookAtWorkspaces(options, started);
  const people = await lookAtPeople(options, started);
  // Without a key there is nothing to look for; whether the token is good is worth knowing before.
  if (workspaces === NOBODY_KNOWN && people === NOBODY_KNOWN) await options.coder.whose(options.token);
  const changed = workspaces.changed + people.changed;
  keys.forget();
  const state = workspaces.isShown && people.isShown ? 'reached' : 'token_too_narrow';
  standing.note(state);
  await database.run('coder-poll-done', 'update coder_poll set finished_at = now(), outcome = $1', [
    state === 'reached' ? 'done' : state,
  ]);
  if (changed > 0) logger.info('Coder was looked at', { changed });
  return 'done';
}

/** All pages. Rows may be left out of one and move between them, so a miss says nothing. */
async function collect<T extends { readonly id: string }>(
  read: (offset: number) => Promise<{ readonly items: readonly T[]; readonly count: number }>,
): Promise<{ readonly byId: ReadonlyMap<string, T>; readonly count: number; readonly isWhole: boolean }> {
  const byId = new Map<string, T>();
  let count = 1;
  for (let offset = 0; offset < count; offset += PAGE) {
    const page = await read(offset);
    count = page.count;
    for (const item of page.items) byId.set(item.id, item);
    if (offset + PAGE >= count) return { byId, count, isWhole: byId.size >= count };
  }
  return { byId, count, isWhole: false };
}

/** What came of looking. */
interface Seen {
  readonly changed: number;
  /** Whether the token shows what it is there for. */
  readonly isShown: boolean;
}

const NOBODY_KNOWN: Seen = { changed: 0, isShown: true };

async function lookAtWorkspaces({ database, coder, token }: LivenessOptions, started: string): Promise<Seen> {
  const known = await database.run<Known>(
    'coder-known-workspaces',
    `select id, owner_id, newest_claim_at from workspaces
     where exists (select from keys where keys.workspace_id = workspaces.id and revoked_at is null)
     order by random()`,
    [],
  );
  if (known.length === 0) return NOBODY_KNOWN;
  const { byId, count } = await collect<CoderWorkspace>((offset) => coder.workspaces(token, offset));
  const offById = await withoutAi(coder, token);
  let singles = 0;
  let changed = 0;
  for (const workspace of known) {
    let seen: CoderWorkspace | 'gone' | undefined = byId.get(workspace.id);
    if (seen === undefined && singles < MOST_SINGLES) {
      singles += 1;
      seen = await coder.workspace(token, workspace.id);
    }
    const off = offById.get(workspace.id);
    changed += await apply(
      database,
      workspace,
      judge(off ?? seen, workspace.owner_id, off !== undefined),
      started,
    );
  }
  // Without the scope template:read Coder counts workspaces, and shows none.
  return { changed, isShown: count === 0 || byId.size > 0 };
}

/** Those that run a build in which no assistant was chosen: they ask for no key, so no claim tells. */
async function withoutAi(coder: CoderClient, token: string): Promise<ReadonlyMap<string, CoderWorkspace>> {
  const { byId } = await collect<CoderWorkspace>((offset) => coder.workspaces(token, offset, AI_OFF));
  const running = [...byId].filter(
    ([, { transition, status }]) => transition === 'start' && status === 'running',
  );
  return new Map(running);
}

async function apply(
  database: Database,
  workspace: Known,
  verdict: Verdict,
  started: string,
): Promise<number> {
  if (verdict === undefined) return 0;
  return database.transaction(async (statements) => {
    const held = await statements.run<{ is_ended: boolean }>(
      'coder-hold-workspace',
      `select ended_at is not null as is_ended from workspaces
       where id = $1 and owner_id = $2 and claimed_at < $3::timestamptz for update`,
      [workspace.id, workspace.owner_id, started],
    );
    if (held[0] === undefined) return 0;
    if (verdict !== 'pause')
      return endWorkspaceKeys(statements, {
        workspaceId: workspace.id,
        ownerId: workspace.owner_id,
        because: verdict,
        actor: ACTOR,
        requestId: null,
      });
    const rows = await statements.run<{ hash: string }>(
      'coder-pause',
      `update keys set paused_at = now(), updated_at = now()
       where workspace_id = $1 and revoked_at is null and paused_at is null returning hash`,
      [workspace.id],
    );
    if (!held[0].is_ended)
      await statements.run('coder-claim-used-up', 'update workspaces set ended_at = now() where id = $1', [
        workspace.id,
      ]);
    return note(statements, 'workspace/stopped', rows, { workspace_id: workspace.id });
  });
}

/** Of a person who is suspended or gone: what the holder is told, their standing says. */
async function suspendKeys(statements: Statements, { id, owner_id }: Known): Promise<number> {
  const rows = await statements.run<{ hash: string }>(
    'coder-end-workspace-keys',
    `update keys set revoked_at = now(), updated_at = now()
     where workspace_id = $1 and revoked_at is null returning hash`,
    [id],
  );
  await endWorkspace(statements, id, owner_id);
  return note(statements, 'user/suspended', rows, { workspace_id: id });
}

async function note(
  statements: Statements,
  action: string,
  rows: readonly { hash: string }[],
  after: unknown,
): Promise<number> {
  for (const { hash } of rows)
    await noteAction(statements, {
      actor: ACTOR,
      action,
      target: hash,
      requestId: null,
      before: null,
      after,
    });
  return rows.length;
}

interface Person {
  id: string;
  name: string | null;
  suspended_by: string | null;
}

async function lookAtPeople(options: LivenessOptions, started: string): Promise<Seen> {
  const { database, coder, token } = options;
  const people = await database.run<Person>(
    'coder-known-people',
    // Who is known by name only has no id that Coder would know.
    `select id, name, suspended_by from owners
     where not exists (select from owner_names where owner_names.name = owners.id)
       and (suspended_by = $1 or exists (select from keys where owner_id = owners.id and revoked_at is null))`,
    [ACTOR],
  );
  const known = people.filter(({ id }) => isPerson(id));
  if (known.length === 0) return NOBODY_KNOWN;
  const { byId, isWhole } = await collect<CoderUser>((offset) => coder.users(token, offset));
  const self = await coder.whose(token);
  if (!byId.has(self.id) || byId.size < 2) return { changed: 0, isShown: false };
  const missing: string[] = [];
  let changed = 0;
  for (const person of known) {
    const user = byId.get(person.id);
    if (user === undefined) {
      if (isWhole) missing.push(person.id);
    } else if (user.status === 'suspended') changed += await suspend(database, person, started);
    else if (person.suspended_by === ACTOR) changed += await readmit(database, person);
  }
  // Missing once may be a page that moved; missing twice, and not there by name either, is gone.
  const [before] = await database.run<{ missing_owners: string[] }>(
    'coder-missing-before',
    'select missing_owners from coder_poll',
    [],
  );
  await database.run('coder-missing-now', 'update coder_poll set missing_owners = $1', [missing]);
  for (const person of known.filter(
    ({ id }) => missing.includes(id) && before?.missing_owners.includes(id),
  )) {
    const namesake = person.name === null ? undefined : await coder.userByName(token, person.name);
    if (namesake?.id !== person.id) changed += await suspend(database, person, started);
  }
  return { changed, isShown: true };
}

/** All keys of the person die; what they may still be claimed with is refused while the suspension lasts. */
const suspend = (database: Database, { id }: Person, started: string): Promise<number> =>
  database.transaction(async (statements) => {
    await statements.run(
      'coder-suspend',
      'update owners set suspended_at = coalesce(suspended_at, now()), suspended_by = coalesce(suspended_by, $2) where id = $1',
      [id, ACTOR],
    );
    const workspaces = await statements.run<Known>(
      'coder-workspaces-of-owner',
      `select id, owner_id, newest_claim_at from workspaces
       where owner_id = $1 and claimed_at < $2::timestamptz
         and exists (select from keys where workspace_id = workspaces.id and revoked_at is null) for update`,
      [id, started],
    );
    let changed = 0;
    for (const workspace of workspaces) changed += await suspendKeys(statements, workspace);
    const rows = await statements.run<{ hash: string }>(
      'coder-end-own-keys',
      `update keys set revoked_at = now(), updated_at = now()
       where owner_id = $1 and workspace_id is null and revoked_at is null and created_at < $2::timestamptz
       returning hash`,
      [id, started],
    );
    return changed + (await note(statements, 'user/suspended', rows, { user_id: id }));
  });

async function readmit(database: Database, { id }: Person): Promise<number> {
  const rows = await database.run(
    'coder-readmit',
    `update owners set suspended_at = null, suspended_by = null where id = $1 and suspended_by = $2 returning id`,
    [id, ACTOR],
  );
  return rows.length;
}
