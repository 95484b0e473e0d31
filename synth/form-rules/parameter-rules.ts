import type { JsonObject } from '../hcl/expressions';
import { canMeet, isExpression, isPresent, literalText, shown, type Block } from './block';
import { isKnownToForm } from './expressions';
import { FORM_TYPES, PARAMETER_TYPES } from './form-types';
import { hasOptions, parameterType, refusalOf } from './parameter-facts';
import type { Rule } from './rule';

const about = 'data coder_parameter';

const quoted = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(', ');

/** Arguments the form reads only when they stand bare, and what it takes a quoted one for. */
const BARE: readonly { readonly argument: string; readonly type: 'number' | 'boolean' }[] = [
  { argument: 'order', type: 'number' },
  { argument: 'mutable', type: 'boolean' },
  { argument: 'ephemeral', type: 'boolean' },
];

const bareFaults = (body: JsonObject, wanted: 'number' | 'boolean'): string[] =>
  BARE.filter(({ argument, type }) => type === wanted && isPresent(body[argument]))
    .filter(({ argument, type }) => typeof body[argument] !== type && !isExpression(body[argument]))
    .map(
      ({ argument }) =>
        `${argument} must be a bare ${wanted === 'number' ? 'number' : 'true or false'}, got ${shown(body[argument])}: ` +
        'the form loses a quoted one',
    );

/** The form's defaults hold for a parameter that leaves these out. */
const isTrue = (parameter: Block, argument: string, byDefault: boolean): boolean =>
  (parameter.get(argument) ?? byDefault) === true;

const refused = (parameter: Block, kinds: readonly string[]): string | undefined => {
  const value = parameter.text('default');
  const refusal = value === undefined ? undefined : refusalOf(parameter, value);
  return refusal && kinds.includes(refusal.kind)
    ? `default must ${refusal.must}, got ${shown(value)}: the form and the plan refuse the parameter`
    : undefined;
};

/** A parameter by itself; its options and its validation have rules of their own. */
export const PARAMETER_RULES: readonly Rule[] = [
  {
    id: 'parameter/name',
    about,
    check: (parameter) =>
      !isPresent(parameter.get('name')) || parameter.text('name')?.trim() === ''
        ? `name must not be empty, got ${shown(parameter.get('name'))}: values are stored under it`
        : undefined,
  },
  {
    id: 'parameter/name-unique',
    about,
    check: (parameter, stack) => {
      const name = parameter.text('name');
      const other =
        name === undefined
          ? undefined
          : stack.earlier(parameter, (one) => one.text('name') === name && canMeet(one, parameter));
      return other && `name ${shown(name)} is taken by ${other.path}: give the parameter another name`;
    },
  },
  {
    id: 'parameter/type',
    about,
    check: (parameter) =>
      parameterType(parameter) === undefined && !isExpression(parameter.get('type'))
        ? `type must be one of ${quoted(PARAMETER_TYPES)}, got ${shown(parameter.get('type'))}`
        : undefined,
  },
  {
    id: 'parameter/default-present',
    about,
    check: (parameter) =>
      isPresent(parameter.get('default'))
        ? undefined
        : 'default must be given, got none: without one the form asks before it shows anything, use "" for none',
  },
  {
    id: 'parameter/default-quoted',
    about,
    check: (parameter) => {
      const value = parameter.get('default');
      return !isPresent(value) || typeof value === 'string'
        ? undefined
        : `default must be a quoted string, got ${shown(value)}: write ${JSON.stringify(
            typeof value === 'object' ? JSON.stringify(value) : String(value),
          )}, the form takes a bare value for another one`;
    },
  },
  {
    id: 'parameter/default-of-type',
    about,
    check: (parameter) => refused(parameter, ['type']),
  },
  {
    id: 'parameter/bare-number',
    about,
    check: ({ body }) => bareFaults(body, 'number'),
  },
  {
    id: 'parameter/bare-bool',
    about,
    check: ({ body }) => bareFaults(body, 'boolean'),
  },
  {
    id: 'parameter/form-type',
    about,
    check: (parameter) => {
      const [type, options] = [parameterType(parameter), hasOptions(parameter)];
      const formType = parameter.text('form_type');
      if (type === undefined || formType === undefined) return undefined;
      const { withOptions, withoutOptions } = FORM_TYPES[type];
      const allowed =
        options === undefined ? [...withOptions, ...withoutOptions] : options ? withOptions : withoutOptions;
      return allowed.includes(formType)
        ? undefined
        : `form_type of a ${type}${options === undefined ? '' : options ? ' with options' : ' without options'} ` +
            `must be one of ${quoted(allowed)}, got ${shown(formType)}: the form drops the parameter`;
    },
  },
  {
    id: 'parameter/immutable-ephemeral',
    about,
    check: (parameter) =>
      isTrue(parameter, 'ephemeral', false) &&
      !isExpression(parameter.get('mutable')) &&
      !isTrue(parameter, 'mutable', false)
        ? `mutable must be true with ephemeral = true, got ${shown(parameter.get('mutable'))}: ` +
          'what is asked at every build cannot be fixed at the first one'
        : undefined,
  },
  {
    id: 'parameter/styling-json',
    about,
    check: (parameter) => {
      const text = literalText(parameter.get('styling'));
      if (text === undefined || isJsonObject(text)) return undefined;
      return `styling must be a JSON object, got ${shown(text)}: use jsonencode({ … })`;
    },
  },
  {
    id: 'parameter/count',
    about,
    check: (parameter, stack) =>
      stack
        .references(parameter, { only: ['count', 'for_each'] })
        .filter(({ thing }) => !isKnownToForm(thing))
        .map(
          ({ thing, at, through }) =>
            `${at} must use only what the form can read, got ${thing.join('.')}${through}: ` +
            'the form would show the parameter regardless',
        ),
  },
];

function isJsonObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
