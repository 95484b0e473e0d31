/** What administrators are told of: what was, whether it would arrive, and what not for a time. */
import { CliError, EXIT, UsageError } from '../terminal/fault';
import { localTime } from '../terminal/figures';
import type { Column, FormatWords } from '../terminal/output';
import { pageText, type PageWords } from './pages';
import { begin } from './session';

interface Delivery {
  readonly channel: string;
  readonly state: string;
  readonly attempts: number;
  readonly fault: string | null;
}

interface Alert {
  readonly event: string;
  readonly kind: string;
  readonly severity: string;
  readonly subject: string;
  readonly raised_at: string;
  readonly title: string;
  readonly what_to_do: string;
  readonly outcome: string;
  readonly deliveries: readonly Delivery[];
}

interface Silence {
  readonly id: number;
  readonly kind: string | null;
  readonly subject: string | null;
  readonly until: string;
  readonly by: string;
}

interface Listed {
  readonly channels: readonly { readonly name: string; readonly kind: string }[];
  readonly silences: readonly Silence[];
  readonly alerts: readonly Alert[];
  readonly total_count: number;
}

const deliveredText = ({ outcome, deliveries }: Alert): string => {
  if (outcome !== 'told') return outcome;
  if (deliveries.length === 0) return 'no channel';
  return deliveries
    .map(({ channel, state, fault }) =>
      fault === null || state === 'silenced' ? `${channel} ${state}` : `${channel} ${state}: it ${fault}`,
    )
    .join('; ');
};

const COLUMNS: readonly Column<Alert>[] = [
  {
    name: 'at',
    value: ({ raised_at }) => raised_at,
    shown: ({ raised_at }) => localTime(raised_at),
    isWhole: true,
  },
  { name: 'severity', value: ({ severity }) => severity },
  { name: 'kind', value: ({ kind }) => kind, isWhole: true },
  { name: 'subject', value: ({ subject }) => subject, isWhole: true },
  { name: 'says', value: ({ title }) => title },
  { name: 'delivered', value: deliveredText },
  { name: 'what to do', value: ({ what_to_do }) => what_to_do, shown: null },
  { name: 'event', value: ({ event }) => event, shown: null },
];

export interface ListWords extends PageWords {
  readonly kind?: string;
}

export async function list(words: ListWords): Promise<void> {
  const { page = 1, size = 50, kind } = words;
  const { client, output } = begin(words);
  const found = await client.get<Listed>('/alerts/list', { kind, page, size });
  await output.result(found, COLUMNS, found.alerts);
  const says = pageText({ page, size, shown: found.alerts.length, total: found.total_count });
  if (says !== undefined) output.say(says);
  if (found.channels.length === 0)
    output.say(
      'There is no channel, so nobody is told: set ALERT_WEBHOOK_URL, ALERT_SMTP_URL or ALERT_CHANNELS.',
    );
  for (const silence of found.silences) output.say(silenceText(silence));
}

const silenceText = ({ id, kind, subject, until, by }: Silence): string =>
  `Silence ${id}: ${[kind, subject].filter((each) => each !== null).join(' about ')} until ${localTime(until)}, by ${by}.`;

interface Tested {
  readonly name: string;
  readonly kind: string;
  readonly ok: boolean;
  readonly fault: string | null;
}

const TEST_COLUMNS: readonly Column<Tested>[] = [
  { name: 'channel', value: ({ name }) => name },
  { name: 'kind', value: ({ kind }) => kind },
  {
    name: 'result',
    value: ({ ok, fault }) => (ok ? 'arrived' : `the channel ${fault ?? 'failed'}`),
    isWhole: true,
  },
];

/** @returns the exit code: 1 when one of them has failed, or there is none */
export async function test(words: FormatWords): Promise<number> {
  const { client, output } = begin(words);
  const { channels } = await client.post<{ channels: readonly Tested[] }>('/alerts/test', {});
  if (channels.length === 0)
    throw new CliError(
      'There is no channel to test: set ALERT_WEBHOOK_URL, ALERT_SMTP_URL or ALERT_CHANNELS for the gateway, and start it anew.',
    );
  await output.result(channels, TEST_COLUMNS, channels);
  return channels.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

export interface SilenceWords extends FormatWords {
  readonly kind?: string;
  readonly about?: string;
  readonly for?: string;
}

const SILENCE_COLUMNS: readonly Column<Silence>[] = [
  { name: 'number', value: ({ id }) => id },
  { name: 'kind', value: ({ kind }) => kind },
  { name: 'subject', value: ({ subject }) => subject, isWhole: true },
  { name: 'until', value: ({ until }) => until, shown: ({ until }) => localTime(until), isWhole: true },
  { name: 'by', value: ({ by }) => by },
];

export async function silence(words: SilenceWords): Promise<void> {
  const { kind, about } = words;
  if (kind === undefined && about === undefined)
    throw new UsageError('Name what is to be silent: --kind <kind>, --about <subject>, or both.');
  const { client, output } = begin(words, [about]);
  const made = await client.post<Silence>('/alerts/silence', {
    ...(kind === undefined ? {} : { kind }),
    ...(about === undefined ? {} : { subject: about }),
    duration: words.for,
  });
  await output.result(made, SILENCE_COLUMNS, [made]);
  output.say(`It ends by itself; before that by "alerts unsilence ${made.id}".`);
}

export async function unsilence(id: string, words: FormatWords): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(id))
    throw new UsageError(`"${id}" is not the number of a silence: "alerts list" shows those that hold.`);
  const { client, output } = begin(words, [id]);
  const ended = await client.post<Silence>('/alerts/unsilence', { id: Number(id) });
  await output.result(ended, SILENCE_COLUMNS, [ended]);
}
