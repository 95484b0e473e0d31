/**
 * Alerts in the store, from what happened to what was delivered. Whatever process saw it, an event comes into being once;
 * whatever process delivers it, it is one at a time that is at it.
 */
import type { Statements } from '../store/database';
import type { AlertFile, AlertMessage } from './alert-message';
import { KINDS, type AlertKind } from './kinds';
import { nameOf, readWords, type AlertWords } from './words';

export interface AlertEvent {
  /** What happened, the same in every process: made of ids and times, never of names. */
  readonly event: string;
  readonly kind: AlertKind;
  /** What a silence may name: "deployment/anthropic/…". */
  readonly subject: string;
  /** Whose name may be in the words. */
  readonly ownerId?: string;
  readonly title: AlertWords['title'];
  readonly facts?: AlertWords['facts'];
  /** @default what the kind says */
  readonly whatToDo?: string;
  /** Until then the same is not told again; null: for good. @default `KEPT_DAYS` from now */
  readonly keepUntil?: Date | null;
  /** Noted, and not told: a higher step is, in its place. @default false */
  readonly isPassed?: boolean;
  /** What goes along by mail. @default nothing */
  readonly files?: readonly AlertFile[];
}

export type Outcome = 'told' | 'collapsed' | 'silenced' | 'passed';

/** Days after which what was told is forgotten. */
export const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
/** Milliseconds after which a delivery is given up: a week of tries, once an hour at the end. */
const GIVEN_UP_MS = 7 * DAY_MS;
/** Alerts of one kind that are told one by one, within `burstMs`. */
export const MOST_AT_ONCE = 10;
const LONGEST_SUBJECT = 300;
/** Of a number of the store. */
const WITHOUT_END = 2 ** 31 - 1;

export interface OutboxOptions {
  /** Names of the channels of this process. */
  readonly channels: readonly string[];
  /** Milliseconds in which alerts of one kind are counted. */
  readonly burstMs: number;
  readonly now: () => Date;
}

const RAISE = `
select raise_alert($1, $2, $3, $4, $5, $6::jsonb, $7::text[], $8::timestamptz, $9::boolean, $10::integer,
  make_interval(secs => $11::double precision / 1000)) as outcome`;

/**
 * Resolves to nothing where it was told before.
 *
 * @param statements of a transaction, where files go along
 */
export async function raise(
  statements: Statements,
  { channels, burstMs, now }: OutboxOptions,
  alert: AlertEvent,
): Promise<Outcome | undefined> {
  const { severity, whatToDo } = KINDS[alert.kind];
  const words: AlertWords = {
    title: alert.title,
    facts: alert.facts ?? [],
    whatToDo: alert.whatToDo ?? whatToDo,
  };
  const keepUntil =
    alert.keepUntil === undefined ? new Date(now().getTime() + KEPT_DAYS * DAY_MS) : alert.keepUntil;
  const [row] = await statements.run<{ outcome: Outcome | null }>('alert-raise', RAISE, [
    alert.event,
    alert.kind,
    severity,
    alert.subject.slice(0, LONGEST_SUBJECT),
    alert.ownerId ?? null,
    JSON.stringify(words),
    channels,
    keepUntil,
    alert.isPassed ?? false,
    WHOLE.has(alert.kind) ? WITHOUT_END : MOST_AT_ONCE,
    burstMs,
  ]);
  const outcome = row?.outcome ?? undefined;
  if (outcome === 'told' && alert.files !== undefined) await keepFiles(statements, alert.event, alert.files);
  return outcome;
}

/** Kinds of which each one is told: a number in their place would say nothing. */
const WHOLE: ReadonlySet<AlertKind> = new Set(['collapsed', 'month_report']);

async function keepFiles(statements: Statements, event: string, files: readonly AlertFile[]): Promise<void> {
  await statements.run(
    'alert-files',
    `insert into alert_files (alert_id, name, type, body)
     select a.id, f.name, f.type, f.body from alerts a, unnest($2::text[], $3::text[], $4::text[]) as f (name, type, body)
     where a.event = $1`,
    [event, files.map(({ name }) => name), files.map(({ type }) => type), files.map(({ body }) => body)],
  );
}

export interface Delivery {
  readonly alertId: string;
  readonly channel: string;
  readonly attempts: number;
  readonly message: AlertMessage;
}

interface DueRow {
  alert_id: string;
  channel: string;
  attempts: number;
  event: string;
  kind: string;
  severity: string;
  subject: string;
  words: unknown;
  raised_at: Date;
}

/** Of the channel the oldest that is due and that nobody is at; it is this process's until the lease ends. */
const CLAIM = `
update alert_deliveries d
set attempts = d.attempts + 1, lease_until = clock_timestamp() + make_interval(secs => $2::double precision / 1000)
from (
  select due.alert_id, due.channel from alert_deliveries due
  where due.channel = $1 and due.delivered_at is null and due.ended_at is null and due.next_at <= clock_timestamp()
    and (due.lease_until is null or due.lease_until < clock_timestamp())
  order by due.alert_id limit 1 for update skip locked
) mine, alerts a
where d.alert_id = mine.alert_id and d.channel = mine.channel and a.id = mine.alert_id
returning d.alert_id, d.channel, d.attempts, a.event, a.kind, a.severity, a.subject, a.words, a.raised_at`;

