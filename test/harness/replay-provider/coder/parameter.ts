/** data.coder_parameter: which value it takes and every check the provider makes when it is read. */
import { error, hasErrors, type Diagnostic } from '../diagnostics';
import type { Context, Outcome } from '../provider';
import { blocksOf, textOf, type CtyObject, type CtyValue } from '../values';
import { VARIABLES } from './environment';
import {
  normalizedValidation,
  parseList,
  typeFault,
  validationFault,
  type ParameterType,
} from './validation';

/** Form types by parameter type, with and without options; the first is the default. */
const FORM_TYPES: Readonly<Record<ParameterType, { options: readonly string[]; plain: readonly string[] }>> =
  {
    string: { options: ['radio', 'dropdown'], plain: ['input', 'textarea'] },
    number: { options: ['radio', 'dropdown'], plain: ['input', 'slider'] },
    bool: { options: ['radio', 'dropdown'], plain: ['checkbox', 'switch'] },
    'list(string)': { options: ['radio', 'multi-select'], plain: ['tag-select'] },
  };

interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly formType: string;
  readonly default: string | undefined;
  readonly options: readonly CtyObject[];
  readonly validation: CtyObject | undefined;
}

/** A text that may be absent, which is not the same as empty here. */
function written(value: CtyValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parse(config: CtyObject): { parameter: Parameter; diagnostics: Diagnostic[] } {
  const type = textOf(config['type'], 'string') as ParameterType;
  const options = blocksOf(config['option']);
  const allowed = FORM_TYPES[type][options.length > 0 ? 'options' : 'plain'];
  const formType = textOf(config['form_type']);
  const fits = formType === '' || formType === 'error' || allowed.includes(formType);
  const detail =
    `The form_type "${formType}" cannot be used with type "${type}" ` +
    `${options.length > 0 ? 'and' : 'without'} options; allowed: ${allowed.join(', ')}`;
  return {
    parameter: {
      name: textOf(config['name']),
      type,
      formType: formType === '' ? (allowed[0] ?? '') : formType,
      default: written(config['default']),
      options,
      validation: blocksOf(config['validation'])[0],
    },
    diagnostics: fits ? [] : [error('Invalid form_type for parameter', detail, ['form_type'])],
  };
}

/** A multi-select holds a list, each of its options one string of it. */
function isMultiSelect({ type, formType }: Parameter): boolean {
  return type === 'list(string)' && formType === 'multi-select';
}

function optionFaults(parameter: Parameter): Diagnostic[] {
  const optionType = isMultiSelect(parameter) ? 'string' : parameter.type;
  const names = new Set<string>();
  const values = new Set<string>();
  return parameter.options.flatMap((option, index) => {
    const [name, value] = [textOf(option['name']), textOf(option['value'])];
    const found: Diagnostic[] = [];
    if (names.has(name)) {
      found.push(
        error('Option names must be unique.', `multiple options have the same name "${name}"`, [
          'option',
          index,
        ]),
      );
    }
    if (values.has(value)) {
      found.push(
        error('Option values must be unique.', `multiple options have the same value "${value}"`, [
          'option',
          index,
        ]),
      );
    }
    const fault = typeFault(optionType, value);
    if (fault !== undefined) {
      found.push(error(`Option ${name} is not of type ${optionType}`, fault, ['option', index, 'value']));
    }
    names.add(name);
    values.add(value);
    return found;
  });
}

function membershipFault(parameter: Parameter, value: string, what: string): Diagnostic[] {
  if (parameter.options.length === 0) return [];
  const known = new Set(parameter.options.map((option) => option['value']));
  const path = what === 'Default value' ? ['default'] : ['value'];
  if (!isMultiSelect(parameter)) {
    if (known.has(value)) return [];
    return [
      error(`${what} must be a valid option`, `the value "${value}" must be defined as one of options`, path),
    ];
  }
  const items = parseList(value);
  if (items === undefined) {
    return [error(`${what} must be a list of strings`, `"${value}" is not a list of strings`, path)];
  }
  const missing = items.filter((item) => !known.has(item));
  if (missing.length === 0) return [];
  const detail = `value "${value}" is not a valid option, values ${JSON.stringify(missing)} are missing from the options`;
  return [error(`${what}s must be valid options`, detail, path)];
}

function valueFaults(
  parameter: Parameter,
  input: string | undefined,
  previous: string | undefined,
): Diagnostic[] {
  // A required parameter has no value while a template is imported; only a validation block looks at it then.
  if (input === undefined && parameter.default === undefined && parameter.validation === undefined) return [];
  const value = input ?? parameter.default ?? '';
  const what = input === undefined && parameter.default !== undefined ? 'Default value' : 'Value';
  const path = what === 'Default value' ? ['default'] : ['value'];
  const found: Diagnostic[] = [];
  if (parameter.default !== undefined && input !== undefined) {
    found.push(...membershipFault(parameter, parameter.default, 'Default value'));
  }
  found.push(...membershipFault(parameter, value, what));
  const fault =
    parameter.validation && validationFault(parameter.validation, parameter.type, value, previous);
  if (fault !== undefined) {
    found.push(error(`Invalid parameter ${what.toLowerCase()} according to 'validation' block`, fault, path));
  }
  const wrongType = typeFault(parameter.type, value);
  if (wrongType !== undefined && found.length === 0) {
    found.push(error(`${what} is not of type ${parameter.type}`, wrongType, path));
  }
  return found;
}

function flagFaults(config: CtyObject): Diagnostic[] {
  if (config['ephemeral'] !== true) return [];
  if (config['mutable'] !== true) {
    const detail = "set 'mutable = true' or leave 'ephemeral' out";
    return [error("parameter can't be immutable and ephemeral", detail, ['mutable'])];
  }
  if ((config['default'] ?? null) === null) {
    return [error('ephemeral parameter requires the default property', '', ['default'])];
  }
  return [];
}

/** Reads a parameter for the build that the environment describes. */
export function readParameter(config: CtyObject, { env, uuid }: Context): Outcome {
  const { parameter, diagnostics } = parse(config);
  const input = env[VARIABLES.parameter(parameter.name)];
  const previous = env[VARIABLES.previousParameter(parameter.name)];
  const found = [...diagnostics, ...flagFaults(config), ...optionFaults(parameter)];
  // A default or value is only held against options that are sound themselves.
  if (!hasErrors(found)) found.push(...valueFaults(parameter, input, previous));
  return {
    value: {
      ...config,
      id: uuid(`parameter ${parameter.name}`),
      form_type: parameter.formType,
      optional: (config['default'] ?? null) !== null,
      validation: normalizedValidation(config['validation']),
      value: input ?? parameter.default ?? '',
    },
    diagnostics: found,
  };
}
