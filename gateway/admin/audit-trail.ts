/** What administrators did: one row an action, in the transaction of the action itself, only ever added to. */
import type { Statements } from '../store/database';

export interface AuditedAction {
  readonly actor: string;
  readonly action: string;
  /** What it was done to: a key's hash, a user's id, a budget's or admin key's name. */
  readonly target: string;
  readonly requestId: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

export async function noteAction(statements: Statements, entry: AuditedAction): Promise<void> {
  await statements.run(
    'audit-note',
    `insert into admin_audit (actor, action, target, request_id, before, after)
     values ($1, $2, $3, $4, $5::jsonb, $6::jsonb)`,
    [entry.actor, entry.action, entry.target, entry.requestId, toJson(entry.before), toJson(entry.after)],
  );
}

const toJson = (value: unknown): string | null => (value == null ? null : JSON.stringify(value));

export interface AuditQuestion {
  readonly target?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly since?: Date;
  readonly until?: Date;
}

export interface AuditFilter extends AuditQuestion {
  readonly page: number;
  readonly size: number;
}

export type AuditEntry = Readonly<Record<string, unknown>> & { readonly id: number; readonly at: string };

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly total: number;
}

const WHERE = `($1::text is null or target = $1) and ($2::text is null or actor = $2)
       and ($3::text is null or action = $3) and ($4::timestamptz is null or at >= $4)
       and ($5::timestamptz is null or at < $5)`;

const valuesOf = ({ target, actor, action, since, until }: AuditQuestion): readonly unknown[] => [
  target ?? null,
  actor ?? null,
  action ?? null,
  since ?? null,
  until ?? null,
];

export async function readTrail(statements: Statements, filter: AuditFilter): Promise<AuditPage> {
  const rows = await statements.run<AuditRow & { total: string }>(
    'audit-read',
    `select id, at, actor, action, target, request_id, before, after, count(*) over () as total from admin_audit
     where ${WHERE} order by id desc limit $6 offset $7`,
    [...valuesOf(filter), filter.size, (filter.page - 1) * filter.size],
  );
  return { entries: rows.map(({ total: _, ...row }) => entryOf(row)), total: Number(rows[0]?.total ?? 0) };
}

/**
 * Entries older than one, newest first, without counting all there are: the trail only grows.
 *
 * @param before id of an entry. @default the newest ones
 */
export async function readTrailBefore(
  statements: Statements,
  filter: AuditQuestion,
  size: number,
  before?: number,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly hasMore: boolean }> {
  const rows = await statements.run<AuditRow>(
    'audit-read-before',
    `select id, at, actor, action, target, request_id, before, after from admin_audit
     where ${WHERE} and ($6::bigint is null or id < $6) order by id desc limit $7`,
    [...valuesOf(filter), before ?? null, size + 1],
  );
  return { entries: rows.slice(0, size).map(entryOf), hasMore: rows.length > size };
}

type AuditRow = Record<string, unknown> & { id: string; at: Date };

const entryOf = ({ at, ...row }: AuditRow): AuditEntry => ({
  ...row,
  id: Number(row.id),
  at: at.toISOString(),
});
