/** Limits as they are typed, and the fields of the admin API they become. */
import { Option, type Command } from 'commander';
import { UsageError } from '../terminal/fault';
import type { FormatWords } from '../terminal/output';
import { dollars, duration, orPolicy, wholeNumber, wordList } from '../terminal/option-values';

export interface LimitWords {
  readonly budget?: number | null;
  readonly window?: string | null;
  readonly rpm?: number | null;
  readonly tpm?: number | null;
  readonly parallel?: number | null;
}

export interface TermWords extends LimitWords, FormatWords {
  readonly alias?: string;
  readonly namedBudget?: string | null;
  readonly duration?: string;
  readonly models?: readonly string[];
  readonly level?: string;
}

const WINDOWS = ['1d', '24h', '7d', '30d', 'none', 'policy'];

/** Limits of keys, people and named budgets alike. */
export const withLimits = (command: Command): Command =>
  command
    .option('--budget <dollars>', 'US dollars in a window', orPolicy(dollars))
    .addOption(
      new Option('--window <window>', 'a day, a week from Monday, a calendar month, or for good').choices(
        WINDOWS,
      ),
    )
    .option('--rpm <number>', 'requests a minute', orPolicy(wholeNumber))
    .option('--tpm <number>', 'tokens a minute, uncached input plus output', orPolicy(wholeNumber))
    .option('--parallel <number>', 'calls at once', orPolicy(wholeNumber));

/** What else can be laid down for a key. */
export const withTerms = (command: Command): Command =>
  withLimits(command)
    .option('--alias <name>', 'what people call the key')
    .option('--named-budget <name>', 'take limits from a budget that has a name; policy: from none')
    .option(
      '--duration <duration>',
      'how long it works, as 12h or 90d (default: what the policy says)',
      duration,
    )
    .option('--models <names>', 'only these models, with commas between them', wordList)
    .option('--level <level>', 'enforcement level; floors hold besides');

export const POLICY_NOTE = '"policy" as the value of a limit gives it back to the policy.';

export const limitFields = ({ budget, window, rpm, tpm, parallel }: LimitWords) =>
  given({
    max_budget: budget,
    budget_duration: window === 'policy' ? null : window,
    rpm_limit: rpm,
    tpm_limit: tpm,
    max_parallel_requests: parallel,
  });

export const termFields = (words: TermWords) => ({
  ...limitFields(words),
  ...given({
    key_alias: words.alias,
    budget_id: words.namedBudget === 'policy' ? null : words.namedBudget,
    duration: words.duration,
    models: words.models,
    level: words.level,
  }),
});

export function refuseNothing(fields: Readonly<Record<string, unknown>>, example: string): void {
  if (Object.keys(fields).length === 0)
    throw new UsageError(`Nothing to change was named: ${example}, for instance. See --help.`);
}

const given = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
