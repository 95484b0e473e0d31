/** What the store says of secrets: which processes hold which, and who and what is still on a former one. */
import { deriveWorkspaceKey, hashKey, type KeySecrets } from '../keys/key-derivation';
import type { Statements } from '../store/database';
import { GONE_AFTER_SECONDS } from './held-secrets';
import { claimOf, type OwnSecret } from './own-secrets';

/** Processes that hold the same. */
export interface Holders {
  readonly print: string | null;
  readonly previous: string | null;
  readonly since: Date | null;
  readonly processes: number;
  /** Of a database: those that the former password let in last. */
  readonly on_previous: number;
}

export async function holdersOf(statements: Statements): Promise<Map<string, Holders[]>> {
  const rows = await statements.run<Holders & { secret: string }>(
    'secrets-held',
    `select h.secret, h.print, h.previous_print as previous, p.since, count(*)::integer as processes,
       count(*) filter (where h.is_on_previous)::integer as on_previous
     from held_secrets h left join secret_prints p using (secret, print)
     where h.seen_at > clock_timestamp() - make_interval(secs => $1)
     group by 1, 2, 3, 4 order by 5 desc, 2`,
    [GONE_AFTER_SECONDS],
  );
  const holders = new Map<string, Holders[]>();
  for (const { secret, ...held } of rows) holders.set(secret, [...(holders.get(secret) ?? []), held]);
  return holders;
}

export interface Uses {
  readonly caller: string;
  readonly uses: string;
  readonly last_used_at: Date;
}

export const usesOf = (statements: Statements, secret: string, print: string): Promise<Uses[]> =>
  statements.run<Uses>(
    'secret-uses',
    `select caller, uses, last_used_at from secret_uses where secret = $1 and print = $2
     order by last_used_at desc limit 100`,
    [secret, print],
  );

/** What has not changed over to a secret yet. */
export interface Left {
  readonly on_current: number;
  readonly on_previous: number;
  /** On neither, or nobody has written down on which. */
  readonly on_other: number;
  /** Of those not on the current one, the first of them. */
  readonly names: readonly string[];
}

/** Names that an answer has at most. */
const MOST_NAMES = 1_000;

class Count {
  readonly #counts = { current: 0, previous: 0, other: 0 };
  readonly #names: string[] = [];

  add(on: 'current' | 'previous' | 'other', name: string): void {
    this.#counts[on] += 1;
    if (on !== 'current' && this.#names.length < MOST_NAMES) this.#names.push(name);
  }

  get result(): Left {
    const { current, previous, other } = this.#counts;
    return { on_current: current, on_previous: previous, on_other: other, names: this.#names };
  }
}

/** Rows that are read at once: what comes between is another's turn. */
const PAGE = 500;

async function eachPage<Row extends { id: string }>(
  read: (after: string) => Promise<Row[]>,
  take: (row: Row) => void,
): Promise<void> {
  for (let after = '', rows = await read(after); rows.length > 0; rows = await read(after)) {
    for (const row of rows) take(row);
    after = rows.at(-1)?.id ?? '';
  }
}

interface ClaimRow {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly template_name: string;
  readonly signed_by: string | null;
}

/** Workspaces that are there, by the secret that signed the newest claim of each; by the secret's name. */
export async function claimsLeft(
  statements: Statements,
  own: ReadonlyMap<string, OwnSecret>,
): Promise<Map<string, Left>> {
  const counts = new Map<string, Count>();
  await eachPage(
    (after) =>
      statements.run<ClaimRow>(
        'claims-signed-by',
        `select w.id, w.name, w.template_name,
           coalesce((select n.name from names_of_owners n where n.owner_id = w.owner_id order by n.seen_at desc limit 1),
             w.owner_id) as owner,
           case when w.claim_signed_for = w.newest_claim_at then w.claim_signed_by end as signed_by
         from workspaces w
         where w.ended_at is null and w.id > $1 order by w.id limit ${PAGE}`,
        [after],
      ),
    ({ name, owner, template_name, signed_by }) => {
      const secret = own.has(claimOf(template_name)) ? claimOf(template_name) : 'claim';
      const { print, previous } = own.get(secret) ?? {};
      const count = counts.get(secret) ?? new Count();
      counts.set(secret, count);
      const on =
        signed_by === null
          ? 'other'
          : signed_by === print
            ? 'current'
            : signed_by === previous
              ? 'previous'
              : 'other';
      count.add(on, `${owner}/${name}`);
    },
  );
  return new Map([...counts].map(([secret, count]) => [secret, count.result]));
}

interface KeyRow {
  readonly id: string;
  readonly hash: string;
  readonly workspace_id: string;
  readonly workspace_name: string;
  readonly owner_id: string;
  readonly owner_name: string;
  readonly generation: number;
}

/** Workspaces' keys that work, by the secret they were derived from. */
export async function keysLeft(statements: Statements, secrets: KeySecrets): Promise<Left> {
  const count = new Count();
  const isOf = (secret: string | Buffer | undefined, row: KeyRow): boolean =>
    secret !== undefined &&
    row.hash === hashKey(deriveWorkspaceKey(secret, row.workspace_id, row.owner_id, row.generation));
  await eachPage(
    (after) =>
      statements.run<KeyRow>(
        'keys-derived-from',
        `select k.hash as id, k.hash, k.workspace_id, k.workspace_name, k.owner_id, k.owner_name, w.generation
         from keys k join workspaces w on w.id = k.workspace_id
         where k.revoked_at is null and k.rotated_to is null and (k.expires_at is null or k.expires_at > now())
           and k.hash > $1 order by k.hash limit ${PAGE}`,
        [after],
      ),
    (row) => {
      const on = isOf(secrets.current, row) ? 'current' : isOf(secrets.previous, row) ? 'previous' : 'other';
      count.add(on, `${row.owner_name}/${row.workspace_name}`);
    },
  );
  return count.result;
}
