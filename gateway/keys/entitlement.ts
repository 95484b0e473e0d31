/** What a key may do at this moment, from the policy that holds at this moment. */
import { LEVELS, strictest, type Level } from '../../src/levels';
import type { Directory } from '../config/directory';
import type { ModelDocument } from '../config/document';
import type { ScopeDocument } from '../config/document';
import type { Settings } from '../config/environment';
import { GatewayError } from '../errors';
import { windowAt, type BudgetWindow } from '../ledger/window';
import type { KeyRecord } from './key-record';
import { withLimits } from './limits';
import { foldName, isPerson } from './owner-names';

/** Whom a floor is laid down for, from the most personal to the most general. */
const FLOOR_KINDS = ['person', 'group', 'template', 'everyone'] as const;

export type FloorKind = (typeof FLOOR_KINDS)[number];

/** A floor of this level asks for nothing. */
const LOOSEST = LEVELS[0];

interface Floor {
  readonly kind: FloorKind;
  readonly level: Level;
}

export interface Entitlement {
  /** The policy's terms for keys of this kind, with what an administrator laid down for this key in their place. */
  readonly scope: ScopeDocument;
  /** The strictest of the key's own level and of every floor that applies to its owner. */
  readonly level: Level;
  /** The most personal of the floors that ask for this level, whatever was chosen. Null: it was chosen. */
  readonly levelFloor: FloorKind | null;
  readonly window: BudgetWindow;
  readonly expiresAt: Date;
  readonly models: readonly ModelDocument[];
}

const DAY_MS = 86_400_000;

/** Throws `scope_without_policy` when the policy does not know keys of this kind. */
export function entitlementOf(
  key: KeyRecord,
  { document, leave }: Directory,
  { defaultLevel, defaultRpm }: Pick<Settings, 'defaultLevel' | 'defaultRpm'>,
  now: Date,
): Entitlement {
  const policy = Object.hasOwn(document.scopes, key.scope) ? document.scopes[key.scope] : undefined;
  if (policy === undefined) throw new GatewayError('scope_without_policy');
  const byDefault = defaultRpm === undefined ? policy : { ...policy, rpm_limit: defaultRpm };
  const scope = withLimits(byDefault, key.limits);
  const oldest = new Date(key.validFrom.getTime() + scope.max_age_days * DAY_MS);
  const floors = floorsOf(key, document.floors);
  const level = strictest([
    key.level ?? defaultLevel ?? document.default_level,
    ...floors.map((floor) => floor.level),
  ]);
  return {
    scope,
    level,
    levelFloor: floors.find((floor) => floor.level === level && level !== LOOSEST)?.kind ?? null,
    window: windowAt(scope.budget_duration, now, document.time_zone),
    expiresAt: key.expiresAt !== null && key.expiresAt < oldest ? key.expiresAt : oldest,
    models: document.models.filter((model) =>
      [scope.models, key.models ?? ('all' as const)].every(
        (allowed) => allowed === 'all' || allowed.some((name) => leave.get(name)?.has(model)),
      ),
    ),
  };
}

function floorsOf(key: KeyRecord, floors: Directory['document']['floors']): Floor[] {
  const named = (levels: Readonly<Record<string, Level>>, name: string | null): Level[] => {
    const level = name !== null && Object.hasOwn(levels, name) ? levels[name] : undefined;
    return level === undefined ? [] : [level];
  };
  const levels: Readonly<Record<FloorKind, readonly Level[]>> = {
    everyone: [floors.everyone],
    template: templatesOf(key).flatMap((template) => named(floors.templates, template)),
    group: mayBeInAnyGroup(key)
      ? Object.values(floors.groups)
      : key.ownerGroups.flatMap((group) => named(floors.groups, group)),
    person: floorsOfPerson(key, floors.people),
  };
  return FLOOR_KINDS.flatMap((kind) => levels[kind].map((level) => ({ kind, level })));
}

/** A person whom no claim and no answer of Coder's has told the groups of: what is not known counts as the strictest. */
const mayBeInAnyGroup = (key: KeyRecord): boolean => isPerson(key.ownerId) && !key.areGroupsKnown;

/** A person's own key can be pasted into any of their workspaces, so each one's floor holds for it. */
const templatesOf = (key: KeyRecord): readonly (string | null)[] =>
  key.workspaceId === null ? key.ownerTemplates : [key.templateName];

/** By the owner's id, and by every name the owner ever had: a new name must not shake a floor off. */
function floorsOfPerson(key: KeyRecord, people: Readonly<Record<string, Level>>): Level[] {
  const names = new Set([key.ownerId, key.ownerName, ...key.ownerNames].map(foldName));
  return Object.entries(people)
    .filter(([name]) => names.has(foldName(name)))
    .map(([, level]) => level);
}
