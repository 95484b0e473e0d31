/** What one provider was asked in a month, by day and model, as the provider counts days: of UTC. */
import { toDollars } from '../ledger/money';
import type { ReportReader } from '../store/report-store';
import { answer, count, flag, input, listOf, number, string } from './json-schema';
import { report } from './report-endpoint';
import { piecesOf } from './spend-days';
import { StatementValues } from './spend-lines';
import { invalid } from './terms-input';

const PROVIDERS = ['anthropic', 'bedrock', 'openai-compatible'] as const;
const DAY_MS = 86_400_000;

interface Wish {
  readonly month: string;
  readonly provider: (typeof PROVIDERS)[number];
}

const FIGURES = [
  'calls',
  'input_tokens',
  'output_tokens',
  'cache_write_tokens',
  'cache_read_tokens',
  'estimated_calls',
] as const;
const SUMS = [...FIGURES, 'cost_nano', 'estimated_nano'] as const;

type Row = Record<(typeof SUMS)[number], string> & {
  readonly provider: string | null;
  readonly deployment: string | null;
  readonly model: string;
  readonly is_apart: boolean;
};

export const providerDays = report<Wish>({
  method: 'GET',
  paths: ['/spend/provider-days'],
  summary:
    'What one provider was asked in a month, by day of UTC and model: to hold it against its own export.',
  input: input(
    {
      month: { type: 'string', pattern: '^\\d{4}-(0[1-9]|1[0-2])$', description: 'YYYY-MM, of UTC.' },
      provider: { type: 'string', enum: PROVIDERS },
    },
    ['month', 'provider'],
  ),
  answer: answer({
    month: string,
    provider: string,
    days: listOf(
      answer({
        day: string,
        deployment: { ...string, description: "The provider's name of the model." },
        model: string,
        ...Object.fromEntries(FIGURES.map((name) => [name, count])),
        spend: number,
        estimated_spend: number,
      }),
    ),
    days_are_apart: {
      ...flag,
      description: 'Some days are sums already, and began at another hour than those of UTC.',
    },
    without_provider: {
      ...answer({ calls: count, spend: number }),
      description: 'Booked in full without an answer of any provider: its gateway process had died.',
    },
  }),
  async read({ input: { month, provider } }, reader) {
    const first = Date.parse(`${month}-01T00:00:00Z`);
    if (Number.isNaN(first)) throw invalid('month', `month is no month: ${month}.`);
    // Calls do not become sums meanwhile.
    await reader.clear();
    const days: Record<string, unknown>[] = [];
    const without = { calls: 0, nano: 0n };
    let areApart = false;
    for (let at = first; new Date(at).toISOString().startsWith(month); at += DAY_MS) {
      const date = new Date(at).toISOString().slice(0, 10);
      for (const row of await rowsOf(reader, date, new Date(at), provider)) {
        areApart ||= row.is_apart;
        if (row.provider === null) {
          without.calls += Number(row.calls);
          without.nano += BigInt(row.cost_nano);
          continue;
        }
        days.push({
          day: date,
          deployment: row.deployment ?? '',
          model: row.model,
          ...Object.fromEntries(FIGURES.map((name) => [name, Number(row[name])])),
          spend: toDollars(Number(row.cost_nano)),
          estimated_spend: toDollars(Number(row.estimated_nano)),
        });
      }
    }
    return {
      month,
      provider,
      days,
      days_are_apart: areApart,
      without_provider: { calls: without.calls, spend: toDollars(Number(without.nano)) },
    };
  },
});

/** Of a day: its sums by the day's name, its calls by when they ended. */
async function rowsOf(reader: ReportReader, date: string, start: Date, provider: string): Promise<Row[]> {
  const found = new Map<string, Row>();
  const end = new Date(start.getTime() + DAY_MS);
  for await (const lines of piecesOf(reader, { date, start, end }, { timeZone: 'UTC' })) {
    const values = new StatementValues();
    const rows = await reader.run<Row>(
      '',
      `select provider, deployment, model, ${SUMS.map((name) => `sum(${name}) as ${name}`).join(', ')},
         coalesce(bool_or(summed_day is not null and at <> summed_day::timestamp at time zone 'UTC'), false) as is_apart
       from ${lines(values)}
       where provider = ${values.add(provider, 'text')} or provider is null and cost_nano > 0
       group by provider, deployment, model`,
      values.list,
    );
    for (const row of rows) {
      const key = JSON.stringify([row.provider, row.deployment, row.model]);
      const before = found.get(key);
      found.set(key, before === undefined ? row : added(before, row));
    }
  }
  return [...found.values()].sort((one, other) =>
    (one.deployment ?? '') < (other.deployment ?? '') ? -1 : 1,
  );
}

const added = (one: Row, other: Row): Row => ({
  ...one,
  ...(Object.fromEntries(
    SUMS.map((name) => [name, String(BigInt(one[name]) + BigInt(other[name]))]),
  ) as Record<(typeof SUMS)[number], string>),
  is_apart: one.is_apart || other.is_apart,
});
