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

export interface AuditFilter {
  readonly target?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly page: number;
  readonly size: number;
}

export interface AuditPage {
  readonly entries: readonly Record<string, unknown>[];
  readonly total: number;
}

export async function readTrail(statements: Statements, filter: AuditFilter): Promise<AuditPage> {
  const rows = await statements.run<Record<string, unknown> & { total: string; at: Date }>(
    'audit-read',
    `select id, at, actor, action, target, request_id, before, after, count(*) over () as total from admin_audit
     where ($1::text is null or target = $1) and ($2::text is null or actor = $2)
       and ($3::text is null or action = $3) and ($4::timestamptz is null or at >= $4)
       and ($5::timestamptz is null or at < $5)
     order by id desc limit $6 offset $7`,
    [
      filter.target ?? null,
      filter.actor ?? null,
      filter.action ?? null,
      filter.since ?? null,
      filter.until ?? null,
      filter.size,
      (filter.page - 1) * filter.size,
    ],
  );
  const entries = rows.map(({ total: _, at, ...row }) => ({
    ...row,
    id: Number(row['id']),
    at: at.toISOString(),
  }));
  return { entries, total: Number(rows[0]?.total ?? 0) };
}
