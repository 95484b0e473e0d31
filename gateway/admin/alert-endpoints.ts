/** What administrators were told of, what they do not want to be told of for a time, and whether it would arrive. */
import { isKind, KIND_NAMES, SEVERITIES } from '../alerts/kinds';
import { endSilence, listSilences, silence as silenceNow, type SilenceRow } from '../alerts/silences';
import { asText, readWords } from '../alerts/words';
import { GatewayError } from '../errors';
import type { Statements } from '../store/database';
import { change, endpoint } from './endpoint';
import { answer, count, duration, flag, input, listOf, orNull, string, text, time } from './json-schema';
import { expiryOf, invalid } from './terms-input';

const SILENCE_FIELDS = {
  id: count,
  kind: orNull(string),
  subject: orNull(string),
  until: time,
  reason: orNull(string),
  by: string,
  at: time,
} as const;

const DELIVERY_FIELDS = {
  channel: string,
  state: { type: 'string', enum: ['delivered', 'waiting', 'given up', 'silenced'] },
  attempts: count,
  delivered_at: orNull(time),
  next_at: orNull(time),
  fault: orNull(string),
} as const;

const viewSilence = (row: SilenceRow): Record<string, unknown> => ({
  id: Number(row.id),
  kind: row.kind,
  subject: row.subject,
  until: row.until.toISOString(),
  reason: row.reason,
  by: row.made_by,
  at: row.made_at.toISOString(),
});

interface DeliveryRow {
  channel: string;
  attempts: number;
  delivered_at: string | null;
  ended_at: string | null;
  next_at: string;
  last_fault: string | null;
}

interface AlertRow {
  id: string;
  event: string;
  kind: string;
  severity: string;
  subject: string;
  words: unknown;
  raised_at: Date;
  outcome: string;
  deliveries: DeliveryRow[] | null;
  total: string;
}

function viewDelivery(row: DeliveryRow): Record<string, unknown> {
  const isOpen = row.delivered_at === null && row.ended_at === null;
  const ended = row.last_fault === 'silenced' ? 'silenced' : 'given up';
  const iso = (at: string | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    channel: row.channel,
    state: row.delivered_at !== null ? 'delivered' : isOpen ? 'waiting' : ended,
    attempts: row.attempts,
    delivered_at: iso(row.delivered_at),
    next_at: isOpen ? iso(row.next_at) : null,
    fault: row.last_fault,
  };
}

function viewAlert(row: AlertRow): Record<string, unknown> {
  const words = readWords(row.words);
  return {
    event: row.event,
    kind: row.kind,
    severity: row.severity,
    subject: row.subject,
    raised_at: row.raised_at.toISOString(),
    title: asText(words.title),
    facts: words.facts.map(([name, value]) => ({ name, value: asText(value) })),
    what_to_do: words.whatToDo,
    outcome: row.outcome,
    deliveries: (row.deliveries ?? []).map(viewDelivery),
  };
}

/** $1 kind, $2 ids: null for all of them. */
const ALERTS = `
select a.id, a.event, a.kind, a.severity, a.subject, a.words, a.raised_at, a.outcome, count(*) over () as total,
  (select jsonb_agg(to_jsonb(d) order by d.channel) from alert_deliveries d where d.alert_id = a.id) as deliveries
from alerts a where ($1::text is null or a.kind = $1) and ($2::bigint[] is null or a.id = any ($2))
order by a.id desc limit $3 offset $4`;

/** Those of these ids, as the list has them, newest first. */
export async function viewAlerts(
  statements: Statements,
  ids: readonly string[],
): Promise<Record<string, unknown>[]> {
  const rows = await statements.run<AlertRow>('alerts-list', ALERTS, [null, ids, ids.length, 0]);
  return rows.map(viewAlert);
}

export const list = endpoint<{ readonly kind?: string; readonly page?: number; readonly size?: number }>({
  method: 'GET',
  paths: ['/alerts/list'],
  tag: 'alerts',
  summary: 'What administrators were told of, newest first, how it was delivered, and what is silenced.',
  role: 'viewer',
  input: input({
    kind: { type: 'string', enum: KIND_NAMES },
    page: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    size: { type: 'integer', minimum: 1, maximum: 500 },
  }),
  answer: answer({
    channels: listOf(answer({ name: string, kind: string })),
    silences: listOf(answer(SILENCE_FIELDS)),
    alerts: listOf(
      answer({
        event: string,
        kind: string,
        severity: { type: 'string', enum: SEVERITIES },
        subject: string,
        raised_at: time,
        title: string,
        facts: listOf(answer({ name: string, value: string })),
        what_to_do: string,
        outcome: { type: 'string', enum: ['told', 'collapsed', 'silenced', 'passed'] },
        deliveries: listOf(answer(DELIVERY_FIELDS)),
      }),
    ),
    total_count: count,
  }),
  async handle({ services, input: { kind, page = 1, size = 50 } }) {
    const rows = await services.database.run<AlertRow>('alerts-list', ALERTS, [
      kind ?? null,
      null,
      size,
      (page - 1) * size,
    ]);
    return {
      channels: services.alerts.channels,
      silences: (await listSilences(services.database)).map(viewSilence),
      alerts: rows.map(viewAlert),
      total_count: Number(rows[0]?.total ?? 0),
    };
  },
});

