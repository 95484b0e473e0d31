/** People: what is laid down for all of their keys together. */
import { GatewayError } from '../errors';
import { openAccount, revokeKey } from '../keys/issued-keys';
import { searchKeys } from '../keys/key-search';
import { holdName, newName, ownerOfName } from '../keys/owner-names';
import {
  changeOwner,
  ensureOwner,
  findOwner,
  listOwners,
  type OwnerChanges,
  type OwnerRecord,
} from '../keys/owners';
import type { Statements } from '../store/database';
import { raiseAccount, resetAccounts } from './accounts';
import { change, endpoint, type AdminCall } from './endpoint';
import {
  anything,
  answer,
  count,
  duration,
  flag,
  freeObject,
  input,
  listOf,
  number,
  orNull,
  string,
  text,
  time,
  usd,
  type JsonSchema,
} from './json-schema';
import { generateKey } from './key-generation';
import { keySchema, termsNow, termsOfKey, viewKeys } from './key-view';
import { accountOfOwner, windowOfOwner } from './owner-standing';
import { termsOfOwner, USER_FIELDS, userSchema, viewOwner } from './user-view';
import {
  readRaise,
  RAISE_FIELDS,
  termsColumns,
  TERMS_FIELDS,
  type RaiseInput,
  type TermsInput,
} from './terms-input';

const USER = text("Coder's user id, or a user name.");

/** More keys of one person than anybody reads. */
const MOST_KEYS = 500;

interface UserTerms extends TermsInput, RaiseInput {
  readonly user_alias?: string | null;
  readonly user_email?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly budget_id?: string | null;
  readonly spend?: number | null;
}

const TERMS: Readonly<Record<string, JsonSchema>> = {
  ...TERMS_FIELDS,
  ...RAISE_FIELDS,
  user_alias: orNull(text()),
  user_email: orNull(text()),
  metadata: orNull(freeObject),
  budget_id: orNull(text()),
};

function columnsOf(wish: UserTerms): OwnerChanges {
  return {
    ...termsColumns(wish),
    name: wish.user_alias,
    email: wish.user_email,
    budget_id: wish.budget_id,
    metadata: wish.metadata === undefined ? undefined : JSON.stringify(wish.metadata ?? {}),
  };
}

interface NewUser extends UserTerms {
  readonly user_id?: string | null;
  readonly auto_create_key?: boolean | null;
  readonly key_alias?: string | null;
  readonly models?: readonly string[] | null;
  readonly duration?: string | null;
}

export const create = endpoint<NewUser>({
  method: 'POST',
  paths: ['/user/new'],
  tag: 'users',
  summary: 'Lays down terms for a person, and gives out a key of theirs unless auto_create_key is false.',
  role: 'admin',
  input: input({
    ...TERMS,
    user_id: orNull(USER),
    auto_create_key: orNull(flag),
    key_alias: orNull(text()),
    models: orNull(listOf(text())),
    duration: orNull(duration),
    spend: orNull({ ...number, minimum: 0, maximum: 0 }),
  }),
  answer: answer({ ...USER_FIELDS, key: orNull(string), expires: orNull(time), token: orNull(string) }),
  handle: (call) =>
    change(call, async (transaction) => {
      const { input: wish, services } = call;
      const { auto_create_key, key_alias, models, duration, user_id: wanted, ...terms } = wish;
      const user_id = wanted ?? wish.user_alias ?? newName();
      await holdName(transaction, user_id);
      if (await findOwner(transaction, user_id)) throw new GatewayError('user_exists');
      const { id } = await ensureOwner(transaction, user_id);
      const owner = await changeOwner(transaction, id, columnsOf(terms));
      await transaction.note({ action: 'user/new', target: id, after: termsOfOwner(owner) });
      const view = await viewOwner(call, transaction, owner);
      if (auto_create_key === false) return { ...view, key: null, expires: null, token: null };
      const shown = await generateKey(call, transaction, {
        user_id,
        ...(key_alias === undefined ? {} : { key_alias }),
        ...(models === undefined ? {} : { models }),
        ...(duration === undefined ? {} : { duration }),
      });
      const { record } = shown;
      await transaction.note({ action: 'key/generate', target: record.hash, after: termsOfKey(record) });
      const [key] = await viewKeys(services, transaction, [record]);
      return { ...view, key: shown.key, expires: key?.['expires'] ?? null, token: record.hash };
    }),
});

export const info = endpoint<{ readonly user_id?: string }>({
  method: 'GET',
  paths: ['/user/info', '/v2/user/info'],
  tag: 'users',
  summary: 'One person: terms, spend over all keys, and the keys.',
  role: 'viewer',
  input: input({ user_id: USER }),
  answer: answer({
    user_id: orNull(string),
    user_info: { anyOf: [userSchema, { type: 'null' }] },
    keys: listOf(keySchema),
    teams: listOf(anything),
  }),
  async handle(call) {
    const { services, input: wish } = call;
    const { database } = services;
    // The master key belongs to nobody.
    if (wish.user_id === undefined) return { user_id: null, user_info: null, keys: [], teams: [] };
    const owner = await knownOwner(database, wish.user_id);
    const { keys } = await keysOf(database, owner.id);
    return {
      user_id: owner.id,
      user_info: await viewOwner(call, database, owner),
      keys: await viewKeys(services, database, keys),
      teams: [],
    };
  },
});

