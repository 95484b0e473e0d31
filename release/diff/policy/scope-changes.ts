import { code } from '../../code-span';
import type { Change } from '../change';
import { ALLOWANCE_FIELDS } from './allowance-fields';
import { days } from './amounts';
import { BUDGET_FIELDS, budgetChanges, budgetText } from './budget-changes';
import { fieldChanges, type FieldRule, type Place } from './field-rules';
import { membersOf, namesIn, type Members } from './members';
import { policyChange } from './policy-change';

const HOLDERS: ReadonlyMap<string, string> = new Map([
  ['workspace', 'every workspace key'],
  ['user', 'every personal key'],
  ['ci', 'every key of CI'],
  ['agent:review', 'every key of an agent that reviews'],
  ['agent:write', 'every key of an agent that writes'],
]);

/** Whose keys are of a kind. */
export const holdersOf = (scope: string): string =>
  HOLDERS.get(scope) ?? `every key of the kind ${code(scope)}`;

const LIFETIME: FieldRule = {
  field: 'max_age_days',
  reads: 'keys live',
  show: days,
  more: 'looser',
  severity: (direction) => (direction === 'stricter' ? 'breaks' : undefined),
  says: (_, after) => [
    `Counted from the day a key was made: one older than ${days(after)} is refused. A workspace gets its key anew at a start.`,
  ],
};

const OWN_LIMITS = 'What an administrator laid down for a single key stays.';

const FIELDS: readonly FieldRule[] = [
  ...ALLOWANCE_FIELDS.map((rule) => ({ ...rule, says: () => [OWN_LIMITS] })),
  LIFETIME,
];

/** What a key of each kind may do; which models, `leaveChanges` says. */
export function scopeChanges(before: Members, after: Members): Change[] {
  return namesIn(before, after).flatMap((name) => {
    const place: Place = { path: ['scopes', name], of: `scope ${code(name)}: `, concerns: holdersOf(name) };
    const [old, now] = [before, after].map((scopes) => membersOf(scopes.get(name)));
    if (!before.has(name)) return [addedScope(place, name, now ?? new Map())];
    if (!after.has(name)) return [removedScope(place, name)];
    return old === undefined || now === undefined
      ? []
      : [
          ...budgetChanges(old, now, place),
          ...fieldChanges(FIELDS, [...BUDGET_FIELDS, 'models'], old, now, place),
        ];
  });
}

const addedScope = ({ path, concerns }: Place, name: string, scope: Members): Change =>
  policyChange({
    path,
    title: `scope ${code(name)} added, with a budget of ${budgetText(scope)}`,
    concerns,
    direction: 'looser',
    severity: 'new-only',
    details: ['Such a key was refused before.'],
  });

const removedScope = ({ path, concerns }: Place, name: string): Change =>
  policyChange({
    path,
    title: `scope ${code(name)} removed`,
    concerns,
    direction: 'stricter',
    severity: 'breaks',
    details: ['EVERY CALL WITH SUCH A KEY IS REFUSED.'],
    todo: 'keep the scope until nobody uses such a key any more',
  });