export async function claim(
  statements: Statements,
  channel: string,
  leaseMs: number,
): Promise<Delivery | undefined> {
  const [row] = await statements.run<DueRow>('alert-claim', CLAIM, [channel, leaseMs]);
  if (row === undefined) return undefined;
  const { event, kind, severity, subject, raised_at: raisedAt } = row;
  const files = await statements.run<AlertFile & Record<string, string>>(
    'alert-files-of',
    'select name, type, body from alert_files where alert_id = $1 order by name',
    [row.alert_id],
  );
  return {
    alertId: row.alert_id,
    channel: row.channel,
    attempts: row.attempts,
    message: {
      event,
      kind,
      severity,
      subject,
      raisedAt,
      words: readWords(row.words),
      ...(files.length === 0 ? {} : { files }),
    },
  };
}

/** By the number of the attempt, so that whoever's lease has ended says nothing about the next one's. */
export async function noteDelivered(
  statements: Statements,
  { alertId, channel, attempts }: Delivery,
): Promise<void> {
  await statements.run(
    'alert-delivered',
    `update alert_deliveries set delivered_at = clock_timestamp(), lease_until = null, last_fault = null
     where alert_id = $1 and channel = $2 and attempts = $3`,
    [alertId, channel, attempts],
  );
}

/** Resolves to whether it is given up. */
export async function noteFailed(
  statements: Statements,
  { alertId, channel, attempts }: Delivery,
  fault: string,
  pauseMs: number,
): Promise<boolean> {
  const [row] = await statements.run<{ is_ended: boolean }>(
    'alert-failed',
    `update alert_deliveries d
     set lease_until = null, last_fault = $4,
       next_at = clock_timestamp() + make_interval(secs => $5::double precision / 1000),
       ended_at = case when (select a.raised_at from alerts a where a.id = d.alert_id)
         < clock_timestamp() - make_interval(secs => $6::double precision / 1000) then clock_timestamp() else d.ended_at end
     where d.alert_id = $1 and d.channel = $2 and d.attempts = $3 returning d.ended_at is not null as is_ended`,
    [alertId, channel, attempts, fault, pauseMs, GIVEN_UP_MS],
  );
  return row?.is_ended ?? false;
}

/** Whether something has become what it was not: once over all processes, and not again within `holdMs`. */
export async function shift(
  statements: Statements,
  subject: string,
  state: 'well' | 'ill',
  holdMs: number,
): Promise<string | undefined> {
  const [row] = await statements.run<{ changed: string }>(
    'alert-shift',
    // What was always well is no news.
    `insert into alert_states as s (subject, state, changed_at)
     select $1, $2, clock_timestamp() where $2 = 'ill' or exists (select from alert_states k where k.subject = $1)
     on conflict (subject) do update set state = excluded.state, changed_at = excluded.changed_at
     where s.state <> excluded.state
       and s.changed_at < clock_timestamp() - make_interval(secs => $3::double precision / 1000)
     returning extract(epoch from changed_at)::text as changed`,
    [subject, state, holdMs],
  );
  return row?.changed;
}

interface CollapsedRow {
  kind: string;
  many: string;
  first: string;
  subjects: string[];
  since: Date;
}

/** Tells the number of those that were too many of a kind to be told one by one, some time after the first of them. */
export async function tellCollapsed(statements: Statements, options: OutboxOptions): Promise<void> {
  const kinds = await statements.run<{ kind: string }>(
    'alert-uncounted',
    `select kind from alerts where outcome = 'collapsed' and counted_at is null group by kind
     having min(raised_at) < clock_timestamp() - make_interval(secs => $1::double precision / 1000)`,
    [options.burstMs],
  );
  for (const { kind } of kinds) {
    const [row] = await statements.run<CollapsedRow>(
      'alert-count',
      `with counted as (
         update alerts set counted_at = clock_timestamp()
         where kind = $1 and outcome = 'collapsed' and counted_at is null returning id, kind, subject, raised_at
       )
       select kind, count(*) as many, min(id) as first, min(raised_at) as since,
         (array_agg(distinct subject))[1:10] as subjects
       from counted group by kind`,
      [kind],
    );
    if (row === undefined) continue;
    await raise(statements, options, {
      event: `collapsed/${row.kind}/${row.first}`,
      kind: 'collapsed',
      subject: row.kind,
      title: [`${row.many} more alerts of the kind `, { name: row.kind }, ' than were told one by one.'],
      facts: [
        ['Since', [row.since.toISOString()]],
        ['Among them', row.subjects.flatMap((subject, at) => [...(at === 0 ? [] : [', ']), nameOf(subject)])],
      ],
    });
  }
}

/** Forgets what was told long ago and needs not be known for the same to be told once. What is still to be delivered stays. */
export async function prune(statements: Statements): Promise<void> {
  await statements.run(
    'alert-prune',
    `delete from alerts where id in (
       select a.id from alerts a where a.keep_until < clock_timestamp() and not exists (
         select from alert_deliveries d where d.alert_id = a.id and d.delivered_at is null and d.ended_at is null
       ) and not (a.outcome = 'collapsed' and a.counted_at is null) order by a.keep_until limit 1000)`,
    [],
  );
  await statements.run(
    'alert-prune-silences',
    `delete from alert_silences where until < clock_timestamp() - make_interval(days => $1)`,
    [KEPT_DAYS],
  );
}
