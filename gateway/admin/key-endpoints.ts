/** Looking keys up, taking them away, blocking them. */
import { GatewayError } from '../errors';
import { changeKey, holdKey, revokeKey } from '../keys/issued-keys';
import type { KeyRecord } from '../keys/key-record';
import {
  findKeyRecord,
  KEY_SORTS,
  KEY_STANDINGS,
  searchKeys,
  type KeySort,
  type KeyStanding,
} from '../keys/key-search';
import { ownerOfName } from '../keys/owner-names';
import { change, endpoint, type Transaction } from './endpoint';
import { budgetsSchema, viewBudgets } from './charged-budgets';
import { answer, count, flag, input, listOf, number, string, text, type JsonSchema } from './json-schema';
import { KEY_FIELDS, keySchema, termsNow, termsOfKey, viewKey, viewKeys } from './key-view';
import { resetAccounts, reopenAccounts } from './accounts';
import { invalid } from './terms-input';

const KEY = text('The key, its hash, or its alias.');

interface Named {
  readonly key?: string;
  readonly key_alias?: string;
}

const nameOf = ({ key, key_alias }: Named): string => {
  const name = key ?? key_alias;
  if (name === undefined) throw invalid('key', 'key is required: a key, its hash, or its alias.');
  return name;
};

export const info = endpoint<Named & { readonly include_deleted?: boolean }>({
  method: 'GET',
  paths: ['/key/info'],
  tag: 'keys',
  summary:
    'One key: terms, state, spend in the window that holds, and every budget its calls are charged to.',
  role: 'viewer',
  input: input({
    key: KEY,
    key_alias: text(),
    include_deleted: { ...flag, description: 'Also one that was taken away, of which its hash is known.' },
  }),
  answer: answer({ key: string, info: keySchema, budgets: budgetsSchema }),
  async handle({ services, input: wish }) {
    const { database } = services;
    const record = await findKeyRecord(database, nameOf(wish));
    if (record === undefined || (record.revokedAt !== null && wish.include_deleted !== true))
      throw new GatewayError('key_not_found');
    const [budgets] = await viewBudgets(services, database, [record]);
    return { key: record.hash, info: await viewKey(services, database, record), budgets };
  },
});

export const infos = endpoint<{ readonly keys: readonly string[] }>({
  method: 'POST',
  paths: ['/v2/key/info'],
  tag: 'keys',
  summary: 'Several keys at once; those that are not there are left out.',
  role: 'viewer',
  input: input({ keys: { ...listOf(KEY), maxItems: 500 } }, ['keys']),
  answer: answer({ key: listOf(string), info: listOf(keySchema), budgets: listOf(budgetsSchema) }),
  async handle({ services, input: wish }) {
    const found = await Promise.all(wish.keys.map((key) => findKeyRecord(services.database, key)));
    const records = found.filter((record) => record !== undefined);
    return {
      key: records.map(({ hash }) => hash),
      info: await viewKeys(services, services.database, records),
      budgets: await viewBudgets(services, services.database, records),
    };
  },
});

interface ListInput {
  readonly page?: number;
  readonly size?: number;
  readonly user_id?: string;
  readonly team_id?: string;
  readonly workspace_id?: string;
  readonly key_hash?: string;
  readonly key_alias?: string;
  readonly scope?: string;
  readonly search?: string;
  readonly idle_days?: number;
  readonly status?: KeyStanding;
  readonly return_full_object?: boolean;
  readonly sort_by?: KeySort;
  readonly sort_order?: 'asc' | 'desc';
}

const PAGE: Readonly<Record<string, JsonSchema>> = {
  page: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  size: { type: 'integer', minimum: 1, maximum: 500 },
};

const PAGED = { total_count: count, current_page: count, total_pages: count };

export const list = endpoint<ListInput>({
  method: 'GET',
  paths: ['/key/list'],
  tag: 'keys',
  summary: 'Keys by page; hashes alone unless return_full_object=true. Dead ones with status=deleted.',
  role: 'viewer',
  input: input({
    ...PAGE,
    user_id: text("Coder's user id, or a user name."),
    team_id: text('Template.'),
    workspace_id: text(),
    key_hash: text('The key, its hash, or how its hash begins: six digits at least.'),
    key_alias: text(),
    scope: text(),
    search: text('Part of alias, owner, workspace, template, or the last four.'),
    idle_days: {
      type: 'integer',
      minimum: 1,
      maximum: 3_650,
      description: 'Without a call in so many days.',
    },
    status: {
      type: 'string',
      enum: KEY_STANDINGS,
      description: 'living if none is named: those that were not taken away.',
    },
    return_full_object: flag,
    include_team_keys: flag,
    include_created_by_keys: flag,
    expand: { type: 'array', items: string },
    sort_by: { type: 'string', enum: KEY_SORTS },
    sort_order: { type: 'string', enum: ['asc', 'desc'] },
  }),
  answer: answer({ keys: listOf({ anyOf: [string, answer(KEY_FIELDS)] }), ...PAGED }),
  async handle({ services, input: wish }) {
    const { database } = services;
    const { page = 1, size = 10 } = wish;
    const { user_id } = wish;
    const { keys, total } = await searchKeys(database, {
      ownerId: user_id === undefined ? undefined : ((await ownerOfName(database, user_id)) ?? user_id),
      template: wish.team_id,
      workspaceId: wish.workspace_id,
      alias: wish.key_alias,
      hash: wish.key_hash,
      scope: wish.scope,
      search: wish.search,
      idleDays: wish.idle_days,
      status: wish.status ?? 'living',
      sort: wish.sort_by ?? 'created_at',
      isDescending: wish.sort_order !== 'asc',
      page,
      size,
    });
    return {
      keys: wish.return_full_object ? await viewKeys(services, database, keys) : keys.map(({ hash }) => hash),
      total_count: total,
      current_page: page,
      total_pages: Math.ceil(total / size),
    };
  },
});

