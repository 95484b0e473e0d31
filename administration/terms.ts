/** Limits as they are typed, and the fields of the admin API they become. */
import { Option, type Command } from 'commander';
import { UsageError } from '../terminal/fault';
import type { FormatWords } from '../terminal/output';
import { dollars, duration, orPolicy, POLICY, wholeNumber, wordList } from '../terminal/option-values';

export interface LimitWords {
  readonly budget?: number | typeof POLICY;
  readonly window?: string;
  readonly rpm?: number | typeof POLICY;
  readonly tpm?: number | typeof POLICY;
  readonly parallel?: number | typeof POLICY;
}

export interface TermWords extends LimitWords, FormatWords {
  readonly alias?: string;
  readonly namedBudget?: string;
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

export const limitFields = ({ budget, window, rpm, tpm, parallel }: LimitWords): Fields =>
  given({
    max_budget: budget,
    budget_duration: window,
    rpm_limit: rpm,
    tpm_limit: tpm,
    max_parallel_requests: parallel,
  });

export const termFields = (words: TermWords): Fields => ({
  ...limitFields(words),
  ...namedBudgetField(words),
  ...Object.fromEntries(
    Object.entries({
      key_alias: words.alias,
      duration: words.duration,
      models: words.models,
      level: words.level,
    }).filter(([, value]) => value !== undefined),
  ),
});

export const namedBudgetField = ({ namedBudget }: { readonly namedBudget?: string }): Fields =>
  given({ budget_id: namedBudget });

export function refuseNothing(fields: Readonly<Record<string, unknown>>, example: string): void {
  if (Object.keys(fields).length === 0)
    throw new UsageError(`Nothing to change was named: ${example}, for instance. See --help.`);
}

type Fields = Record<string, unknown>;

/** What was named; null for what is the policy's again. */
const given = (fields: Readonly<Fields>): Fields =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value === POLICY ? null : value]),
  );
