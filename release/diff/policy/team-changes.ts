import { code } from '../../code-span';
import type { Change } from '../change';
import { BUDGET_FIELDS, budgetChanges, budgetText } from './budget-changes';
import { fieldChanges, type Place } from './field-rules';
import { membersOf, namesIn, type Members } from './members';
import { policyChange } from './policy-change';

/** Budgets by name, and who shares one. */
const NAMED = [
  {
    field: 'templates',
    of: 'template',
    concerns: (name: string) => `all workspaces made from the template ${code(name)}, together`,
  },
  {
    field: 'groups',
    of: 'group',
    concerns: (name: string) => `members of the group ${code(name)}, together`,
  },
] as const;

/** Budgets that many people share. */
export function teamChanges(before: Members, after: Members): Change[] {
  const elsewhere = NAMED.map(({ field }) => field);
  return [
    ...fieldChanges([], elsewhere, before, after, { path: ['teams'], of: '', concerns: 'everyone' }),
    ...NAMED.flatMap(({ field, of, concerns }) => {
      const [old, now] = [before, after].map((teams) => membersOf(teams.get(field)));
      if (old === undefined || now === undefined) return [];
      return namesIn(old, now).flatMap((name) => {
        const place: Place = {
          path: ['teams', field, name],
          of: `${of} ${code(name)}: `,
          concerns: concerns(name),
        };
        return teamChange(
          place,
          old.has(name),
          now.has(name),
          membersOf(old.get(name)),
          membersOf(now.get(name)),
        );
      });
    }),
  ];
}

function teamChange(place: Place, had: boolean, has: boolean, before: Members, after: Members): Change[] {
  const { path, of, concerns } = place;
  if (!had)
    return [
      policyChange({
        path,
        title: `${of}a budget that all share, ${budgetText(after)}`,
        concerns,
        direction: 'stricter',
        details: ['It holds beside the budgets of each key and person.'],
      }),
    ];
  if (!has)
    return [
      policyChange({
        path,
        title: `${of}no budget any more that all share, ${budgetText(before)} before`,
        concerns,
        direction: 'looser',
      }),
    ];
  return [...budgetChanges(before, after, place), ...fieldChanges([], BUDGET_FIELDS, before, after, place)];
}
