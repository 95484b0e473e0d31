/** Reports of months: their figures, when one goes out by mail, and sending one now. */
import { randomUUID } from 'node:crypto';
import type { GatewayError } from '../errors';
import { goneOf } from '../http/gone';
import { exactDollars, toDollars } from '../ledger/money';
import { monthAlert } from '../month/month-alert';
import { monthAt, monthNamed, type Month } from '../month/month';
import { listMonths, MOST_MONTHS } from '../month/list-months';
import { readMonth, PARTS, linesOf, type MonthLine, type MonthReport } from '../month/read-month';
import {
  holdSchedule,
  LAST_DAY,
  lastDue,
  nextDue,
  readSchedule,
  writeSchedule,
  type MonthSchedule,
} from '../month/month-schedule';
import type { Services } from '../services';
import { change, endpoint, type AdminCall } from './endpoint';
import {
  answer,
  count,
  flag,
  input,
  listOf,
  number,
  orNull,
  string,
  time,
  type JsonSchema,
} from './json-schema';
import { invalid } from './terms-input';

const MONTH: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$',
  description: "YYYY-MM, of the policy's time zone. The one under way, unless it is said.",
};
const EXACT: JsonSchema = { ...string, description: 'US dollars with every digit there is.' };

const FIGURES = {
  calls: count,
  failed_calls: count,
  input_tokens: count,
  output_tokens: count,
  cache_write_tokens: count,
  cache_read_tokens: count,
  estimated_usd: { ...EXACT, description: 'Of calls whose usage never arrived. US dollars.' },
  spend: number,
  spend_usd: EXACT,
} as const;

const viewFigures = (line: MonthLine) => ({
  calls: line.calls,
  failed_calls: line.failedCalls,
  input_tokens: line.inputTokens,
  output_tokens: line.outputTokens,
  cache_write_tokens: line.cacheWriteTokens,
  cache_read_tokens: line.cacheReadTokens,
  estimated_usd: exactDollars(line.estimated),
  spend: toDollars(line.cost),
  spend_usd: exactDollars(line.cost),
});

const viewLine = (line: MonthLine) => ({
  part: line.part,
  team: line.team,
  model: line.model,
  ...viewFigures(line),
  budget_usd: line.budget?.ofMonth === undefined ? null : exactDollars(line.budget.ofMonth),
  budget_window: line.budget?.duration ?? null,
});

/** The month that is named, or the one under way. */
export function monthAsked({ documents, now }: Services, name: string | undefined): Month {
  const timeZone = documents.current.document.time_zone;
  const month = name === undefined ? monthAt(now(), timeZone) : monthNamed(name, timeZone);
  if (month === undefined)
    throw invalid('month', `month must be a month since the year 2000, as 2026-10; it is ${name}.`);
  return month;
}

/** What a page, a file, a mail and an answer say of a month. */
export const reportOf = (
  { services, exchange }: Pick<AdminCall<unknown>, 'services' | 'exchange'>,
  caller: string,
  month: Month,
): Promise<MonthReport> =>
  services.reports.readPage(caller, goneOf(exchange), (reader) =>
    readMonth(reader, { month, document: services.documents.current.document, now: services.now() }),
  );

export const month = endpoint<{ readonly month?: string }>({
  method: 'GET',
  paths: ['/spend/month'],
  tag: 'spend',
  summary:
    'What a month cost, by team (template) and by model, and what the budgets of teams come to over it. Each part adds up to the total; groups do not, since people are in several.',
  role: 'viewer',
  input: input({ month: MONTH }),
  answer: answer({
    month: string,
    time_zone: string,
    first_day: string,
    last_day: string,
    as_of: time,
    over: { ...flag, description: 'Whether the month is over.' },
    whole: { ...flag, description: 'Whether sums of old days are all there.' },
    lines: listOf(
      answer({
        part: { type: 'string', enum: PARTS },
        team: string,
        model: string,
        ...FIGURES,
        budget_usd: { ...orNull(string), description: 'What the budget comes to over the month.' },
        budget_window: orNull(string),
      }),
    ),
  }),
  errors: ['report_too_slow', 'too_many_reports'],
  async handle(call) {
    const report = await reportOf(call, call.admin.name, monthAsked(call.services, call.input.month));
    return {
      month: report.month.name,
      time_zone: report.timeZone,
      first_day: report.month.days[0]?.date,
      last_day: report.month.days.at(-1)?.date,
      as_of: report.asOf.toISOString(),
      over: report.isOver,
      whole: report.isWhole,
      lines: linesOf(report).map(viewLine),
    };
  },
});

