/** Where the money went, and whether the account adds up. */
import { CliError, EXIT } from './admin-client';
import { number, word, type Command } from './command';

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
  readonly next_page: number | null;
}

export const spend: Command = {
  usage: 'spend report --by user|team|model|workspace|key|provider|day',
  summary:
    'Calls, tokens and dollars, a page at a time. [--from YYYY-MM-DD] [--to YYYY-MM-DD] [--user] [--page N] [--size N] [--csv]',
  options: ['by', 'from', 'to', 'user', 'page', 'size'],
  async run(client, options, output) {
    if (word(options, 0, '"report"') !== 'report')
      throw new CliError('There is only "spend report".', EXIT.usage);
    const by = options.values['by'] ?? 'user';
    const report = await client.get<Report>('/spend/report', {
      group_by: by,
      start_date: options.values['from'],
      end_date: options.values['to'],
      user_id: options.values['user'],
      page: number(options, 'page'),
      size: number(options, 'size'),
    });
    output.result(
      report,
      [by, 'name', 'calls', 'failed', 'input', 'output', 'cache written', 'cache read', 'usd'],
      report.rows.map((row) => [
        row.id === '' ? '-' : row.id,
        row.name ?? '',
        row.calls,
        row.failed_calls,
        row.input_tokens,
        row.output_tokens,
        row.cache_write_tokens,
        row.cache_read_tokens,
        row.spend,
      ]),
    );
    // The total is of all rows; a list that has not all of them says so, whatever its format.
    output.say(
      `Total: $${report.total_spend}${report.truncated ? `, of all ${report.total_rows} rows` : ''}`,
    );
    if (report.truncated) output.say(whatIsCut(report));
  },
};

function whatIsCut({ rows, total_rows, page, size, next_page }: Report): string {
  const first = (page - 1) * size + 1;
  const shown = rows.length === 0 ? 'none' : `${first} to ${first + rows.length - 1}`;
  const next = next_page === null ? '' : ` Go on with --page ${next_page}.`;
  return `The list is cut: these are rows ${shown} of ${total_rows}.${next}`;
}

interface Verification {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly looked_at: number;
    readonly findings: number;
  }[];
  readonly findings: readonly {
    readonly check: string;
    readonly about: string;
    readonly expected: string;
    readonly found: string;
  }[];
}

export const verify: Command = {
  usage: 'verify',
  summary: 'Makes every sum of the account again from its rows. Ends with 5 when one differs.',
  options: [],
  async run(client, _, output) {
    const found = await client.follow<Verification>('/spend/verify', ({ checking, pieces, of }) =>
      output.say(`${Math.floor((100 * pieces) / of)} % (piece ${pieces} of about ${of}): ${checking}`),
    );
    output.result(
      found,
      ['check', 'looked at', 'result'],
      found.checks.map(({ name, looked_at, findings }) => [
        name,
        looked_at,
        findings === 0 ? 'ok' : `${findings} wrong`,
      ]),
    );
    for (const { about, expected, found: actual, check } of found.findings)
      output.say(`${about}: ${actual} instead of ${expected} (${check})`);
    return found.ok ? 0 : EXIT.differs;
  },
};