async function knownOwner(statements: Statements, idOrName: string): Promise<OwnerRecord> {
  const owner = await findOwner(statements, idOrName);
  if (owner === undefined) throw new GatewayError('user_not_found');
  return owner;
}

const keysOf = (statements: Statements, ownerId: string) =>
  searchKeys(statements, {
    ownerId,
    status: 'living',
    sort: 'created_at',
    isDescending: true,
    page: 1,
    size: MOST_KEYS,
  });

export const list = endpoint<{ readonly page?: number; readonly page_size?: number }>({
  method: 'GET',
  paths: ['/user/list'],
  tag: 'users',
  summary: 'People who have terms or keys, by page.',
  role: 'viewer',
  input: input({
    page: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    page_size: { type: 'integer', minimum: 1, maximum: 500 },
  }),
  answer: answer({
    users: listOf(userSchema),
    total: count,
    page: count,
    page_size: count,
    total_pages: count,
  }),
  async handle(call) {
    const { page = 1, page_size = 25 } = call.input;
    const { database } = call.services;
    const { owners, total } = await listOwners(database, page, page_size);
    const users = await Promise.all(owners.map((owner) => viewOwner(call, database, owner)));
    return { users, total, page, page_size, total_pages: Math.ceil(total / page_size) };
  },
});

export const update = endpoint<UserTerms & { readonly user_id: string; readonly suspended?: boolean }>({
  method: 'POST',
  paths: ['/user/update'],
  tag: 'users',
  summary:
    "Changes a person's terms. spend: 0 opens the window anew, for the person and for each of their keys.",
  role: 'admin',
  input: input(
    {
      ...TERMS,
      user_id: USER,
      spend: orNull(usd),
      suspended: { ...flag, description: 'Refuses all keys of the person, as a suspension in Coder does.' },
    },
    ['user_id'],
  ),
  answer: answer({ user_id: string, data: userSchema }),
  handle: (call) =>
    change(call, async (transaction) => {
      const { input: wish, services, admin } = call;
      const before = await ensureOwner(transaction, wish.user_id);
      const suspended_at = wish.suspended === undefined ? undefined : wish.suspended ? services.now() : null;
      const after = await changeOwner(transaction, before.id, {
        ...columnsOf(wish),
        suspended_at,
        suspended_by: wish.suspended === undefined ? undefined : wish.suspended ? admin.name : null,
      });
      if (wish.spend != null) await resetOwner(call, transaction, after, wish.spend);
      const raise = readRaise(wish, services.now());
      if (raise)
        await raiseAccount(transaction, await openAccount(transaction, accountOfOwner(after.id)), raise);
      await transaction.note({
        action: 'user/update',
        target: after.id,
        before: termsOfOwner(before),
        after: {
          ...termsOfOwner(after),
          ...(raise
            ? { temp_budget_increase: wish.temp_budget_increase, temp_budget_until: raise.raise?.until }
            : {}),
          ...(wish.spend == null ? {} : { spend: wish.spend }),
        },
      });
      return { user_id: after.id, data: await viewOwner(call, transaction, after) };
    }),
});

/** Everything a person's calls are charged to but what others share. */
async function resetOwner(
  { services, admin }: Pick<AdminCall<unknown>, 'services' | 'admin'>,
  statements: Statements,
  owner: OwnerRecord,
  usd: number,
): Promise<void> {
  // Held in the order in which calls hold them, so that neither waits for the other.
  const held = await statements.run<{ id: string; label: string }>(
    'accounts-of-owner',
    `select id, label from accounts where label = $2
       or id in (select account_id from keys where owner_id = $1 and revoked_at is null)
     order by id for update`,
    [owner.id, accountOfOwner(owner.id)],
  );
  const { keys } = await keysOf(statements, owner.id);
  for (const { id, label } of held) {
    const key = keys.find(({ accountId }) => accountId === id);
    const window = label === accountOfOwner(owner.id) ? windowOfOwner(services, owner) : undefined;
    const windowStart = (window ?? (key && termsNow(services, key)?.window))?.start;
    await resetAccounts(statements, [id], { usd, actor: admin.name, windowStart });
  }
}

export const remove = endpoint<{ readonly user_ids: readonly string[] }>({
  method: 'POST',
  paths: ['/user/delete'],
  tag: 'users',
  summary:
    'Takes all keys of people away, and gives their terms back to the policy. What they spent stays booked.',
  role: 'admin',
  input: input({ user_ids: { ...listOf(USER), minItems: 1, maxItems: 100 } }, ['user_ids']),
  answer: answer({ deleted_users: listOf(string), deleted_keys: listOf(string) }),
  handle: (call) =>
    change(call, async (transaction) => {
      const deletedKeys: string[] = [];
      const deletedUsers: string[] = [];
      for (const name of call.input.user_ids) {
        await holdName(transaction, name);
        const owner = await knownOwner(transaction, name);
        const { keys } = await keysOf(transaction, (await ownerOfName(transaction, name)) ?? owner.id);
        for (const key of keys) {
          await revokeKey(transaction, key);
          deletedKeys.push(key.hash);
        }
        await transaction.run('owner-delete', 'delete from owners where id = $1', [owner.id]);
        await transaction.note({ action: 'user/delete', target: owner.id, before: termsOfOwner(owner) });
        deletedUsers.push(owner.id);
      }
      return { deleted_users: deletedUsers, deleted_keys: deletedKeys };
    }),
});
