/** How AI is used: the insights of the admin API, as a table. */
import { UsageError } from '../terminal/fault';
import type { Column, FormatWords } from '../terminal/output';
import { saying } from '../terminal/progress';
import { begin } from './session';

interface Team {
  readonly letter: string;
  readonly name: string | null;
  readonly is_own: boolean;
  readonly people: number;
  readonly tokens_per_task: number | null;
  readonly retry_rate: number | null;
}

interface Insight {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number | null;
  readonly before: number | null;
  readonly says: string;
  readonly details: { readonly rows?: readonly Team[] } | null;
}

interface Found {
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
  readonly as_of: string | null;
  readonly is_whole: boolean;
  readonly insights: readonly Insight[];
}

export interface InsightsWords extends FormatWords {
  readonly team?: string;
  readonly from?: string;
  readonly until?: string;
  readonly names?: boolean;
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function figure(unit: string, value: number | null): string {
  if (value === null) return '-';
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
  return unit === 'hour' ? `${String(value).padStart(2, '0')}:00` : WHOLE.format(value);
}

const COLUMNS: readonly Column<Insight>[] = [
  { name: 'insight', value: ({ name }) => name },
  { name: 'unit', value: ({ unit }) => unit, shown: null },
  { name: 'now', value: ({ value }) => value, shown: ({ unit, value }) => figure(unit, value) },
  { name: 'before', value: ({ before }) => before, shown: ({ unit, before }) => figure(unit, before) },
  { name: 'what it says', value: ({ says }) => says, isWhole: true },
];

export async function insights(words: InsightsWords): Promise<void> {
  const { team, from, until, names } = words;
  if (from !== undefined && until !== undefined && from > until)
    throw new UsageError(`--from ${from} comes after --until ${until}: name the earlier day first.`);
  const { client, output } = begin(words, [], { start_date: '--from', end_date: '--until' });
  const found = await saying('Adding up', () =>
    client.get<Found>('/insights', { start_date: from, end_date: until, team, names }),
  );
  await output.result(found, COLUMNS, found.insights);
  for (const row of found.insights.find(({ id }) => id === 'teams')?.details?.rows ?? [])
    output.say(saysOf(row));
  output.say(
    `${found.from} to ${found.to}, days of ${found.time_zone}; calls up to ${found.as_of ?? 'none yet'}. --json has definitions, rules and rows.`,
  );
  if (!found.is_whole)
    output.say('Old days are still being added, which takes some minutes after an upgrade.');
}

function saysOf({
  letter,
  name,
  is_own: isOwn,
  people,
  tokens_per_task: tokens,
  retry_rate: retries,
}: Team): string {
  const whose = `${letter}${name === null ? '' : ` (${name === '' ? 'no template' : name})`}${isOwn ? ', this team' : ''}`;
  return `Team ${whose}: ${people} people, ${figure('tokens', tokens)} tokens per task, retry rate ${figure('share', retries)}`;
}
