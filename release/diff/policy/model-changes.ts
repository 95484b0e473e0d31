import { code } from '../../code-span';
import type { Change } from '../change';
import { deploymentChanges } from './deployment-changes';
import { fieldChanges, type Place } from './field-rules';
import { ELSEWHERE, MODEL_FIELDS } from './model-fields';
import type { ModelPairs } from './model-pairs';
import { calledBy, firstPrice, type ModelView, type NameView } from './models';
import { some, usersOf } from './names';
import { policyChange } from './policy-change';
import { priceDifference, priceLines } from './price-changes';

type Names = ReadonlyMap<string, NameView>;

/** Which models there are, what they can do and who answers for them; names beside their own, `nameChanges` says. */
export function modelChanges({ kept, removed, added }: ModelPairs, names: Names): Change[] {
  return [
    ...removed.map((model) => removedModel(model, names.get(model.name)?.model)),
    ...added.map((model) => addedModel(model)),
    ...[...kept.values()].flatMap(([before, after]) => {
      const place: Place = {
        path: ['models', after.name],
        of: `model ${code(after.name)}: `,
        concerns: usersOf(calledBy(after)),
      };
      return [
        ...(before.name === after.name
          ? []
          : [renamedModel(before, after, names.get(before.name)?.model === after)]),
        ...deploymentChanges(before, after, place),
        ...fieldChanges(MODEL_FIELDS, ELSEWHERE, before.members, after.members, place),
      ];
    }),
  ];
}

const REFUSED = 'EVERY CALL THAT NAMES IT IS REFUSED, those of running workspaces included.';

function removedModel(model: ModelView, answers: ModelView | undefined): Change {
  const rest = { path: ['models', model.name], concerns: usersOf([model.name]) };
  if (answers === undefined)
    return policyChange({
      ...rest,
      title: `model ${code(model.name)} removed`,
      direction: 'stricter',
      severity: 'breaks',
      details: [REFUSED],
      todo: `let another model answer for it: ${code(model.name)} among its retired names`,
    });
  const { direction, lines } = priceDifference(firstPrice(model), firstPrice(answers));
  return policyChange({
    ...rest,
    title: `model ${code(model.name)} removed, ${code(answers.name)} answers for it`,
    direction,
    details: lines.length > 0 ? lines : ['It costs the same.'],
  });
}

const addedModel = (model: ModelView): Change =>
  policyChange({
    path: ['models', model.name],
    title: `model ${code(model.name)} added`,
    concerns: 'whoever may use it and asks for it',
    direction: 'looser',
    severity: 'new-only',
    details: [
      ...(model.aliases.length === 0 ? [] : [`Also called ${some(model.aliases)}.`]),
      `Answered by ${some(model.deployments.map(({ key }) => key))}.`,
      ...priceLines(firstPrice(model)),
    ],
  });

const renamedModel = (before: ModelView, after: ModelView, isAnswered: boolean): Change =>
  policyChange({
    path: ['models', after.name],
    title: `model ${code(before.name)} is called ${code(after.name)} now`,
    concerns: usersOf([before.name]),
    direction: isAnswered ? 'other' : 'stricter',
    severity: isAnswered ? 'new-only' : 'breaks',
    details: [isAnswered ? 'The old name is still answered.' : REFUSED],
    ...(isAnswered ? {} : { todo: `keep ${code(before.name)} among its aliases or retired names` }),
  });
