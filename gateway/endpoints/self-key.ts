/**
 * `POST /api/v1/keys/self`: a person's own Coder token for a key of their own.
 *
 * The token opens all of the person's workspaces. It is taken over TLS or from this machine only, shown to Coder once,
 * and forgotten. No body is read before Coder has said whose it is.
 */
import type { TLSSocket } from 'node:tls';
import { noteAction } from '../admin/audit-trail';
import { termsOfKey } from '../admin/key-view';
import { input, type JsonSchema } from '../admin/json-schema';
import { readInput } from '../admin/read-input';
import { isTokenShaped, type CoderClient, type CoderUser } from '../coder/client';
import { namedGroups } from '../config/named-groups';
import { GatewayError } from '../errors';
import { sendJson, type Exchange } from '../http/exchange';
import { holdKey, insertKey, replaceKey, type NewKey, type ShownKey } from '../keys/issued-keys';
import { describeTerms } from '../keys/key-info';
import { areGroupsKnown, noteOwner } from '../keys/owner-names';
import { findOwner } from '../keys/owners';
import type { Services } from '../services';
import { createSlots } from '../concurrency/slots';
import { currentEntitlement } from '../stages/policy';
import type { Statements } from '../store/database';

const PURPOSE: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$' };
const INPUT = input({ purpose: PURPOSE });
const MOST_KEYS = 10;

/** Bytes. */
const LONGEST_BODY = 4_096;

/** Everybody's questions to Coder together: it limits the gateway as a whole. */
const QUESTIONS_AT_ONCE = 8;
const slots = createSlots();

export async function issueOwnKey(services: Services, exchange: Exchange): Promise<void> {
  const { coder, logger } = services;
  if (coder === undefined) throw new GatewayError('coder_not_configured');
  refuseOpenTransport(exchange);
  const token = tokenOf(exchange);
  const user = await slots
    .hold(
      'coder',
      QUESTIONS_AT_ONCE,
      () => coder.whose(token),
      () => new GatewayError('coder_unavailable'),
    )
    .catch((fault: unknown) => {
      const isRefused = fault instanceof GatewayError && fault.code === 'coder_token_refused';
      throw isRefused ? services.failedCredentials.note('data', exchange, token, fault) : fault;
    });
  if (user.status === 'suspended') throw new GatewayError('owner_suspended');
  const room = { bodies: services.keylessBodies };
  const wishes = await readInput(room, exchange, `user/${user.id}`, INPUT, {}, LONGEST_BODY);
  const { purpose = 'default' } = wishes as { purpose?: string };
  const groups = await askGroups(services, coder, token, user);
  const { key, record } = await services.database.transaction((statements) =>
    putKey(services, statements, { ...user, groups }, purpose, exchange.id),
  );
  services.keys.forget();
  logger.info('own key given out', { request_id: exchange.id, owner: user.username, purpose });
  const terms = describeTerms(record, currentEntitlement(services, record));
  sendJson(exchange, 200, JSON.stringify({ key, purpose, ...terms }));
}

interface Person extends CoderUser {
  /** Undefined: not asked for, or Coder does not say. */
  readonly groups: readonly string[] | undefined;
}

/** Asked for only where the policy lays something down for any group. A Coder that has none says so, too. */
async function askGroups(
  { documents }: Services,
  coder: CoderClient,
  token: string,
  { id }: CoderUser,
): Promise<readonly string[] | undefined> {
  if (namedGroups(documents.current.document).length === 0) return undefined;
  const told = await slots.hold(
    'coder',
    QUESTIONS_AT_ONCE,
    () => coder.groupsOf(token, id),
    () => new GatewayError('coder_unavailable'),
  );
  return told === 'not-offered' ? [] : told;
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

function refuseOpenTransport({ request }: Exchange): void {
  const isEncrypted = (request.socket as Partial<TLSSocket>).encrypted === true;
  const forwarded = request.headers['x-forwarded-proto'];
  // A proxy on this machine says how the request came to it.
  // bounded: a header or an address is no longer than Node takes
  const isLocal = LOOPBACK.test(request.socket.remoteAddress ?? '') && (forwarded ?? 'https') === 'https';
  const isRelayed =
    forwarded === undefined &&
    (request.headers['x-forwarded-for'] ?? request.headers['forwarded']) !== undefined;
  if (!isEncrypted && (!isLocal || isRelayed)) throw new GatewayError('transport_not_private');
}

function tokenOf({ request }: Exchange): string {
  const header = request.headers['coder-session-token'];
  // bounded: a header or an address is no longer than Node takes
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = typeof header === 'string' && header !== '' ? header : bearer;
  if (token === undefined) throw new GatewayError('coder_token_missing');
  if (!isTokenShaped(token)) throw new GatewayError('coder_token_refused');
  return token;
}

/** One key for each purpose: asking again replaces the former one, on the same account. */
async function putKey(
  services: Services,
  statements: Statements,
  user: Person,
  purpose: string,
  requestId: string,
): Promise<ShownKey> {
  const { groups } = user;
  await noteOwner(
    statements,
    { id: user.id, name: user.username, ...(groups && { groups }) },
    services.logger,
  );
  // Without them neither floor nor budget of a group would bind the key.
  const isBoundByGroups = namedGroups(services.documents.current.document).length > 0;
  if (isBoundByGroups && !(await areGroupsKnown(statements, user.id)))
    throw new GatewayError('groups_unknown');
  const owner = await findOwner(statements, user.id);
  if (owner?.suspendedAt != null) throw new GatewayError('owner_suspended');
  // One after the other, so that the number holds.
  await statements.run('own-keys-lock', 'select from owners where id = $1 for update', [user.id]);
  const prefix = `self/${user.id}/`;
  const rows = await statements.run<{ alias: string }>(
    'own-keys',
    `select alias from keys
     where owner_id = $1 and revoked_at is null and rotated_to is null and starts_with(alias, $2)`,
    [user.id, prefix],
  );
  const alias = prefix + purpose;
  const wanted: NewKey = {
    scope: 'user',
    ownerId: user.id,
    ownerName: user.username,
    alias,
    level: null,
    limits: {},
    models: null,
    budgetId: null,
    expiresAt: null,
    validFrom: services.now(),
    metadata: { purpose },
    createdBy: 'self-service',
  };
  const isKnown = rows.some((row) => row.alias === alias);
  if (!isKnown && rows.length >= MOST_KEYS) throw new GatewayError('too_many_own_keys');
  const shown = isKnown ? await replace(statements, alias, wanted) : await insertKey(statements, wanted);
  await noteAction(statements, {
    actor: `user:${user.username}`,
    action: 'keys/self',
    target: shown.record.hash,
    requestId,
    before: null,
    after: termsOfKey(shown.record),
  });
  return shown;
}

async function replace(statements: Statements, alias: string, wanted: NewKey): Promise<ShownKey> {
  const before = await holdKey(statements, alias);
  // What an administrator laid down for it is not shaken off by asking again.
  if (before.blockedAt !== null) throw new GatewayError('key_blocked');
  const [limits] = await statements.run<Record<string, never>>(
    'own-key-limits',
    'select max_budget_nano, budget_duration, rpm_limit, tpm_limit, max_parallel_requests from keys where id = $1',
    [before.id],
  );
  const { accountId, models, budgetId, level, expiresAt } = before;
  return replaceKey(statements, before, undefined, () =>
    insertKey(statements, { ...wanted, accountId, models, budgetId, level, expiresAt, limits: limits ?? {} }),
  );
}
