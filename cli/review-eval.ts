import type { Command } from 'commander';
import type * as RecordedGateway from '../demo/recorded-gateway';
import type * as Evaluate from '../review/evaluation/evaluate';
import type { EvaluationWords } from '../review/evaluation/evaluate';
import { does, newCommand } from '../terminal/command';
import { someDollars } from '../terminal/option-values';

export const evaluation = (): Command =>
  does<EvaluationWords>(
    newCommand('eval', {
      summary: 'Measure a model: known defects, clean and hostile changes, reviewed as "review" would',
      description:
        'Reviews small changes whose defects are known, each in a git repository of its own, by the gateway, and says how ' +
        'many were found, what was found where nothing is wrong, which hostile changes were obeyed, and what it cost. ' +
        'The figures are written into a file that names model and day.',
      examples: [
        'review eval --model claude-haiku --max-cost 2',
        "review eval --cases 'hostile/*' --json",
        'review eval --recorded',
      ],
      exits: {
        0: 'measured',
        3: 'refused by the gateway',
        4: 'gateway not reached',
        6: 'not all cases were reviewed whole: the cost cap, or answers that could not be used',
      },
      notes: () =>
        'With --recorded no model is asked: a gateway is started on this machine, in front of a stand-in provider that\n' +
        'plays answers written by hand. They show that the evaluation works, and say nothing about any model.\n' +
        'Otherwise gateway and key are found as "review" finds them.',
    })
      .option('--model <name>', 'that reviews (default: AI_MODEL, claude-sonnet, or claude-haiku)')
      .option('--small-model <name>', 'that tries to refute each finding (default: claude-haiku)')
      .option('--cases <pattern>', 'only those, as security/* or hostile/rated-low')
      .option('--recorded [folder]', 'play recorded answers (default: ours), and ask no model')
      .option('--max-cost <usd>', 'what all cases together may cost, held by the gateway', someDollars)
      .option('--output <file>', 'where the figures go (default: review-eval-MODEL-DATE.json)')
      .option('--json', 'show the figures as JSON'),
    (_, words) =>
      (require('../review/evaluation/evaluate') as typeof Evaluate).evaluate(words, (...played) =>
        (require('../demo/recorded-gateway') as typeof RecordedGateway).startRecordedGateway(...played),
      ),
  );
