import type { Json } from '../../../synth/hcl/expressions';
import type { Change, Direction, Severity } from '../change';
import { asItStands, percent } from './amounts';
import { isNumber, isSame, namesIn, type Members } from './members';
import { opposite, policyChange, unknownChange, type Path } from './policy-change';

/** How a change of one member reads, and what it does. */
export interface FieldRule {
  readonly field: string;
  /** What the member is, in words. */
  readonly reads: string;
  /** A value as people read it. @default - as it stands */
  readonly show?: (value: Json | undefined) => string;
  /** What the gateway takes where it is left out. @default - it has no such value */
  readonly absent?: Json;
  /** What more of it is. */
  readonly more: Direction;
  /** Makes values comparable that are no numbers; numbers and booleans are by themselves. */
  readonly rank?: (value: Json | undefined) => number | undefined;
  /** Whom it concerns, where that is not everyone whom the object does. */
  readonly concerns?: string;
  /** What follows, in whole sentences. @default - nothing else */
  readonly says?: (before: Json | undefined, after: Json | undefined) => readonly string[];
  /** @default - as the direction has it */
  readonly severity?: (direction: Direction) => Severity | undefined;
}

/** The object that members belong to. */
export interface Place {
  readonly path: Path;
  /** In front of what changed: ``scope `ci`: ``. */
  readonly of: string;
  readonly concerns: string;
}

const rankOf = (value: Json | undefined): number | undefined =>
  isNumber(value) ? value : typeof value === 'boolean' ? Number(value) : undefined;

/**
 * One change for each member that differs.
 *
 * @param elsewhere members that other modules describe; what is in no rule and not there either is said as it stands
 */
export function fieldChanges(
  rules: readonly FieldRule[],
  elsewhere: readonly string[],
  before: Members,
  after: Members,
  place: Place,
): Change[] {
  const known = new Set([...elsewhere, ...rules.map(({ field }) => field)]);
  return [
    ...rules.flatMap((rule) => fieldChange(rule, before.get(rule.field), after.get(rule.field), place)),
    ...namesIn(before, after)
      .filter((name) => !known.has(name) && !isSame(before.get(name), after.get(name)))
      .map((name) => unknownChange([...place.path, name], before.get(name), after.get(name))),
  ];
}

function fieldChange(
  rule: FieldRule,
  before: Json | undefined,
  after: Json | undefined,
  { path, of, concerns }: Place,
): Change[] {
  const [old, now] = [before ?? rule.absent, after ?? rule.absent];
  if (isSame(old, now)) return [];
  const show = rule.show ?? asItStands;
  const [least, most] = [old, now].map(rule.rank ?? rankOf);
  const direction =
    least === undefined || most === undefined || least === most
      ? rule.more === 'none'
        ? 'none'
        : 'other'
      : most > least
        ? rule.more
        : opposite(rule.more);
  return [
    policyChange({
      path: [...path, rule.field],
      title: `${of}${rule.reads} ${show(old)} → ${show(now)}${percent(old, now)}`,
      concerns: rule.concerns ?? concerns,
      direction,
      severity: rule.severity?.(direction),
      details: rule.says?.(old, now) ?? [],
    }),
  ];
}
