/** Where the money went, and whether the account adds up. */
import { CliError, EXIT } from './admin-client';
import { word, type Command } from './command';

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

export const spend: Command = {
  usage: 'spend report --by user|team|model|workspace|key|provider|day',
  summary: 'Calls, tokens and dollars. [--from YYYY-MM-DD] [--to YYYY-MM-DD] [--user] [--csv]',
  options: ['by', 'from', 'to', 'user'],
  async run(client, options, output) {
    if (word(options, 0, '"report"') !== 'report')
      throw new CliError('There is only "spend report".', EXIT.usage);
    const by = options.values['by'] ?? 'user';
    const report = await client.get<{ rows: Sum[]; total_spend: number }>('/spend/report', {
      group_by: by,
      start_date: options.values['from'],
      end_date: options.values['to'],
      user_id: options.values['user'],
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
    output.say(`Total: $${report.total_spend}`);
  },
};

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
    const found = await client.get<Verification>('/spend/verify');
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
