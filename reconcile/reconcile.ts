/** Holds a month of the ledger against the provider's own export. */
import { begin } from '../administration/session';
import { CliError, EXIT } from '../terminal/fault';
import { counted, money } from '../terminal/figures';
import type { Column, FormatWords } from '../terminal/output';
import { saying } from '../terminal/progress';
import { ANTHROPIC_SHAPES } from './anthropic-export';
import { AWS_SHAPES } from './aws-export';
import { csvLines } from './csv-lines';
import { Comparison, type Difference, type LedgerDay } from './differences';
import { refuseShape, type ExportLine, type Kind, type Shape } from './export-lines';

export const PROVIDERS = ['anthropic', 'aws'] as const;

const KNOWN: Readonly<Record<(typeof PROVIDERS)[number], { shapes: readonly Shape[]; ledger: string }>> = {
  anthropic: { shapes: ANTHROPIC_SHAPES, ledger: 'anthropic' },
  aws: { shapes: AWS_SHAPES, ledger: 'bedrock' },
};

export interface ReconcileWords extends FormatWords {
  readonly provider: (typeof PROVIDERS)[number];
  /** YYYY-MM of UTC. */
  readonly month: string;
}

interface LedgerMonth {
  readonly days: readonly LedgerDay[];
  readonly days_are_apart: boolean;
  readonly without_provider: { readonly calls: number; readonly spend: number };
}

const figure = (what: Kind, amount: number): string => (what === 'cost' ? money(amount) : counted(amount));
const signed = (what: Kind, amount: number): string =>
  amount < 0 ? `-${figure(what, -amount)}` : `+${figure(what, amount)}`;

const COLUMNS: readonly Column<Difference>[] = [
  { name: 'day', value: ({ day }) => day },
  { name: 'model', value: ({ model }) => model },
  { name: 'what', value: ({ what }) => what },
  {
    name: 'provider',
    value: ({ provider }) => provider,
    shown: ({ what, provider }) => figure(what, provider),
  },
  { name: 'ledger', value: ({ ledger }) => ledger, shown: ({ what, ledger }) => figure(what, ledger) },
  {
    name: 'difference',
    value: ({ difference }) => difference,
    shown: ({ what, difference }) => signed(what, difference),
  },
  {
    name: 'estimated',
    value: ({ estimated_spend }) => estimated_spend,
    shown: ({ estimated_calls, estimated_spend }) =>
      estimated_calls === 0 ? '-' : `${money(estimated_spend)} in ${counted(estimated_calls)} calls`,
  },
  { name: 'estimated calls', value: ({ estimated_calls }) => estimated_calls, shown: null },
];

export async function reconcile(files: readonly string[], words: ReconcileWords): Promise<number> {
  const { provider, month } = words;
  const { shapes, ledger } = KNOWN[provider];
  const { client, output } = begin(words, files);
  const found = await saying('Adding up the ledger', () =>
    client.get<LedgerMonth>('/spend/provider-days', { month, provider: ledger }),
  );
  const comparison = new Comparison(found.days_are_apart);
  for (const line of found.days) comparison.addLedger(line);
  let others = 0;
  await saying('Reading the export', async () => {
    for (const path of files) {
      let here = 0;
      for await (const line of linesOf(path, shapes)) {
        if (line.day.startsWith(month)) {
          comparison.addExport(line);
          here += 1;
        } else others += 1;
      }
      if (here === 0)
        throw new CliError(
          `There is nothing of ${month} in ${path}: export that month, or name the month it is of.`,
        );
    }
  });
  const { differences, totals, compared } = comparison.compare();
  const { without_provider } = found;
  const answer = {
    provider,
    month,
    compared,
    totals,
    differences,
    by_month: found.days_are_apart,
    without_provider,
  };
  await output.result(answer, COLUMNS, differences);
  for (const { what, provider: theirs, ledger: ours } of totals)
    output.say(`${what}: ${figure(what, theirs)} by the provider, ${figure(what, ours)} in the ledger`);
  const left = (['input', 'cost'] as const).filter((kind) => !comparison.kinds.includes(kind));
  for (const kind of left)
    output.say(`Not compared: ${kind === 'cost' ? 'costs' : 'tokens'}, of which no file says anything.`);
  if (others > 0) output.say(`${counted(others)} lines of other months are left out.`);
  if (found.days_are_apart)
    output.say(
      'Compared by month: days of the ledger that are sums already began at another hour than those of UTC.',
    );
  if (without_provider.calls > 0)
    output.say(
      `${counted(without_provider.calls)} calls of gateways that died are booked in full, ${money(without_provider.spend)}, and which provider had them is not known.`,
    );
  return differences.length === 0 ? EXIT.done : EXIT.differs;
}

async function* linesOf(path: string, shapes: readonly Shape[]): AsyncGenerator<ExportLine> {
  let read: ReturnType<Shape['open']>;
  for await (const line of csvLines(path)) {
    if (read !== undefined) yield* read(line);
    else {
      for (const shape of shapes) read ??= shape.open(line.fields, path);
      if (read === undefined) throw refuseShape(path, line.fields, shapes);
    }
  }
  if (read === undefined) throw refuseShape(path, ['(nothing: the file is empty)'], shapes);
}
