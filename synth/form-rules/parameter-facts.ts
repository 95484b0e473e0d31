import { literalText, type Block, type NestedBody } from './block';
import { isParameterType, parseList, typeFault, type ParameterType } from './form-types';
import { re2Matches } from './re2';

/** The type of a parameter; nothing when it is an expression or no type. */
export function parameterType(parameter: Block): ParameterType | undefined {
  if (parameter.get('type') === undefined) return 'string';
  const type = parameter.text('type');
  return type !== undefined && isParameterType(type) ? type : undefined;
}

/** Texts of the options' values; nothing when there are none or not all of them are known. */
export function knownOptions(parameter: Block): string[] | undefined {
  const options = parameter.nested('option');
  if (options.length === 0 || parameter.isDynamic('option')) return undefined;
  const values = options.map(({ body }) => literalText(body.value));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Whether the parameter has options; nothing when an expression decides. */
export function hasOptions(parameter: Block): boolean | undefined {
  if (parameter.nested('option').length > 0) return true;
  return parameter.isDynamic('option') ? undefined : false;
}

const numberOf = (validation: NestedBody, name: string): number | undefined => {
  const value = validation.body[name];
  return typeof value === 'number' ? value : undefined;
};

/** One reason why a parameter does not take a value. */
export interface Refusal {
  readonly kind: 'type' | 'option' | 'whole' | 'range' | 'regex';
  /** What the value must be. */
  readonly must: string;
}

/** Why a parameter would refuse a value; nothing when it takes it or that cannot be told. */
export function refusalOf(parameter: Block, value: string): Refusal | undefined {
  const type = parameterType(parameter);
  if (type === undefined) return undefined;
  const must = typeFault(type, value);
  if (must) return { kind: 'type', must: `be ${must}` };

  const options = knownOptions(parameter);
  const chosen =
    type === 'list(string)' && parameter.text('form_type') === 'multi-select' ? parseList(value) : [value];
  if (options && chosen?.some((one) => !options.includes(one))) {
    return { kind: 'option', must: `be one of the options ${options.map((one) => `"${one}"`).join(', ')}` };
  }
  for (const validation of parameter.nested('validation')) {
    const refusal = validationRefusal(validation, type, value);
    if (refusal) return refusal;
  }
  return undefined;
}

function validationRefusal(validation: NestedBody, type: ParameterType, value: string): Refusal | undefined {
  if (type === 'number') {
    const [min, max] = [numberOf(validation, 'min'), numberOf(validation, 'max')];
    if (!/^[-+]?\d+$/.test(value)) return { kind: 'whole', must: 'be a whole number once it is validated' };
    if (min !== undefined && Number(value) < min) return { kind: 'range', must: `be ${min} or more` };
    if (max !== undefined && Number(value) > max) return { kind: 'range', must: `be ${max} or less` };
  }
  const regex = literalText(validation.body.regex);
  if (type === 'string' && regex && re2Matches(regex, value) === false) {
    return { kind: 'regex', must: `match ${JSON.stringify(regex)}` };
  }
  return undefined;
}
