import { code } from '../../code-span';
import type { Change } from '../change';
import { asItStands, count } from './amounts';
import { fieldChanges, type FieldRule, type Place } from './field-rules';
import { isText } from './members';
import type { DeploymentView, ModelView } from './models';
import { some } from './names';
import { policyChange } from './policy-change';
import { PRICE_KINDS, priceDifference, priceLines } from './price-changes';

/** Members that make it the deployment it is, and those that have modules of their own. */
const ELSEWHERE = ['provider', 'id', 'endpoint', 'price'];

/** Who answers for a model that is in both versions, in which order, and what each of them costs. */
export function deploymentChanges(before: ModelView, after: ModelView, place: Place): Change[] {
  const [old, now] = [before, after].map(
    ({ deployments }) => new Map(deployments.map((deployment) => [deployment.key, deployment])),
  );
  if (old === undefined || now === undefined) return [];
  const end = afterTheEnd(after);
  return [
    ...orderChanges(before, after, place),
    ...[...now.values()].flatMap((one, at) => (old.has(one.key) ? [] : [added(one, at, place)])),
    ...[...old.keys()].filter((key) => !now.has(key)).map((key) => removed(key, place)),
    ...[...now].flatMap(([key, deployment]) => {
      const older = old.get(key);
      return older === undefined ? [] : sameDeployment(older, deployment, end, place);
    }),
  ];
}

const pathOf = ({ path }: Place, ...more: readonly string[]): string[] => [...path, 'deployments', ...more];

function orderChanges(before: ModelView, after: ModelView, place: Place): Change[] {
  const [first, nowFirst] = [before.deployments[0], after.deployments[0]];
  if (first !== undefined && nowFirst !== undefined && first.key !== nowFirst.key) {
    const { direction, lines } = priceDifference(first.price, nowFirst.price);
    return [
      policyChange({
        path: pathOf(place),
        title: `${place.of}${code(nowFirst.key)} is asked first instead of ${code(first.key)}`,
        concerns: place.concerns,
        direction,
        details: lines.length > 0 ? lines : ['It costs the same.'],
      }),
    ];
  }
  const [keys, nowKeys] = [before, after].map(({ deployments }) => deployments.map(({ key }) => key));
  const isIn = (all: readonly string[] = []): ((key: string) => boolean) => {
    const set = new Set(all);
    return (key) => set.has(key);
  };
  const kept = keys?.filter(isIn(nowKeys)) ?? [];
  const nowKept = nowKeys?.filter(isIn(keys)) ?? [];
  if (kept.every((key, at) => key === nowKept[at])) return [];
  return [
    policyChange({
      path: pathOf(place),
      title: `${place.of}deployments are asked in another order: ${some(nowKeys ?? [])}`,
      concerns: place.concerns,
      direction: 'other',
    }),
  ];
}

const added = ({ key, price }: DeploymentView, at: number, place: Place): Change =>
  policyChange({
    path: pathOf(place, key),
    title: `${place.of}deployment ${code(key)} added, the ${ordinal(at + 1)} that is asked`,
    concerns: place.concerns,
    direction: 'looser',
    details: [...priceLines(price), 'What is set aside for a call follows the dearest deployment.'],
  });

const ordinal = (at: number): string => ({ 1: '1st', 2: '2nd', 3: '3rd' })[at] ?? `${at}th`;

const removed = (key: string, place: Place): Change =>
  policyChange({
    path: pathOf(place, key),
    title: `${place.of}deployment ${code(key)} removed`,
    concerns: place.concerns,
    direction: 'stricter',
    details: ['One provider less answers when the others do not.'],
  });

function sameDeployment(
  before: DeploymentView,
  after: DeploymentView,
  end: AfterTheEnd,
  { path, of, concerns }: Place,
): Change[] {
  const place = { path: [...path, 'deployments', after.key], of: `${of}${code(after.key)}: `, concerns };
  const { direction, lines } = priceDifference(before.price, after.price);
  const known = PRICE_KINDS.map(({ field }) => field);
  return [
    ...(lines.length === 0
      ? []
      : [
          policyChange({
            path: [...place.path, 'price'],
            title: `${place.of}prices changed`,
            concerns,
            direction,
            details: lines,
          }),
        ]),
    ...fieldChanges([], known, before.price, after.price, { ...place, path: [...place.path, 'price'] }),
    ...fieldChanges(fieldsIn(end, after), ELSEWHERE, before.members, after.members, place),
  ];
}

const fieldsIn = (end: AfterTheEnd, { key }: DeploymentView): readonly FieldRule[] => [
  {
    field: 'retires_on',
    reads: 'announced end',
    show: (day) => (day === undefined ? 'none' : asItStands(day)),
    more: 'other',
    says: (_, day) => (day === undefined ? [] : [end(key)]),
  },
  { field: 'max_tokens_field', reads: 'field of the token limit', absent: 'max_tokens', more: 'other' },
  {
    field: 'max_image_tokens',
    reads: 'tokens of an image at most',
    show: (tokens) => (tokens === undefined ? 'unknown' : count(tokens)),
    more: 'dearer',
    says: () => ['So much is set aside for each image of a call; where it is unknown, the whole context.'],
  },
];

/** Who answers once a deployment is over. */
type AfterTheEnd = (key: string) => string;

function afterTheEnd({ name, deployments, successor }: ModelView): AfterTheEnd {
  const lasting = deployments.filter(({ members }) => !isText(members.get('retires_on')));
  return (key) => {
    const next = lasting[0]?.key === key ? lasting[1] : lasting[0];
    if (next !== undefined) return `From that day on (UTC) ${code(next.key)} is asked.`;
    return successor === undefined
      ? `No other deployment of ${code(name)} goes on, and it names no successor: it is asked all the same.`
      : `Once all its deployments have ended, ${code(successor)} answers.`;
  };
}
