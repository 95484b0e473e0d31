import { code } from '../../code-span';
import type { Change } from '../change';
import type { ModelPairs } from './model-pairs';
import { firstPrice, type NameView } from './models';
import { usersOf } from './names';
import { policyChange } from './policy-change';
import { priceDifference } from './price-changes';

type Names = ReadonlyMap<string, NameView>;

/** What other names of models mean now: aliases, and names of models that are no more. */
export function nameChanges(before: Names, after: Names, { kept }: ModelPairs): Change[] {
  const olderNames = new Map([...kept.values()].map(([older, newer]) => [newer.name, older.name]));
  return [
    ...[...before].flatMap(([name, view]) => {
      // A model's own name goes where the model goes.
      if (view.kind === 'name') return [];
      const now = after.get(name);
      if (now === undefined) return [goneName(name, view)];
      const isSameModel = (olderNames.get(now.model.name) ?? now.model.name) === view.model.name;
      if (!isSameModel) return [movedName(name, view, now)];
      return now.kind === view.kind || now.kind === 'name' ? [] : [otherKind(name, now)];
    }),
    ...[...after].flatMap(([name, view]) =>
      before.has(name) || view.kind === 'name' || !olderNames.has(view.model.name)
        ? []
        : [newName(name, view)],
    ),
  ];
}

const placeOf = ({ model, kind }: NameView, name: string): string[] => [
  'models',
  model.name,
  kind === 'alias' ? 'aliases' : 'retired_names',
  name,
];

const goneName = (name: string, view: NameView): Change =>
  policyChange({
    path: placeOf(view, name),
    title: `${view.kind} ${code(name)} of ${code(view.model.name)} removed`,
    concerns: usersOf([name]),
    direction: 'stricter',
    severity: 'breaks',
    details: ['EVERY CALL THAT NAMES IT IS REFUSED, those of running workspaces included.'],
    todo: `keep ${code(name)} among the aliases or retired names of a model`,
  });

function movedName(name: string, before: NameView, after: NameView): Change {
  const { direction, lines } = priceDifference(firstPrice(before.model), firstPrice(after.model));
  return policyChange({
    path: placeOf(after, name),
    title: `${before.kind} ${code(name)} means ${code(after.model.name)} instead of ${code(before.model.name)}`,
    concerns: usersOf([name]),
    direction,
    details: lines.length > 0 ? lines : ['It costs the same.'],
  });
}

const otherKind = (name: string, now: NameView): Change =>
  policyChange({
    path: placeOf(now, name),
    title: `${code(name)} is ${now.kind === 'alias' ? 'an alias' : 'a retired name'} of ${code(now.model.name)} now`,
    concerns: usersOf([name]),
    direction: 'other',
    details: [
      now.kind === 'alias'
        ? 'Nobody who uses it is told any more that another model answers.'
        : 'Who uses it is told that another model answers.',
    ],
  });

const newName = (name: string, view: NameView): Change =>
  policyChange({
    path: placeOf(view, name),
    title: `model ${code(view.model.name)}: ${view.kind} ${code(name)} added`,
    concerns: usersOf([name]),
    direction: 'looser',
    severity: 'new-only',
    details: ['It was no name of a model before.'],
  });
