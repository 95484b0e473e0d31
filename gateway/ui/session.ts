/**
 * Who is signed in: in the store, so that it holds over restarts and for every process, by a hash of what the browser has.
 *
 * A session by key stands and falls with the key: it is looked at with each page.
 */
import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';
import type { Principal, Role } from '../admin/admin-keys';
import { noteAction } from '../admin/audit-trail';
import type { Exchange } from '../http/exchange';
import { addressOf } from '../http/failed-credentials';
import { hashKey } from '../keys/key-derivation';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import { setSessionCookie } from './session-cookie';

export type How = 'key' | 'openid';

export interface Session extends Principal {
  /** By which lists and the trail name it; it opens nothing. */
  readonly id: string;
  readonly how: How;
  /** In each form of this session and nowhere else. */
  readonly csrf: string;
}

export interface ListedSession {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly how: How;
  readonly address: string;
  readonly agent: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
  readonly endsAt: Date;
}

/** Of one name; the oldest end when there are more. */
const MOST_OF_ONE = 20;
/** Characters of what the browser calls itself. */
const LONGEST_AGENT = 256;
/** Milliseconds; a look is noted no more often than that. */
const NOTED_MS = 60_000;
const MOST_LISTED = 500;

const hashOf = (id: string): string => hash('sha256', id, 'hex');
const csrfOf = (id: string): string => createHmac('sha256', id).update('csrf').digest('base64url');

/** Ends with the master key and tells nothing about it. */
const markOf = (masterKey: string): string =>
  Buffer.from(hkdfSync('sha256', masterKey, '', 'dashboard-sessions', 32)).toString('hex');

/** Of the master key, and of the former one for as long as that opens the admin API. */
const masterMarks = ({ settings: { masterKey, masterKeyPrevious } }: Services): readonly string[] =>
  [masterKey, masterKeyPrevious].flatMap((each) => (each === undefined ? [] : [markOf(each)]));

/** What a session by this key stands and falls with. */
export const credentialMark = ({ name }: Principal, key: string): string =>
  name === 'master' ? markOf(key) : hashKey(key);

/** $1 now, $2 the master keys' marks, $3 the moment since when it must have been seen. The admin key is `k`. */
const LIVING = `s.ends_at > $1 and s.seen_at > $3 and (s.credential is null or s.credential = any($2)
  or (k.revoked_at is null and k.hash is not null and (k.expires_at is null or k.expires_at > $1)))`;
const FROM = `ui_sessions s left join admin_keys k on k.hash = s.credential and k.name = s.name`;

function timesOf({ settings, now }: Services) {
  const time = now().getTime();
  return {
    now: new Date(time),
    idleSince: new Date(time - settings.uiIdleSeconds * 1_000),
    endsAt: new Date(time + settings.uiSessionSeconds * 1_000),
  };
}

/**
 * Signs somebody in: sets the browser's cookie, which the answer takes along, and notes it in the trail.
 *
 * @param credential what the session stands and falls with. @default its time alone
 * @param subject what the identity provider calls the person for ever
 */
export async function startSession(
  services: Services,
  exchange: Exchange,
  { name, role }: Principal,
  how: How,
  { credential = null, subject }: { readonly credential?: string | null; readonly subject?: string } = {},
): Promise<void> {
  const id = randomBytes(32).toString('base64url');
  const { now, idleSince, endsAt } = timesOf(services);
  const agent = (exchange.request.headers['user-agent'] ?? '').slice(0, LONGEST_AGENT);
  await services.database.transaction(async (statements) => {
    await statements.run('ui-sessions-sweep', 'delete from ui_sessions where ends_at < $1 or seen_at < $2', [
      now,
      idleSince,
    ]);
    const [row] = await statements.run<{ id: string }>(
      'ui-session-start',
      `insert into ui_sessions (hash, name, role, how, credential, address, agent, started_at, seen_at, ends_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) returning id`,
      [hashOf(id), name, role, how, credential, addressOf(exchange), agent, now, endsAt],
    );
    await statements.run(
      'ui-sessions-trim',
      `delete from ui_sessions where name = $1
         and id not in (select id from ui_sessions where name = $1 order by id desc limit ${MOST_OF_ONE})`,
      [name],
    );
    await noteAction(statements, {
      actor: name,
      action: 'ui/sign-in',
      target: `session ${row?.id}`,
      requestId: exchange.id,
      before: null,
      after: { role, how, address: addressOf(exchange), ...(subject === undefined ? {} : { subject }) },
    });
  });
  setSessionCookie(exchange, id);
}

