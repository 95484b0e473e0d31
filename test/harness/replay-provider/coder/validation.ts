/** The `validation` block of a coder parameter, as the provider evaluates it when the parameter is read. */
import { compileRe2 } from '../re2';
import { blocksOf, textOf, type CtyObject, type CtyValue } from '../values';

export type ParameterType = 'string' | 'number' | 'bool' | 'list(string)';

const MONOTONIC = ['increasing', 'decreasing'];

/** The strings of a JSON-encoded list, or undefined when the text is none. */
export function parseList(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed === null) return [];
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with a text as a value of a type, or nothing. */
export function typeFault(type: ParameterType, text: string): string | undefined {
  switch (type) {
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? undefined : `"${text}" is not a number`;
    case 'bool':
      return /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text)
        ? undefined
        : `"${text}" is not a bool`;
    case 'list(string)':
      return parseList(text) === undefined ? `"${text}" is not a list of strings` : undefined;
    case 'string':
      return undefined;
  }
}

/** The error text is taken for a format, so a lone percent sign comes out garbled. */
function asFormat(text: string): string {
  return text.replace(/%(.?)/gsu, (_, verb: string) =>
    verb === '%' ? '%' : verb === '' ? '%!(NOVERB)' : `%!${verb}(MISSING)`,
  );
}

function bound(block: CtyObject, name: 'min' | 'max'): number | undefined {
  const value = block[name];
  return typeof value === 'number' ? value : undefined;
}

function numberFault(block: CtyObject, value: string, previous: string | undefined): string | undefined {
  const [min, max, monotonic] = [bound(block, 'min'), bound(block, 'max'), textOf(block['monotonic'])];
  const own = textOf(block['error']);
  const rendered = own
    .replaceAll('{min}', String(min ?? 0))
    .replaceAll('{max}', String(max ?? 0))
    .replaceAll('{value}', value);
  const say = (fallback: string): string => (own === '' ? fallback : asFormat(rendered));
  // Whole numbers only, once there is a validation block.
  if (!/^[-+]?\d+$/.test(value)) return say(`value "${value}" is not a number`);
  const current = Number(value);
  if (min !== undefined && current < min) return say(`value ${current} is less than the minimum ${min}`);
  if (max !== undefined && current > max) return say(`value ${current} is more than the maximum ${max}`);
  if (monotonic !== '' && !MONOTONIC.includes(monotonic)) {
    return 'number monotonicity can be either "increasing" or "decreasing"';
  }
  if (previous === undefined || !/^[-+]?\d+$/.test(previous)) return undefined;
  if (monotonic === 'increasing' && current < Number(previous)) {
    return `parameter value '${value}' must be equal or greater than previous value: ${previous}`;
  }
  if (monotonic === 'decreasing' && current > Number(previous)) {
    return `parameter value '${value}' must be equal or lower than previous value: ${previous}`;
  }
  return undefined;
}

function stringFault(block: CtyObject, value: string): string | undefined {
  const pattern = textOf(block['regex']);
  if (pattern === '') return undefined;
  let regex: RegExp;
  try {
    regex = compileRe2(pattern);
  } catch (cause) {
    return `compile regex "${pattern}": ${cause instanceof Error ? cause.message : String(cause)}`;
  }
  const own = textOf(block['error']);
  if (own === '') return 'an error must be specified with a regex validation';
  return regex.test(value) ? undefined : `${asFormat(own)} (value "${value}" does not match "${pattern}")`;
}

/**
 * Evaluates a validation block against a parameter's value.
 *
 * @param block the block as configured: absent bounds are null
 * @param previous the value of the build before, if there was one
 * @returns what is wrong, or nothing
 */
export function validationFault(
  block: CtyObject,
  type: ParameterType,
  value: string,
  previous: string | undefined,
): string | undefined {
  if (type !== 'number') {
    for (const name of ['min', 'max'] as const) {
      if (bound(block, name) !== undefined) return `a ${name} cannot be specified for a ${type} type`;
    }
    if (textOf(block['monotonic']) !== '') {
      return `monotonic validation can only be specified for number types, not ${type} types`;
    }
  }
  if (type !== 'string' && textOf(block['regex']) !== '')
    return `a regex cannot be specified for a ${type} type`;
  switch (type) {
    case 'number':
      return numberFault(block, value, previous);
    case 'string':
      return stringFault(block, value);
    case 'bool':
      return value === 'true' || value === 'false'
        ? undefined
        : 'boolean value can be either "true" or "false"';
    case 'list(string)':
      return parseList(value) === undefined ? `value "${value}" is not valid list of strings` : undefined;
  }
}

/** The block as the provider stores it: absent parts get zero values and two marks tell them apart. */
export function normalizedValidation(blocks: CtyValue | undefined): CtyValue {
  return blocksOf(blocks).map((block) => ({
    error: textOf(block['error']),
    max: bound(block, 'max') ?? 0,
    max_disabled: bound(block, 'max') === undefined,
    min: bound(block, 'min') ?? 0,
    min_disabled: bound(block, 'min') === undefined,
    monotonic: textOf(block['monotonic']),
    regex: textOf(block['regex']),
  }));
}