export const months = endpoint<{ readonly until?: string }>({
  method: 'GET',
  paths: ['/spend/months'],
  tag: 'spend',
  summary: `What each of ${MOST_MONTHS} months cost, newest first.`,
  role: 'viewer',
  input: input({
    until: { ...MONTH, description: 'The newest of them, YYYY-MM. The one under way, unless it is said.' },
  }),
  answer: answer({
    months: listOf(
      answer({ month: string, calls: count, failed_calls: count, spend: number, spend_usd: EXACT }),
    ),
  }),
  errors: ['report_too_slow', 'too_many_reports'],
  async handle(call) {
    const { services, exchange, admin } = call;
    const until = monthAsked(services, call.input.until);
    const found = await services.reports.readPage(admin.name, goneOf(exchange), (reader) =>
      listMonths(reader, until, services.documents.current.document.time_zone),
    );
    return {
      months: found.map(({ name, calls, failedCalls, cost }) => ({
        month: name,
        calls,
        failed_calls: failedCalls,
        spend: toDollars(cost),
        spend_usd: exactDollars(cost),
      })),
    };
  },
});

const SCHEDULE = {
  day: {
    ...orNull(count),
    description: 'Of the month, at midnight of the policy’s time zone; null: none goes out.',
  },
  next_at: { ...orNull(time), description: 'When the next one goes out.' },
  last_month: { ...orNull(string), description: 'The last that went out, or was over when the day was set.' },
  channels: { ...listOf(string), description: 'Channels of alerts that are mail.' },
} as const;

function viewSchedule({ documents, now, alerts }: Services, { day, through }: MonthSchedule) {
  const next = day === undefined ? undefined : nextDue(day, now(), documents.current.document.time_zone);
  return {
    day: day ?? null,
    next_at: next?.toISOString() ?? null,
    last_month: through ?? null,
    channels: mailChannels(alerts),
  };
}

const mailChannels = ({ channels }: Services['alerts']): readonly string[] =>
  channels.filter(({ kind }) => kind === 'mail').map(({ name }) => name);

export const schedule = endpoint({
  method: 'GET',
  paths: ['/spend/month/schedule'],
  tag: 'spend',
  summary: 'On which day the report of the month before goes out by mail, and by which channels.',
  role: 'viewer',
  input: input({}),
  answer: answer(SCHEDULE),
  handle: async ({ services }) => viewSchedule(services, await readSchedule(services.database)),
});

export const setSchedule = endpoint<{ readonly day: number | null }>({
  method: 'POST',
  paths: ['/spend/month/schedule/set'],
  tag: 'spend',
  summary:
    'Sets the day of the month on which the report of the month before goes out, to every channel of alerts that is mail. Months that are over by then go out to nobody; null: none goes out.',
  role: 'admin',
  input: input({ day: { type: ['integer', 'null'], minimum: 1, maximum: LAST_DAY } }, ['day']),
  answer: answer(SCHEDULE),
  async handle(call) {
    const { services } = call;
    const { day } = call.input;
    if (day !== null && mailChannels(services.alerts).length === 0) throw withoutMail();
    const set = await change(call, async (transaction) => {
      const before = await holdSchedule(transaction);
      const zone = services.documents.current.document.time_zone;
      const after: MonthSchedule =
        day === null
          ? { day: undefined, through: before.through }
          : { day, through: laterOf(before.through, lastDue(day, services.now(), zone).name) };
      await writeSchedule(transaction, after);
      await transaction.note({
        action: 'spend/month/schedule/set',
        target: 'month',
        before: { day: before.day ?? null },
        after: { day },
      });
      return after;
    });
    return viewSchedule(services, set);
  },
});

/** What went out does not go out again when the day is moved. */
const laterOf = (one: string | undefined, other: string): string =>
  one !== undefined && one > other ? one : other;

const withoutMail = (): GatewayError =>
  invalid(
    'day',
    'There is no channel that is mail: set ALERT_SMTP_URL, ALERT_MAIL_FROM and ALERT_MAIL_TO, or one of that kind in ALERT_CHANNELS, and start the gateway anew.',
  );

export const send = endpoint<{ readonly month?: string }>({
  method: 'POST',
  paths: ['/spend/month/send'],
  tag: 'spend',
  summary:
    'Sends the report of a month to each channel of alerts that is mail, now, and says how it went. It is not repeated, and the schedule stays as it is.',
  role: 'admin',
  input: input({
    month: { ...MONTH, description: 'YYYY-MM. The one before this, unless it is said.' },
  }),
  answer: answer({
    month: string,
    channels: listOf(answer({ name: string, ok: flag, fault: orNull(string) })),
  }),
  errors: ['report_too_slow', 'too_many_reports'],
  async handle(call) {
    const { services, admin } = call;
    const { alerts, documents, now } = services;
    const zone = documents.current.document.time_zone;
    const asked =
      call.input.month === undefined ? monthAt(now(), zone, 1) : monthAsked(services, call.input.month);
    const report = await reportOf(call, admin.name, asked);
    // In the trail before it is under way: what has left cannot be taken back.
    await change(call, (transaction) =>
      transaction.note({ action: 'spend/month/send', target: `month/${asked.name}` }),
    );
    const results = await alerts.mail(monthAlert(report, `month_report/${asked.name}/${randomUUID()}`));
    return {
      month: asked.name,
      channels: [...results].map(([name, result]) => ({
        name,
        ok: result.ok,
        fault: result.ok ? null : result.fault,
      })),
    };
  },
});
