/** What a month cost, as the dashboard's report has it; and when that goes out by mail. */
import { CliError, EXIT } from '../terminal/fault';
import { localTime, money } from '../terminal/figures';
import type { Column, FormatWords } from '../terminal/output';
import { saying } from '../terminal/progress';
import { begin } from './session';

interface Line {
  readonly part: string;
  readonly team: string;
  readonly model: string;
  readonly calls: number;
  readonly failed_calls: number;
  readonly input_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly output_tokens: number;
  readonly estimated_usd: string;
  readonly spend: number;
  readonly spend_usd: string;
  readonly budget_usd: string | null;
  readonly budget_window: string | null;
}

interface Report {
  readonly month: string;
  readonly time_zone: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly over: boolean;
  readonly whole: boolean;
  readonly lines: readonly Line[];
}

const percent = ({ spend, budget_usd: budget }: Line): string =>
  budget === null || Number(budget) === 0 ? '-' : `${((100 * spend) / Number(budget)).toFixed(0)} %`;

/** The same as the dashboard's CSV, by the same names. */
const columnsOf = (month: string): readonly Column<Line>[] => [
  { name: 'month', value: () => month, shown: null },
  { name: 'part', value: ({ part }) => part, isWhole: true },
  { name: 'team', value: ({ team }) => team },
  { name: 'model', value: ({ model }) => model },
  { name: 'calls', value: ({ calls }) => calls },
  { name: 'failed_calls', value: ({ failed_calls }) => failed_calls },
  { name: 'input_tokens', value: ({ input_tokens }) => input_tokens },
  { name: 'cache_write_tokens', value: (line) => line.cache_write_tokens, shown: null },
  { name: 'cache_read_tokens', value: (line) => line.cache_read_tokens, shown: null },
  { name: 'output_tokens', value: ({ output_tokens }) => output_tokens },
  { name: 'estimated_usd', value: ({ estimated_usd }) => estimated_usd, shown: null },
  { name: 'spend_usd', value: ({ spend_usd }) => spend_usd, shown: ({ spend }) => money(spend) },
  {
    name: 'budget_usd',
    value: ({ budget_usd }) => budget_usd,
    shown: ({ budget_usd: budget }) => (budget === null ? '-' : money(Number(budget))),
  },
  { name: 'budget_window', value: ({ budget_window }) => budget_window, shown: null },
  { name: 'used', value: percent },
];

export async function month(named: string | undefined, words: FormatWords): Promise<void> {
  const { client, output } = begin(words, [named]);
  const found = await saying('Adding up', () => client.get<Report>('/spend/month', { month: named }));
  const columns = columnsOf(found.month);
  // For people alone: a spreadsheet divides by itself.
  const shown = output.format === 'csv' ? columns.filter(({ name }) => name !== 'used') : columns;
  await output.result(found, shown, found.lines);
  const { first_day: first, last_day: last, time_zone: zone } = found;
  output.say(
    `${first} to ${last}, days of ${zone}${found.over ? '' : '; the month is under way'}. Budgets are those that hold now, for the whole month.`,
  );
  if (!found.whole)
    output.say(
      'Sums of old calls are being made: days long ago are missing until that is done, in some minutes.',
    );
}

interface Schedule {
  readonly day: number | null;
  readonly next_at: string | null;
  readonly last_month: string | null;
  readonly channels: readonly string[];
}

export interface ScheduleWords extends FormatWords {
  readonly day?: number;
  readonly off?: boolean;
}

const SCHEDULE: readonly Column<Schedule>[] = [
  { name: 'day', value: ({ day }) => day, shown: ({ day }) => (day === null ? 'none' : String(day)) },
  {
    name: 'next',
    value: ({ next_at }) => next_at,
    shown: ({ next_at }) => (next_at === null ? '-' : localTime(next_at)),
    isWhole: true,
  },
  { name: 'last month', value: ({ last_month }) => last_month },
  { name: 'channels', value: ({ channels }) => channels.join(' ') },
];

/** Shows it, or sets it first. */
export async function schedule(words: ScheduleWords): Promise<void> {
  const { client, output } = begin(words, [], { day: '--day' });
  const { day, off } = words;
  const found =
    day === undefined && off !== true
      ? await client.get<Schedule>('/spend/month/schedule')
      : await client.post<Schedule>('/spend/month/schedule/set', { day: day ?? null });
  await output.result(found, SCHEDULE, [found]);
}

interface Sent {
  readonly name: string;
  readonly ok: boolean;
  readonly fault: string | null;
}

const SENT: readonly Column<Sent>[] = [
  { name: 'channel', value: ({ name }) => name },
  {
    name: 'result',
    value: ({ ok, fault }) => (ok ? 'the mail server has taken it' : `the channel ${fault ?? 'failed'}`),
    isWhole: true,
  },
];

/** @returns the exit code: 1 when one of the channels has failed */
export async function send(named: string | undefined, words: FormatWords): Promise<number> {
  const { client, output } = begin(words, [named]);
  const found = await saying('Sending', () =>
    client.post<{ readonly channels: readonly Sent[] }>(
      '/spend/month/send',
      named === undefined ? {} : { month: named },
    ),
  );
  if (found.channels.length === 0)
    throw new CliError(
      'There is no channel that is mail: set ALERT_SMTP_URL, ALERT_MAIL_FROM and ALERT_MAIL_TO for the gateway, and start it anew.',
    );
  await output.result(found, SENT, found.channels);
  return found.channels.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}
