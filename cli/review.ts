import { Option, type Command } from 'commander';
import type * as Review from '../review/review';
import type { ReviewWords } from '../review/words';
import { FORMATS } from '../review/output/format-names';
import { FORGES } from '../review/forges/names';
import { SEVERITIES } from '../review/findings/finding';
import { reviewRecipe } from './review-recipe';
import { newCommand, numberBetween } from '../terminal/command';
import { EXIT } from '../terminal/fault';
import { someDollars, wholeNumber } from '../terminal/option-values';

export const review = (): Command =>
  newCommand('review', {
    summary: 'Review a change by checklists, through the gateway, for a bounded price',
    description:
      'Reviews what HEAD has that BASE had not when they parted, what is staged, or named files, by the checklists of ' +
      'prompts/review and .ai-review.md of the base. Secrets are masked before anything is sent; nothing but the gateway ' +
      'is reached, no tool is offered, and what the change says to its reviewer changes nothing.',
    examples: [
      'review main...HEAD',
      'review --staged --fail-on high',
      'review origin/main...HEAD --format sarif --output review.sarif --max-cost 0.20',
      'review main...HEAD --dry-run',
      'review src/app.ts',
      'review origin/main...HEAD --comment',
      'review recipe github --image registry.example.com/workspace:1',
    ],
    exits: {
      0: 'reviewed',
      1: 'failed, or findings as severe as --fail-on',
      3: 'refused by the gateway',
      4: 'gateway not reached',
      6: 'not all of it was reviewed: the cost cap, or answers that could not be used',
    },
    notes: () => `Environment:
  AI_GATEWAY_URL            where the gateway is (also read: OPENAI_API_BASE, OPENAI_BASE_URL)
  OPENAI_API_KEY            a key of the gateway, best of the scope ci or agent:review (also read: LITELLM_API_KEY)
  AI_GATEWAY_KEY_FILE       a file with it, where no variable holds one
  AI_MODEL                  the model that reviews, where --model names none
  GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN   for --comment: what writes them; which change it is, CI's own variables say
In a workspace, what its set-up has noted in ~/.config/ai-gateway is taken where no variable says it.`,
  })
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
    .addCommand(reviewRecipe())
    .action(async (what: string[], words: ReviewWords) => {
      const code = await (require('../review/review') as typeof Review).reviewCommand(what, words);
      if (code !== EXIT.done) process.exitCode = code;
    });