export const test = endpoint<{ readonly channel?: string }>({
  method: 'POST',
  paths: ['/alerts/test'],
  tag: 'alerts',
  summary:
    'Sends a test to each channel of this gateway process, or to one, and says how it went. It is not repeated.',
  role: 'admin',
  input: input({ channel: text('Name of a channel. All of them where it is left out.', 100) }),
  answer: answer({
    channels: listOf(answer({ name: string, kind: string, ok: flag, fault: orNull(string) })),
  }),
  async handle(call) {
    const { alerts } = call.services;
    const { channel } = call.input;
    const asked = alerts.channels.filter(({ name }) => channel === undefined || name === channel);
    if (channel !== undefined && asked.length === 0) {
      const names = alerts.channels.map(({ name }) => name).join(', ');
      throw invalid(
        'channel',
        `channel must be one of this gateway's: ${names === '' ? 'it has none' : names}.`,
      );
    }
    const results = await alerts.test(call.admin.name, channel);
    const channels = asked.map(({ name, kind }) => {
      const result = results.get(name);
      return { name, kind, ok: result?.ok ?? false, fault: result?.ok === false ? result.fault : null };
    });
    await change(call, (transaction) =>
      transaction.note({
        action: 'alerts/test',
        target: 'alerts',
        // Which ones arrived.
        after: Object.fromEntries(channels.map(({ name, ok }) => [name, ok])),
      }),
    );
    return { channels };
  },
});

interface SilenceInput {
  readonly kind?: string;
  readonly subject?: string;
  readonly reason?: string;
  readonly duration: string;
}

const DAY_MS = 86_400_000;
const LONGEST_SILENCE_DAYS = 30;

export const silence = endpoint<SilenceInput>({
  method: 'POST',
  paths: ['/alerts/silence'],
  tag: 'alerts',
  summary:
    'Tells nobody of what is of that kind and about that subject, for a time. It is still in the list. What waits to be delivered is silenced as well.',
  role: 'admin',
  input: input(
    {
      kind: { type: 'string', enum: KIND_NAMES },
      subject: text('As /alerts/list has it: "deployment/anthropic/…", "group/…", "key/…".', 300),
      duration: { ...duration, description: '"30m", "12h", "7d"; 30 days at most.' },
      reason: text('Why, for whoever looks at it later.', 300),
    },
    ['duration'],
  ),
  answer: answer(SILENCE_FIELDS),
  handle: (call) => {
    const { kind, subject, duration: life, reason } = call.input;
    const now = call.services.now();
    const until = expiryOf(life, now);
    if (until === null || until.getTime() > now.getTime() + LONGEST_SILENCE_DAYS * DAY_MS)
      throw invalid(
        'duration',
        `duration must be ${LONGEST_SILENCE_DAYS} days at most, as 2h or 7d: what is silenced for good is forgotten.`,
      );
    if (kind === undefined && subject === undefined)
      throw invalid('kind', 'kind or subject is required: a silence of everything would be forgotten.');
    return change(call, async (transaction) => {
      const row = await silenceNow(transaction, {
        kind: isKind(kind) ? kind : null,
        subject: subject ?? null,
        until,
        reason: reason ?? null,
        by: call.admin.name,
      });
      await transaction.note({
        action: 'alerts/silence',
        target: subject ?? kind ?? '',
        after: viewSilence(row),
      });
      return viewSilence(row);
    });
  },
});

export const unsilence = endpoint<{ readonly id: number }>({
  method: 'POST',
  paths: ['/alerts/unsilence'],
  tag: 'alerts',
  summary: 'Ends a silence before its time. What was silenced meanwhile is not told.',
  role: 'admin',
  input: input({ id: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } }, ['id']),
  answer: answer(SILENCE_FIELDS),
  errors: ['silence_not_found'],
  handle: (call) =>
    change(call, async (transaction) => {
      const row = await endSilence(transaction, String(call.input.id));
      if (row === undefined) throw new GatewayError('silence_not_found');
      await transaction.note({
        action: 'alerts/unsilence',
        target: row.subject ?? row.kind ?? '',
        before: viewSilence(row),
      });
      return viewSilence(row);
    }),
});
