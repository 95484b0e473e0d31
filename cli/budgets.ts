import type { Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type * as Budgets from '../administration/named-budgets';
import type { RaiseWords } from '../administration/named-budgets';
import { POLICY_NOTE, withLimits, type LimitWords } from '../administration/terms';
import { does, newCommand, newGroup } from '../terminal/command';
import { someDollars } from '../terminal/option-values';
import { withFormats, type FormatWords } from '../terminal/output';

const room = (): typeof Budgets => require('../administration/named-budgets') as typeof Budgets;

const NAME = ['<name>', 'of the budget'] as const;

export const budgets = (): Command =>
  newGroup(
    'budgets',
    {
      summary: 'Give limits a name that keys and people can share',
      description:
        'Limits with a name, which keys and people take with --named-budget. Each of them still has an account of its own.',
      examples: ['budgets set interns --budget 5 --window 1d', 'people update ann --named-budget interns'],
      notes: environmentNotes,
    },
    [
      list(),
      one('show', 'Show one budget'),
      set(),
      raise(),
      one('remove', 'Remove a budget that nobody has'),
    ],
  );

const list = (): Command =>
  does<FormatWords>(
    withFormats(
      newCommand('list', {
        summary: 'List all budgets that have a name',
        examples: ['budgets list'],
        exits: GATEWAY_EXITS,
      }),
    ),
    (_, words) => room().list(words),
  );

const one = (name: 'show' | 'remove', summary: string): Command =>
  does<FormatWords>(
    withFormats(
      newCommand(name, { summary, examples: [`budgets ${name} interns`], exits: GATEWAY_EXITS }).argument(
        ...NAME,
      ),
    ),
    ([budget = ''], words) => room()[name](budget, words),
  );

const set = (): Command =>
  does<LimitWords & FormatWords>(
    withFormats(
      withLimits(
        newCommand('set', {
          summary: 'Make a budget, or change one; for everybody who has it',
          examples: ['budgets set interns --budget 5 --window 1d --rpm 30'],
          exits: GATEWAY_EXITS,
          notes: () => POLICY_NOTE,
        }).argument(...NAME),
      ),
    ),
    ([budget = ''], words) => room().set(budget, words),
  );

const raise = (): Command =>
  does<RaiseWords>(
    withFormats(
      newCommand('raise', {
        summary: 'Add to a budget for good, for everybody who has it',
        description:
          'Adds to a budget for good, for everybody who has it. For a while, and for one key or person, there is "keys raise".',
        examples: ['budgets raise interns --by 2.50'],
        exits: GATEWAY_EXITS,
      })
        .argument(...NAME)
        .requiredOption('--by <dollars>', 'US dollars on top of it', someDollars),
    ),
    ([budget = ''], words) => room().raise(budget, words),
  );
