/** The validate phase: rules of behaviour.json against a configuration, known values only. */
import type { SchemaBlock } from '../../../providers/schema-types';
import { error, warning, type Diagnostic, type PathStep } from './diagnostics';
import { FORMATS } from './formats';
import type { AttributeRule, TypeRules } from './schema';
import { isObject, textOf, Unknown, type CtyObject, type CtyValue } from './values';

/** One kind of rule: returns what is wrong with a known value, or nothing. */
type Check = (value: CtyValue, rule: AttributeRule, name: string) => string | undefined;

const CHECKS: readonly Check[] = [
  (value, { oneOf }, name) =>
    oneOf !== undefined && !oneOf.includes(value as string)
      ? `expected ${name} to be one of [${oneOf.map((item) => JSON.stringify(item)).join(' ')}], got ${textOf(value)}`
      : undefined,
  (value, { pattern, emptyAllowed }, name) =>
    pattern !== undefined && !(emptyAllowed && value === '') && !new RegExp(pattern).test(textOf(value))
      ? `invalid value for ${name}: ${JSON.stringify(value)} does not match ${pattern}`
      : undefined,
  (value, { minimum }, name) =>
    minimum !== undefined && Number(value) < minimum
      ? `expected ${name} to be at least (${minimum}), got ${textOf(value)}`
      : undefined,
  (value, { maximum }, name) =>
    maximum !== undefined && Number(value) > maximum
      ? `expected ${name} to be at most (${maximum}), got ${textOf(value)}`
      : undefined,
  (value, { minLength, maxLength }, name) => {
    const length = Buffer.byteLength(textOf(value));
    const outside =
      (minLength !== undefined && length < minLength) || (maxLength !== undefined && length > maxLength);
    if (!outside) return undefined;
    return maxLength === undefined
      ? `expected ${JSON.stringify(name)} to not be an empty string, got ${textOf(value)}`
      : `expected length of ${name} to be in the range (${minLength ?? 0} - ${maxLength}), got ${length} bytes`;
  },
  (value, { format }, name) => {
    const fault = format === undefined ? undefined : FORMATS[format]?.(value);
    return fault === undefined ? undefined : `invalid value for ${name}: ${fault}`;
  },
];

/** A value counts as written when it is there and no empty list of blocks. */
function isWritten(value: CtyValue | undefined): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** The values at a dotted path; a path through several blocks gives several. */
function valuesAt(config: CtyValue | undefined, steps: readonly string[]): (CtyValue | undefined)[] {
  const [head, ...rest] = steps;
  if (head === undefined) return [config];
  if (Array.isArray(config)) return config.flatMap((element) => valuesAt(element, steps));
  return isObject(config) ? valuesAt(config[head], rest) : [];
}

function checkValue(
  value: CtyValue,
  rule: AttributeRule,
  name: string,
  path: readonly PathStep[],
): Diagnostic[] {
  const found = CHECKS.flatMap((check) => check(value, rule, name) ?? []).map((text) =>
    error(text, '', path),
  );
  if (rule.warnUnlessOneOf !== undefined && !rule.warnUnlessOneOf.includes(value as string)) {
    found.push(
      warning(`"${name}" is deprecated`, `${name} should not be set to ${JSON.stringify(value)}`, path),
    );
  }
  return found;
}

function conflicts(
  root: CtyObject,
  dotted: string,
  rule: AttributeRule,
  path: readonly PathStep[],
): Diagnostic[] {
  return (rule.conflictsWith ?? [])
    .filter((other) => valuesAt(root, other.split('.')).some((v) => isWritten(v) && !(v instanceof Unknown)))
    .map((other) =>
      error('Conflicting configuration arguments', `"${dotted}": conflicts with ${other}`, path),
    );
}

/**
 * Checks a configuration against the rules of its type.
 *
 * Terraform itself has checked names, types, required arguments and block counts before.
 *
 * @param block schema of the type
 * @param rules its rules, by dotted path
 * @param config the configuration; unknown and null values are never judged
 */
export function checkConfig(block: SchemaBlock, rules: TypeRules, config: CtyValue): Diagnostic[] {
  const root = isObject(config) ? config : {};
  const walk = (
    current: SchemaBlock,
    value: CtyValue,
    prefix: string,
    path: readonly PathStep[],
  ): Diagnostic[] => {
    if (!isObject(value)) return [];
    const attributes = Object.keys(current.attributes ?? {}).flatMap((name) => {
      const rule = rules[prefix + name];
      const found = value[name];
      if (rule === undefined || !isWritten(found) || found === undefined || found instanceof Unknown)
        return [];
      const at = [...path, name];
      return [...checkValue(found, rule, name, at), ...conflicts(root, prefix + name, rule, at)];
    });
    const blocks = Object.entries(current.block_types ?? {}).flatMap(([name, nested]) => {
      const found = value[name] ?? null;
      const at = [...path, name];
      const rule = rules[prefix + name];
      const own = rule !== undefined && isWritten(found) && !(found instanceof Unknown);
      const elements = Array.isArray(found) ? found : [found];
      return [
        ...(own ? conflicts(root, prefix + name, rule, at) : []),
        ...elements.flatMap((element, index) =>
          // An element of a set has no index to point at.
          walk(
            nested.block,
            element,
            `${prefix}${name}.`,
            nested.nesting_mode === 'list' ? [...at, index] : at,
          ),
        ),
      ];
    });
    return [...attributes, ...blocks];
  };
  return walk(block, root, '', []);
}
