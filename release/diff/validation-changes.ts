import type { Json, JsonObject } from '../../synth/hcl/expressions';
import { code } from '../code-span';
import type { Change } from './change';
import type { ParameterPair } from './parameter-pair';
import { written } from './value-difference';

const BROKEN =
  'A workspace that stores another value refuses to start on this version until somebody chooses one that fits ("coder update" asks for it); older servers fail its stop and delete as well.';
const REMEDY = 'make sure that no workspace stores such a value';

interface Bound {
  readonly argument: 'min' | 'max';
  readonly isNarrower: (before: number, after: number) => boolean;
}

const BOUNDS: readonly Bound[] = [
  { argument: 'min', isNarrower: (before, after) => after > before },
  { argument: 'max', isNarrower: (before, after) => after < before },
];

/** What a parameter accepts. Narrower is dangerous: stored values were accepted by the old rule. */
export function validationChanges({ name, before, after }: ParameterPair): Change[] {
  const [old, now] = [before, after].map(
    (block): JsonObject => block.nested('validation')[0]?.body ?? {},
  ) as [JsonObject, JsonObject];
  const change = (argument: string, isNarrower: boolean, certain = true): Change => ({
    severity: isNarrower ? 'breaks' : 'new-only',
    title: `parameter ${code(name)}: ${certain ? (isNarrower ? 'accepts less' : 'accepts more') : 'accepts something else'}, ${code(argument)} ${written(old[argument])} → ${written(now[argument])}`,
    details: [isNarrower ? BROKEN : 'Stored values stay valid.'],
    ...(isNarrower ? { takesStored: true, todo: REMEDY } : {}),
  });
  const changes = BOUNDS.filter(({ argument }) => differs(old[argument], now[argument])).map(
    ({ argument, isNarrower }) => change(argument, narrows(old[argument], now[argument], isNarrower)),
  );
  for (const argument of ['regex', 'monotonic']) {
    if (!differs(old[argument], now[argument])) continue;
    const isRemoved = now[argument] === undefined;
    changes.push(change(argument, !isRemoved, isRemoved || old[argument] === undefined));
  }
  if (differs(old.error, now.error) && changes.length === 0) {
    changes.push({
      severity: 'cosmetic',
      title: `parameter ${code(name)}: another message for values it refuses`,
      details: [`${written(old.error)} → ${written(now.error)}`],
    });
  }
  return changes;
}

const differs = (one: Json | undefined, other: Json | undefined): boolean =>
  JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);

function narrows(
  before: Json | undefined,
  after: Json | undefined,
  isNarrower: Bound['isNarrower'],
): boolean {
  if (after === undefined || after === null) return false;
  if (typeof before === 'number' && typeof after === 'number') return isNarrower(before, after);
  return true;
}