export const aliases = endpoint<{ readonly page?: number; readonly size?: number; readonly search?: string }>(
  {
    method: 'GET',
    paths: ['/key/aliases'],
    tag: 'keys',
    summary: 'The names of keys.',
    role: 'viewer',
    input: input({ ...PAGE, search: text() }),
    answer: answer({ aliases: listOf(string), ...PAGED, size: count }),
    async handle({ services, input: { page = 1, size = 50, search } }) {
      const rows = await services.database.run<{ alias: string; total: string }>(
        'key-aliases',
        `select alias, count(*) over () as total from keys
       where revoked_at is null and rotated_to is null and alias is not null
         and ($1::text is null or strpos(lower(alias), lower($1)) > 0)
       order by alias limit $2 offset $3`,
        [search ?? null, size, (page - 1) * size],
      );
      const total = Number(rows[0]?.total ?? 0);
      return {
        aliases: rows.map(({ alias }) => alias),
        total_count: total,
        current_page: page,
        total_pages: Math.ceil(total / size),
        size,
      };
    },
  },
);

interface DeleteInput extends Named {
  readonly keys?: readonly string[];
  readonly key_aliases?: readonly string[];
}

export const remove = endpoint<DeleteInput>({
  method: 'POST',
  paths: ['/key/delete'],
  tag: 'keys',
  summary:
    'Takes keys away for good. A workspace gets another one at its next start; /key/block keeps it out.',
  role: 'admin',
  input: input({
    keys: { ...listOf(KEY), maxItems: 500 },
    key_aliases: { ...listOf(text()), maxItems: 500 },
    key: KEY,
    key_alias: text('As the seeds’ scripts send it.'),
  }),
  answer: answer({ deleted_keys: listOf(string) }),
  handle: (call) =>
    change(call, async (transaction) => {
      const { keys = [], key_aliases = [], key, key_alias } = call.input;
      const names = [...keys, ...key_aliases, key, key_alias].filter((name) => name !== undefined);
      if (names.length === 0) throw invalid('keys', 'keys or key_aliases is required.');
      const deleted: string[] = [];
      for (const name of names) {
        const record = await holdKey(transaction, name);
        if (record.revokedAt === null) await revokeKey(transaction, record);
        await transaction.note({ action: 'key/delete', target: record.hash, before: termsOfKey(record) });
        deleted.push(record.hash);
      }
      return { deleted_keys: deleted };
    }),
});

const setBlocked = (isBlocked: boolean) =>
  endpoint<Named>({
    method: 'POST',
    paths: [isBlocked ? '/key/block' : '/key/unblock'],
    tag: 'keys',
    summary: isBlocked
      ? "Refuses the key's calls from now on. A workspace's stays blocked over its restarts."
      : 'Lets a blocked key work again, also one whose account was closed by a call that cost too much.',
    role: 'admin',
    input: input({ key: KEY, key_alias: text() }),
    answer: keySchema,
    handle: (call) =>
      change(call, async (transaction) => {
        const before = await holdKey(transaction, nameOf(call.input));
        const blocked_at = isBlocked ? (before.blockedAt ?? call.services.now()) : null;
        const after = await changeKey(transaction, before, { blocked_at });
        if (!isBlocked) await reopenAccounts(transaction, [before.accountId]);
        await noteChange(transaction, isBlocked ? 'key/block' : 'key/unblock', before, after);
        return viewKey(call.services, transaction, after);
      }),
  });

export const block = setBlocked(true);
export const unblock = setBlocked(false);

export const reset = endpoint<{ readonly key: string; readonly reset_to?: number }>({
  method: 'POST',
  paths: ['/key/{key}/reset_spend'],
  tag: 'keys',
  summary: "Sets what the key's account has spent in its window; 0 if nothing is named.",
  role: 'admin',
  input: input({ key: KEY, reset_to: { ...number, minimum: 0, maximum: 1_000_000 } }, ['key']),
  answer: keySchema,
  handle: (call) =>
    change(call, async (transaction) => {
      const { key, reset_to = 0 } = call.input;
      const record = await holdKey(transaction, key);
      const { spend } = await viewKey(call.services, transaction, record);
      await resetAccounts(transaction, [record.accountId], {
        usd: reset_to,
        actor: call.admin.name,
        windowStart: termsNow(call.services, record)?.window.start,
      });
      await transaction.note({
        action: 'key/reset_spend',
        target: record.hash,
        before: { spend },
        after: { spend: reset_to },
      });
      return viewKey(call.services, transaction, record);
    }),
});

const noteChange = (
  transaction: Transaction,
  action: string,
  before: KeyRecord,
  after: KeyRecord,
): Promise<void> =>
  transaction.note({ action, target: after.hash, before: termsOfKey(before), after: termsOfKey(after) });
