/** The plan phase: defaults, values only known after apply, and what a change replaces. */
import type { SchemaBlock, SchemaNestedBlock } from '../../../providers/schema-types';
import type { PathStep } from './diagnostics';
import type { AttributeRule, TypeRules } from './schema';
import { canonical, isObject, UNKNOWN, Unknown, type CtyObject, type CtyValue } from './values';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The value an attribute takes when it is not written; null when it has none. */
function defaultOf(rule: AttributeRule | undefined, env: Environment): CtyValue {
  const fromEnv = rule?.defaultEnv === undefined ? '' : (env[rule.defaultEnv] ?? '');
  if (fromEnv !== '') return fromEnv;
  // A default of "" is no difference from unset, so the real plan keeps null.
  return rule?.default === undefined || rule.default === '' ? null : rule.default;
}

function mapElements(value: CtyValue | undefined, map: (element: CtyObject) => CtyObject): CtyValue {
  if (Array.isArray(value)) return value.map((element) => (isObject(element) ? map(element) : element));
  return isObject(value) ? map(value) : (value ?? null);
}

/** Fills the defaults of unwritten attributes, in nested blocks too. */
export function fillDefaults(
  block: SchemaBlock,
  rules: TypeRules,
  value: CtyObject,
  env: Environment,
  prefix = '',
): CtyObject {
  const filled: CtyObject = { ...value };
  for (const name of Object.keys(block.attributes ?? {})) {
    filled[name] = value[name] ?? defaultOf(rules[prefix + name], env);
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    filled[name] = mapElements(value[name], (element) =>
      fillDefaults(nested.block, rules, element, env, `${prefix}${name}.`),
    );
  }
  return filled;
}

/**
 * Marks computed attributes without a value as known after apply.
 *
 * @param computedBlocks dotted paths of blocks that the provider fills when none is written
 */
export function markUnknown(
  block: SchemaBlock,
  value: CtyObject,
  computedBlocks: ReadonlySet<string> = new Set(),
): CtyObject {
  const marked: CtyObject = { ...value };
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    if (attribute.computed && (marked[name] ?? null) === null) marked[name] = UNKNOWN;
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    const found = value[name];
    marked[name] =
      computedBlocks.has(name) && Array.isArray(found) && found.length === 0
        ? UNKNOWN
        : mapElements(found, (element) => markUnknown(nested.block, element));
  }
  return marked;
}

/** True when an element holds a written attribute whose change needs a new object. */
function forcesNew(block: SchemaBlock, rules: TypeRules, element: CtyValue, prefix: string): boolean {
  if (!isObject(element)) return false;
  const own = Object.keys(block.attributes ?? {}).some((name) => {
    const value = element[name] ?? null;
    return rules[prefix + name]?.forceNew === true && value !== null && value !== '';
  });
  return (
    own ||
    Object.entries(block.block_types ?? {}).some(([name, nested]) => {
      const inner = element[name] ?? null;
      return (Array.isArray(inner) ? inner : [inner]).some((item) =>
        forcesNew(nested.block, rules, item, `${prefix}${name}.`),
      );
    })
  );
}

function elementsOf(value: CtyValue | undefined): CtyValue[] {
  if (Array.isArray(value)) return value;
  return value === null || value === undefined ? [] : [value];
}

function blockReplacements(
  name: string,
  nested: SchemaNestedBlock,
  rules: TypeRules,
  before: CtyValue | undefined,
  after: CtyValue | undefined,
  prefix: string,
  path: readonly PathStep[],
): PathStep[][] {
  const at = [...path, name];
  const dotted = `${prefix}${name}.`;
  if (after instanceof Unknown) return rules[prefix + name]?.forceNew ? [at] : [];
  const old = elementsOf(before);
  const now = elementsOf(after);
  if (old.length !== now.length && rules[prefix + name]?.forceNew) return [at];
  if (nested.nesting_mode !== 'set') {
    return now.flatMap((element, index) => {
      const step = nested.nesting_mode === 'list' ? [...at, index] : at;
      return replacements(nested.block, rules, old[index] ?? {}, element, dotted, step);
    });
  }
  // Elements of a set have no identity: a changed one is one gone and one new.
  const oldTexts = new Set(old.map((element) => canonical(element, true)));
  const newTexts = new Set(now.map((element) => canonical(element, true)));
  const changed = [
    ...old.filter((element) => !newTexts.has(canonical(element, true))),
    ...now.filter((element) => !oldTexts.has(canonical(element, true))),
  ];
  return changed.some((element) => forcesNew(nested.block, rules, element, dotted)) ? [at] : [];
}

/**
 * Paths of the changes that need a new object.
 *
 * @param before state before the change
 * @param after planned state; an unknown value counts as changed
 */
export function replacements(
  block: SchemaBlock,
  rules: TypeRules,
  before: CtyValue,
  after: CtyValue,
  prefix = '',
  path: readonly PathStep[] = [],
): PathStep[][] {
  const old = isObject(before) ? before : {};
  const now = isObject(after) ? after : {};
  const attributes = Object.entries(block.attributes ?? {})
    .filter(([name, { type }]) => {
      if (!rules[prefix + name]?.forceNew) return false;
      const unordered = Array.isArray(type) && type[0] === 'set';
      const [a, b] = [old[name] ?? null, now[name] ?? null];
      // Unset and empty are the same to the providers' SDK.
      const bothEmpty = [a, b].every((v) => v === null || v === '' || (Array.isArray(v) && v.length === 0));
      return !bothEmpty && canonical(a, unordered) !== canonical(b, unordered);
    })
    .map(([name]) => [...path, name]);
  const blocks = Object.entries(block.block_types ?? {}).flatMap(([name, nested]) =>
    blockReplacements(name, nested, rules, old[name], now[name], prefix, path),
  );
  return [...attributes, ...blocks];
}
