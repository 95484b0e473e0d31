/** Where the money went, and whether the account adds up. */
import { EXIT, UsageError } from '../terminal/fault';
import { money } from '../terminal/figures';
import type { Column, FormatWords } from '../terminal/output';
import { saying } from '../terminal/progress';
import { pageText, type PageWords } from './pages';
import type { Progress } from './admin-client';
import { begin } from './session';

export const GROUPS = ['user', 'team', 'model', 'workspace', 'session', 'key', 'provider', 'day'] as const;

interface Sum {
  readonly id: string;
  readonly name: string | null;
  readonly calls: number;
  readonly failed_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_read_tokens: number;
  readonly spend: number;
}

interface Report {
  readonly rows: readonly Sum[];
  readonly total_spend: number;
  readonly total_rows: number;
  readonly page: number;
  readonly size: number;
  readonly truncated: boolean;
}

export interface ReportWords extends PageWords {
  readonly by: (typeof GROUPS)[number];
  readonly from?: string;
  readonly to?: string;
  readonly user?: string;
}

const columnsBy = (by: string): readonly Column<Sum>[] => [
  {
    name: by,
    value: ({ id }) => (id === '' ? '-' : id),
    shown: ({ id }) => (id === '' ? '-' : by === 'key' ? id.slice(0, 12) : id),
  },
  { name: 'name', value: ({ name }) => name ?? '', shown: ({ name }) => name ?? '' },
  { name: 'calls', value: ({ calls }) => calls },
  { name: 'failed', value: ({ failed_calls }) => failed_calls },
  { name: 'input', value: ({ input_tokens }) => input_tokens },
  { name: 'output', value: ({ output_tokens }) => output_tokens },
  { name: 'cache written', value: ({ cache_write_tokens }) => cache_write_tokens },
  { name: 'cache read', value: ({ cache_read_tokens }) => cache_read_tokens },
  { name: 'usd', value: ({ spend }) => spend, shown: ({ spend }) => money(spend) },
];

export async function report(words: ReportWords): Promise<void> {
  const { by, from, to, user, page, size } = words;
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError(`--from ${from} comes after --to ${to}: name the earlier day first.`);
  const { client, output } = begin(words, [], { user_id: '--user' });
  const found = await saying('Adding up', () =>
    client.get<Report>('/spend/report', {
      group_by: by,
      start_date: from,
      end_date: to,
      user_id: user,
      page,
      size,
    }),
  );
  await output.result(found, columnsBy(by), found.rows);
  // The total is of all rows; a list that has not all of them says so, whatever its format.
  const { total_spend, total_rows, truncated } = found;
  output.say(`Total: $${total_spend}${truncated ? `, of all ${total_rows} rows` : ''}`);
  const says = pageText({ page: found.page, size: found.size, shown: found.rows.length, total: total_rows });
  if (truncated && says !== undefined) output.say(says);
}

interface Check {
  readonly name: string;
  readonly looked_at: number;
  readonly findings: number;
}

interface Verification {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly findings: readonly {
    readonly check: string;
    readonly about: string;
    readonly expected: string;
    readonly found: string;
  }[];
}

const CHECKS: readonly Column<Check>[] = [
  { name: 'check', value: ({ name }) => name },
  { name: 'looked at', value: ({ looked_at }) => looked_at },
  { name: 'result', value: ({ findings }) => (findings === 0 ? 'ok' : `${findings} wrong`) },
];

export interface VerifyWords extends FormatWords {
  readonly rebuild?: boolean;
}

interface Rebuilt {
  readonly days: number;
  readonly kept_days: number;
  readonly changed_rows: number;
}

export async function verify(words: VerifyWords): Promise<number> {
  const { client, output } = begin(words);
  const tell = ({ checking, pieces, of }: Progress): void =>
    output.say(`${Math.floor((100 * pieces) / of)} % (piece ${pieces} of about ${of}): ${checking}`);
  if (words.rebuild === true) {
    const made = await client.follow<Rebuilt>('/spend/verify/rebuild', tell, 'POST');
    output.say(
      `Sums of ${made.days} days are made again, and ${made.changed_rows} rows of them were wrong; ${made.kept_days} days stay as they are, since their calls are gone.`,
    );
  }
  const found = await client.follow<Verification>('/spend/verify', tell);
  await output.result(found, CHECKS, found.checks);
  for (const { about, expected, found: actual, check } of found.findings)
    output.say(`${about}: ${actual} instead of ${expected} (${check})`);
  return found.ok ? EXIT.done : EXIT.differs;
}
