/** Finds keys for administrators: by what people know about them. */
import type { Statements } from '../store/database';
import { hashKey } from './key-derivation';
import { KEY_COLUMNS, toKeyRecord, type KeyRecord, type KeyRow } from './key-record';

export const KEY_SORTS = ['created_at', 'updated_at', 'spend', 'max_budget', 'key_alias', 'token'] as const;
export type KeySort = (typeof KEY_SORTS)[number];

/** Which keys are looked at. All but the first and the last are parts of the second. */
export const KEY_STANDINGS = [
  'deleted',
  'living',
  'blocked',
  'paused',
  'suspended',
  'ending',
  'all',
] as const;
export type KeyStanding = (typeof KEY_STANDINGS)[number];

/** Days ahead in which a key ends that is said to be ending. */
export const ENDING_DAYS = 7;

export interface KeyFilter {
  readonly ownerId?: string | undefined;
  readonly template?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly alias?: string | undefined;
  /** The key, its hash, or the first digits of its hash. */
  readonly hash?: string | undefined;
  readonly scope?: string | undefined;
  /** Part of alias, owner's name or id, workspace's name, template, or last four. */
  readonly search?: string | undefined;
  /** Keys without a call in so many days. */
  readonly idleDays?: number | undefined;
  readonly status: KeyStanding;
  readonly sort: KeySort;
  readonly isDescending: boolean;
  readonly page: number;
  readonly size: number;
}

const ORDER: Readonly<Record<KeySort, string>> = {
  created_at: 'created_at',
  updated_at: 'updated_at',
  spend: '(select spent_nano from accounts where accounts.id = keys.account_id)',
  max_budget: 'max_budget_nano',
  key_alias: 'alias',
  token: 'hash',
};

/** Hexadecimal digits by which people may name a hash. */
const SHORTEST_HASH = 6;

export async function searchKeys(
  statements: Statements,
  filter: KeyFilter,
): Promise<{ keys: readonly KeyRecord[]; total: number }> {
  const order = `${ORDER[filter.sort]} ${filter.isDescending ? 'desc' : 'asc'} nulls last, id`;
  const rows = await statements.run<KeyRow & { total: string }>(
    `keys-search-${filter.sort}-${filter.isDescending}`,
    // What is shown of a key costs several looks: those on the page alone are looked at so.
    `with found as (
     select id as found_id, row_number() over (order by ${order}) as place, count(*) over () as total from keys
     where ($1::text is null or owner_id = $1) and ($2::text is null or template_name = $2)
       and ($3::text is null or workspace_id = $3) and ($4::text is null or alias = $4)
       and ($5::text is null or hash = $5 or (length($5) >= ${SHORTEST_HASH} and starts_with(hash, $5))) and ($6::text is null or scope = $6)
       and ($7::text is null or strpos(lower(concat_ws(' ', alias, owner_name, owner_id, workspace_name,
         workspace_id, template_name, last_four)), lower($7)) > 0)
       and ($8::text = 'all' or (revoked_at is not null) = ($8 = 'deleted'))
       and case $8 when 'blocked' then blocked_at is not null when 'paused' then paused_at is not null
         when 'suspended' then exists (select from owners o where o.id = keys.owner_id and o.suspended_at is not null)
         when 'ending' then rotated_to is null and expires_at > now()
           and expires_at < now() + make_interval(days => ${ENDING_DAYS})
         else true end
       and ($9::integer is null or (created_at < now() - make_interval(days => $9) and not exists (
         select from key_sums_by_day s where s.key_id = keys.id
           and s.day >= (now() - make_interval(days => $9 + 1))::date and s.last_at > now() - make_interval(days => $9)
       ) and not exists (
         select from calls_beyond_sums b where b.key_id = keys.id and b.finished_at > now() - make_interval(days => $9)
           and b.calls > 0)))
     order by ${order} limit $10 offset $11)
     select ${KEY_COLUMNS}, total from found join keys on keys.id = found_id order by place`,
    [
      filter.ownerId ?? null,
      filter.template ?? null,
      filter.workspaceId ?? null,
      filter.alias ?? null,
      filter.hash === undefined ? null : filter.hash.startsWith('sk-') ? hashKey(filter.hash) : filter.hash,
      filter.scope ?? null,
      filter.search ?? null,
      filter.status,
      filter.idleDays ?? null,
      filter.size,
      (filter.page - 1) * filter.size,
    ],
  );
  return { keys: rows.map(toKeyRecord), total: Number(rows[0]?.total ?? 0) };
}

/** By the key itself, its hash, or the alias it has now. */
export async function findKeyRecord(
  statements: Statements,
  keyHashOrAlias: string,
): Promise<KeyRecord | undefined> {
  const hash = keyHashOrAlias.startsWith('sk-') ? hashKey(keyHashOrAlias) : keyHashOrAlias;
  const rows = await statements.run<KeyRow>(
    'key-find-any',
    `select ${KEY_COLUMNS} from keys
     where hash = $1 or (alias = $1 and revoked_at is null and rotated_to is null) order by id desc limit 1`,
    [hash],
  );
  return rows[0] && toKeyRecord(rows[0]);
}
