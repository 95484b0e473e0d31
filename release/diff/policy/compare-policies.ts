import { isObject, type Json } from '../../../synth/hcl/expressions';
import { SEVERITIES, type Change } from '../change';
import { DESIGN_FIRST_FIELDS, DOCUMENT_FIELDS } from './document-fields';
import { fieldChanges } from './field-rules';
import { floorChanges } from './floor-changes';
import { leaveChanges } from './leave-changes';
import { isList, isSame, isText, listOf, membersOf, type Members } from './members';
import { modelChanges } from './model-changes';
import { pairModels } from './model-pairs';
import { modelsOf, namesByModel } from './models';
import { nameChanges } from './name-changes';
import { ownerChanges } from './owner-changes';
import { policyChange, unknownChange } from './policy-change';
import { readPolicy } from './policy-document';
import type { PolicyVersion } from './policy-version';
import { scopeChanges } from './scope-changes';
import { describeDifference } from '../value-difference';
import { teamChanges } from './team-changes';

/** Changes of one sort and severity that are still worth reading one by one. */
const MOST = 40;

/** Members with modules of their own. */
const OBJECTS = ['floors', 'design_first', 'scopes', 'owner', 'teams'] as const;
const ELSEWHERE = [...OBJECTS, 'models'];

/**
 * What it means that policy and prices become others: for whom it is stricter, looser, dearer, cheaper.
 *
 * @throws Error when one of the documents cannot be read
 */
export function comparePolicies(from: PolicyVersion, to: PolicyVersion): Change[] {
  const [before, after] = [membersOf(readPolicy(from)), membersOf(readPolicy(to))];
  const parts = (name: string): [Members, Members] => [
    membersOf(before.get(name)),
    membersOf(after.get(name)),
  ];
  const everyone = { path: [], of: '', concerns: 'everyone' };
  const sorts: readonly (readonly [what: string, changes: Change[]])[] = [
    ['the document', fieldChanges(DOCUMENT_FIELDS, ELSEWHERE, before, after, everyone)],
    ['the document', oddParts(before, after)],
    ['floors', floorChanges(...parts('floors'))],
    [
      'design-first',
      fieldChanges(DESIGN_FIRST_FIELDS, [], ...parts('design_first'), {
        path: ['design_first'],
        of: 'design-first: ',
        concerns: 'everyone at the level `design-first`',
      }),
    ],
    ['scopes', scopeChanges(...parts('scopes'))],
    ['people', ownerChanges(...parts('owner'))],
    ['teams', teamChanges(...parts('teams'))],
    ...modelSorts(before, after),
  ];
  const changes = sorts.flatMap(([what, found]) => bounded(what, found));
  return changes.length > 0 ? changes : textOnly(before, after);
}

function modelSorts(before: Members, after: Members): [string, Change[]][] {
  const [old, now] = [modelsOf(before.get('models')), modelsOf(after.get('models'))];
  const pairs = pairModels(old, now);
  const [names, nowNames] = [namesByModel(old), namesByModel(now)];
  const side = (models: typeof old, document: Members) => ({
    models,
    scopes: membersOf(document.get('scopes')),
  });
  return [
    ['who may use which model', leaveChanges(side(old, before), side(now, after), pairs)],
    ['models', modelChanges(pairs, nowNames)],
    ['names of models', nameChanges(names, nowNames, pairs)],
  ];
}

/** Parts that are not what they should be, which the others therefore see nothing in. */
function oddParts(before: Members, after: Members): Change[] {
  const isFit = (name: string, value: Json | undefined): boolean =>
    value === undefined || (name === 'models' ? isList(value) : isObject(value));
  const nameless = [before, after].map((document) =>
    listOf(document.get('models')).filter((model) => !isText(membersOf(model).get('name'))),
  );
  const odd = ELSEWHERE.filter((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    return !isSame(old, now) && !(isFit(name, old) && isFit(name, now));
  }).map((name) => unknownChange([name], before.get(name), after.get(name)));
  return isSame(nameless[0], nameless[1])
    ? odd
    : [...odd, unknownChange(['models', 'without a name'], nameless[0], nameless[1])];
}

/** Of very many changes of one sort the first ones, and how many more there are. */
function bounded(what: string, changes: readonly Change[]): Change[] {
  if (changes.length <= MOST) return [...changes];
  return SEVERITIES.flatMap(({ name: severity }) => {
    const same = changes.filter((change) => change.severity === severity);
    if (same.length <= MOST) return same;
    const rest = same.slice(MOST);
    return [
      ...same.slice(0, MOST),
      policyChange({
        path: [what],
        title: `${rest.length} more changes of ${what}`,
        concerns: 'those whom the document names',
        direction: 'other',
        severity,
      }),
    ];
  });
}

/** What no rule sees: order, capitals that do not count, what would hold anyway. */
function textOnly(before: Members, after: Members): Change[] {
  const [old, now] = [before, after].map((members) => Object.fromEntries(members));
  if (isSame(old, now)) return [];
  return [
    policyChange({
      path: [],
      title: 'the gateway document is written in another way',
      concerns: 'nobody',
      direction: 'none',
      details: [...describeDifference(old, now), 'It means the same to the gateway.'],
    }),
  ];
}
