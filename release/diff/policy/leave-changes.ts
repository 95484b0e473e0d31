import type { Json } from '../../../synth/hcl/expressions';
import { code } from '../../code-span';
import type { Change } from '../change';
import { leaveOf, type Leave } from './leave';
import { isList, isSame, membersOf, textsOf, type Members } from './members';
import type { ModelPairs } from './model-pairs';
import type { Models } from './models';
import { some } from './names';
import { policyChange } from './policy-change';
import { holdersOf } from './scope-changes';
import { asItStands } from './amounts';

/** One version of the document, as far as it says who may use which model. */
export interface Side {
  readonly models: Models;
  readonly scopes: Members;
}

/**
 * Which models keys of each kind may use, worked out as the gateway does: names stand for successors and families, so
 * that another price, alias or successor may open or close a model without a word in the scope.
 */
export function leaveChanges(before: Side, after: Side, { kept }: ModelPairs): Change[] {
  const leaves = [leaveOf(before.models), leaveOf(after.models)] as const;
  const olderNames = new Map([...kept].map(([older, [, { name: newer }]]) => [newer, older]));
  return [...before.scopes.keys()]
    .filter((name) => after.scopes.has(name))
    .flatMap((name) => {
      const lists = [before, after].map(({ scopes }) => membersOf(scopes.get(name)).get('models'));
      return scopeLeave(name, [lists[0], lists[1]], leaves, olderNames);
    });
}

function scopeLeave(
  scope: string,
  [before, after]: Lists,
  [older, newer]: readonly [Leave | undefined, Leave | undefined],
  olderNames: ReadonlyMap<string, string>,
): Change[] {
  const isSameList = isSame(before, after);
  if (isSameList && before === 'all') return [];
  const listChange = (says: string): Change[] =>
    isSameList
      ? []
      : [
          policyChange({
            ...rest,
            title: `scope ${code(scope)}: models ${listText(before)} → ${listText(after)}`,
            direction: 'other',
            details: [says],
          }),
        ];
  const rest = { path: ['scopes', scope, 'models'], concerns: holdersOf(scope) };
  if (older === undefined || newer === undefined) return listChange(UNKNOWN);
  const [old, now] = [older(before), newer(after)];
  // Models that came or went are described by themselves.
  const kept = [...olderNames];
  const lost = kept.filter(([name, olderName]) => old.has(olderName) && !now.has(name));
  const won = kept.filter(([name, olderName]) => !old.has(olderName) && now.has(name));
  if (lost.length === 0 && won.length === 0) return listChange(SAME_MODELS);
  const why = isSameList ? SAME_LIST : `Its list: ${listText(before)} → ${listText(after)}.`;
  const namesOf = (pairs: typeof kept): string => some(pairs.map(([name]) => name));
  return [
    ...(lost.length === 0
      ? []
      : [
          policyChange({
            ...rest,
            title: `scope ${code(scope)}: may no longer use ${namesOf(lost)}`,
            direction: 'stricter',
            severity: 'breaks',
            details: ['EVERY SUCH CALL IS REFUSED.', why],
          }),
        ]),
    ...(won.length === 0
      ? []
      : [
          policyChange({
            ...rest,
            title: `scope ${code(scope)}: may also use ${namesOf(won)}`,
            direction: 'looser',
            details: [why],
          }),
        ]),
  ];
}

type Lists = readonly [before: Json | undefined, after: Json | undefined];

const UNKNOWN =
  'Which models it gives leave for cannot be told: their successors lead in a circle, or on and on.';
const SAME_MODELS =
  'Of the models in both versions it may use the same as before; one that comes later may differ.';
const SAME_LIST = 'Its list is the same: successors, aliases or prices of the models changed.';

const listText = (models: Json | undefined): string =>
  models === 'all' ? 'all' : isList(models) ? some(textsOf(models)) || 'none' : asItStands(models);
