import type { Change } from '../change';
import { ALLOWANCE_FIELDS } from './allowance-fields';
import { BUDGET_FIELDS, budgetChanges } from './budget-changes';
import { fieldChanges, type Place } from './field-rules';
import type { Members } from './members';

const PLACE: Place = { path: ['owner'], of: 'a person: ', concerns: 'every person, over all their keys' };

const OWN_LIMITS = 'What an administrator laid down for a single person stays.';
const FIELDS = ALLOWANCE_FIELDS.map((rule) => ({ ...rule, says: () => [OWN_LIMITS] }));

/** What all keys of one person may spend and ask for together. */
export const ownerChanges = (before: Members, after: Members): Change[] => [
  ...budgetChanges(before, after, PLACE),
  ...fieldChanges(FIELDS, BUDGET_FIELDS, before, after, PLACE),
];
