/** What an administrator does not want to be told of for a time. */
import type { Statements } from '../store/database';

export interface SilenceRow {
  id: string;
  kind: string | null;
  subject: string | null;
  until: Date;
  reason: string | null;
  made_by: string;
  made_at: Date;
}

export interface SilenceWish {
  readonly kind: string | null;
  readonly subject: string | null;
  readonly until: Date;
  readonly reason: string | null;
  readonly by: string;
}

const COLUMNS = 'id, kind, subject, until, reason, made_by, made_at';

/** What waits to be delivered is silenced as well. */
export async function silence(
  statements: Statements,
  { kind, subject, until, reason, by }: SilenceWish,
): Promise<SilenceRow> {
  const [row] = await statements.run<SilenceRow>(
    'alert-silence',
    `insert into alert_silences (kind, subject, until, made_by, reason) values ($1, $2, $3, $4, $5)
     returning ${COLUMNS}`,
    [kind, subject, until, by, reason],
  );
  if (row === undefined) throw new Error('the silence was not written');
  await statements.run(
    'alert-silence-waiting',
    `update alert_deliveries d set ended_at = clock_timestamp(), last_fault = 'silenced'
     from alerts a where a.id = d.alert_id and d.delivered_at is null and d.ended_at is null
       and (d.lease_until is null or d.lease_until < clock_timestamp())
       and coalesce($1, a.kind) = a.kind and coalesce($2, a.subject) = a.subject`,
    [kind, subject],
  );
  return row;
}

/** Resolves to nothing when there is none of that number. */
export async function endSilence(statements: Statements, id: string): Promise<SilenceRow | undefined> {
  const [row] = await statements.run<SilenceRow>(
    'alert-unsilence',
    `delete from alert_silences where id = $1::bigint and until > clock_timestamp() returning ${COLUMNS}`,
    [id],
  );
  return row;
}

export const listSilences = (statements: Statements): Promise<SilenceRow[]> =>
  statements.run<SilenceRow>(
    'alert-silences',
    `select ${COLUMNS} from alert_silences where until > clock_timestamp() order by id desc limit 200`,
    [],
  );