/**
 * Whose session it is, if it is good just now. Its role is that of the key as it is now.
 *
 * @param isPage whether somebody looks, so that the time in which nobody does begins anew. @default true
 */
export async function findSession(
  services: Services,
  id: string,
  isPage = true,
): Promise<Session | undefined> {
  const { now, idleSince } = timesOf(services);
  const [row] = await services.database.run<{
    id: string;
    name: string;
    role: Role;
    how: How;
    seen_at: Date;
  }>(
    'ui-session-find',
    `select s.id, s.name, coalesce(k.role, s.role) as role, s.how, s.seen_at from ${FROM}
     where s.hash = $4 and ${LIVING}`,
    [now, masterMarks(services), idleSince, hashOf(id)],
  );
  if (row === undefined) return undefined;
  if (isPage && now.getTime() - row.seen_at.getTime() > NOTED_MS)
    await services.database.run('ui-session-seen', 'update ui_sessions set seen_at = $2 where id = $1', [
      row.id,
      now,
    ]);
  return { id: row.id, name: row.name, role: row.role, how: row.how, csrf: csrfOf(id) };
}

/** Which of these are good just now; that nobody looks at a page goes on meanwhile. */
export async function livingSessions(
  services: Services,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { now, idleSince } = timesOf(services);
  const rows = await services.database.run<{ id: string }>(
    'ui-sessions-living',
    `select s.id from ${FROM} where s.id = any ($4::bigint[]) and ${LIVING}`,
    [now, masterMarks(services), idleSince, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Those that are good just now, newest first. @param name of whom. @default everybody's */
export async function listSessions(services: Services, name?: string): Promise<ListedSession[]> {
  const { now, idleSince } = timesOf(services);
  const rows = await services.database.run<{
    id: string;
    name: string;
    role: Role;
    how: How;
    address: string;
    agent: string;
    started_at: Date;
    seen_at: Date;
    ends_at: Date;
  }>(
    'ui-sessions-list',
    `select s.id, s.name, coalesce(k.role, s.role) as role, s.how, s.address, s.agent, s.started_at, s.seen_at,
       s.ends_at
     from ${FROM} where ${LIVING} and ($4::text is null or s.name = $4) order by s.id desc limit ${MOST_LISTED}`,
    [now, masterMarks(services), idleSince, name ?? null],
  );
  return rows.map(({ started_at, seen_at, ends_at, ...row }) => ({
    ...row,
    startedAt: started_at,
    seenAt: seen_at,
    endsAt: ends_at,
  }));
}

/**
 * Ends a session and notes it.
 *
 * @param name only one of this person's. @default anybody's
 * @returns whether there was one
 */
export async function endSession(
  statements: Statements,
  { by, id, action, requestId, name }: EndedSession,
): Promise<boolean> {
  const [row] = await statements.run<{ name: string }>(
    'ui-session-end',
    'delete from ui_sessions where id = $1 and ($2::text is null or name = $2) returning name',
    [id, name ?? null],
  );
  if (row === undefined) return false;
  await noteAction(statements, {
    actor: by.name,
    action,
    target: `session ${id}`,
    requestId,
    before: { name: row.name },
    after: null,
  });
  return true;
}

export interface EndedSession {
  readonly by: Principal;
  readonly id: string;
  readonly action: 'ui/sign-out' | 'ui/session-end';
  readonly requestId: string;
  readonly name?: string | undefined;
}
