import type { Json } from '../../../synth/hcl/expressions';
import { code } from '../../code-span';
import type { Change } from '../change';
import { leaveOf } from './leave';
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
  const [old, now] = [leaveOf(before.models), leaveOf(after.models)];
  return [...before.scopes.keys()]
    .filter((name) => after.scopes.has(name))
    .flatMap((name) => {
      const [listed, nowListed] = [before, after].map(({ scopes }) =>
        membersOf(scopes.get(name)).get('models'),
      );
      const isSameList = isSame(listed, nowListed);
      const rest = { path: ['scopes', name, 'models'], concerns: holdersOf(name) };
      if (old === undefined || now === undefined)
        return isSameList ? [] : [otherList(rest, name, listed, nowListed, 'Its successors lead in a circle.')];
      const [allowed, nowAllowed] = [old(listed), now(nowListed)];
      // Models that came or went are described by themselves.
      const pairs = [...kept].map(([olderName, [, { name: newer }]]) => [olderName, newer] as const);
      const lost = pairs.filter(([older, newer]) => allowed.has(older) && !nowAllowed.has(newer));
      const won = pairs.filter(([older, newer]) => !allowed.has(older) && nowAllowed.has(newer));
      const why = isSameList
        ? ['Its list is the same: successors, aliases or prices of the models changed.']
        : [`Its list: ${listText(listed)} → ${listText(nowListed)}.`];
      if (lost.length === 0 && won.length === 0)
        return isSameList ? [] : [otherList(rest, name, listed, nowListed, SAME_MODELS)];
      return [
        ...(lost.length === 0
          ? []
          : [
              policyChange({
                ...rest,
                title: `scope ${code(name)}: no leave any more for ${some(lost.map(([, newer]) => newer))}`,
                direction: 'stricter',
                severity: 'breaks',
                details: ['EVERY SUCH CALL IS REFUSED.', ...why],
              }),
            ]),
        ...(won.length === 0
          ? []
          : [
              policyChange({
                ...rest,
                title: `scope ${code(name)}: leave for ${some(won.map(([, newer]) => newer))}`,
                direction: 'looser',
                details: why,
              }),
            ]),
      ];
    });
}

const SAME_MODELS = 'It gives leave for the same models of those that are in both versions.';

const otherList = (
  rest: { readonly path: readonly string[]; readonly concerns: string },
  scope: string,
  before: Json | undefined,
  after: Json | undefined,
  says: string,
): Change =>
  policyChange({
    ...rest,
    title: `scope ${code(scope)}: models ${listText(before)} → ${listText(after)}`,
    direction: 'other',
    details: [says],
  });

const listText = (models: Json | undefined): string =>
  models === 'all' ? 'all' : isList(models) ? some(textsOf(models)) || 'none' : asItStands(models);
