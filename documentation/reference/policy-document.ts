/** The policy as it is shipped, and what its fields mean. */
import { policy, SCOPE_NAMES, type Allowance } from '../../src/policy';
import { LEVELS, LEVEL_TEXTS } from '../../src/levels';
import { blocks, code, page, table } from '../markdown';
import { reachedFrom, typeSection } from './prop-words';
import type { PropType } from './read-props';

/** In tables of their own. */
const APART = ['scopes', 'owner'];

const WINDOWS = { '1d': 'a day', '7d': 'a week from Monday', '30d': 'a calendar month', none: 'for good' };

const dollars = ({ maxBudget, budgetDuration }: Allowance): string =>
  `$${maxBudget}, ${WINDOWS[budgetDuration]}`;

const allowance = (of: Allowance): string[] => [
  dollars(of),
  ...[of.rpmLimit, of.tpmLimit, of.maxParallelRequests].map((limit) => limit.toLocaleString('en-US')),
];

const fields = (type: PropType | undefined): string =>
  table(
    ['field', 'shipped as', 'meaning'],
    (type?.members ?? [])
      .filter(({ name }) => !APART.includes(name))
      .map(({ name, doc }) => [code(name), code(JSON.stringify(policy[name as keyof typeof policy])), doc]),
  );

export function policyDocument(types: ReadonlyMap<string, PropType>): string {
  return page(
    'Policy',
    '`src/policy.ts`',
    'Who may do what, for how much, and how an assistant has to behave: [behaviour modes](../enforcement.md), [shape your own](../shape-your-own.md).',
    '## What is shipped',
    fields(types.get('Policy')),
    '## Scopes',
    'What a key of each kind may do. `owner` holds over all keys of one person.',
    table(
      [
        'scope',
        'budget',
        'requests a minute',
        'tokens a minute',
        'calls at once',
        'models',
        'days a key lives',
      ],
      [
        ...SCOPE_NAMES.map((name) => {
          const scope = policy.scopes[name];
          const models = scope.models === 'all' ? 'all' : scope.models.map(code).join(', ');
          return [code(name), ...allowance(scope), models, String(scope.maxAgeDays)];
        }),
        [code('owner'), ...allowance(policy.owner), '', ''],
      ],
    ),
    '## Levels',
    'From the loosest to the strictest; of two the stricter wins.',
    table(
      ['level', 'shown as', 'meaning'],
      LEVELS.map((level) => [code(level), LEVEL_TEXTS[level].label, LEVEL_TEXTS[level].description]),
    ),
    '## Types',
    blocks(...reachedFrom(types, ['Policy']).map(typeSection('###'))),
  );
}
