/** What `review` and the workspace's `ai-review` are both made of. */
import { Option, type Command } from 'commander';
import { SEVERITIES } from '../review/findings/finding';
import { FORGES } from '../review/forges/names';
import { FORMATS } from '../review/output/format-names';
import type * as Review from '../review/review';
import type { ReviewWords } from '../review/words';
import { newCommand, numberBetween, type About } from '../terminal/command';
import { EXIT } from '../terminal/fault';
import { someDollars, wholeNumber } from '../terminal/option-values';

export const REVIEW_EXITS = {
  0: 'reviewed',
  1: 'failed, or findings as severe as --fail-on',
  3: 'refused by the gateway',
  4: 'gateway not reached',
  6: 'not all of it was reviewed: the cost cap, or answers that could not be used',
} as const;

/** @param usual what is so unless words say otherwise */
export const reviewing = (
  name: string,
  about: About,
  usual: Pick<ReviewWords, 'usesUpstream'> = {},
): Command =>
  newCommand(name, about)
    .argument('[what...]', 'BASE...HEAD, or names of files')
    .option('--staged', 'what is staged')
    .option('--repository <folder>', 'a folder of the checkout', '.')
    .addOption(new Option('--format <format>', 'of the report (default: text)').choices(FORMATS))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .option('--output <file>', 'write it there instead of to stdout')
    .addOption(
      new Option('--fail-on <severity>', 'end with 1 when a finding is that severe').choices(SEVERITIES),
    )
    .addOption(
      new Option(
        '--comment [platform]',
        'write comments to the pull or merge request whose CI this is; behind the range',
      ).choices(FORGES),
    )
    .option('--code-scanning', "with --comment github: also for GitHub's list of alerts")
    .option('--max <number>', 'findings that are shown', wholeNumber, 5)
    .option(
      '--max-cost <usd>',
      'what it may cost, held by the gateway (default: 0.50 where it can)',
      someDollars,
    )
    .option('--model <name>', 'that reviews (default: AI_MODEL, claude-sonnet, or claude-haiku)')
    .option('--small-model <name>', 'that tries to refute each finding (default: claude-haiku)')
    .option(
      '--context-tokens <number>',
      'of code around the change, in each question',
      numberBetween(0, 50_000, true),
      4_000,
    )
    .option('--dry-run', 'show what would be sent, and what it costs at most')
    .option('--no-cache', 'ask anew what was reviewed before')
    .action(async (what: string[], words: ReviewWords) => {
      const code = await (require('../review/review') as typeof Review).reviewCommand(what, {
        ...words,
        ...usual,
      });
      if (code !== EXIT.done) process.exitCode = code;
    });
