import { isObject } from '../hcl/expressions';
import { canMeet, isPresent, literalText, shown, type Block } from './block';
import { refusalOf } from './parameter-facts';
import type { Rule } from './rule';
import type { StackFacts } from './stack-facts';

const about = 'data coder_workspace_preset';

/** The choices of a preset whose parameter's name is known. */
function choices(preset: Block): [name: string, value: string | undefined][] {
  const parameters = preset.get('parameters');
  if (!isObject(parameters)) return [];
  return Object.entries(parameters).flatMap(([key, value]): [string, string | undefined][] => {
    const name = literalText(key);
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : literalText(value);
    return name === undefined ? [] : [[name, text]];
  });
}

const parametersNamed = (stack: StackFacts, name: string): Block[] =>
  stack.ofType('data', 'coder_parameter').filter((parameter) => parameter.text('name') === name);

/** With an expression for a name, any parameter may be meant. */
const allNamesKnown = (stack: StackFacts): boolean =>
  stack.ofType('data', 'coder_parameter').every((parameter) => parameter.text('name') !== undefined);

const isDefault = (preset: Block): boolean =>
  preset.get('default') === true || preset.text('default') === 'true';

/** Nobody checks a preset before a person picks it. */
export const PRESET_RULES: readonly Rule[] = [
  {
    id: 'preset/name',
    about,
    check: (preset) =>
      !isPresent(preset.get('name')) || preset.text('name')?.trim() === ''
        ? `name must not be empty, got ${shown(preset.get('name'))}: it is what people pick`
        : undefined,
  },
  {
    id: 'preset/name-unique',
    about,
    check: (preset, stack) => {
      const name = preset.text('name');
      const other =
        name === undefined
          ? undefined
          : stack.earlier(preset, (one) => one.text('name') === name && canMeet(one, preset));
      return other && `name ${shown(name)} is taken by ${other.path}: give the preset another name`;
    },
  },
  {
    id: 'preset/one-default',
    about,
    check: (preset, stack) => {
      if (!isDefault(preset)) return undefined;
      const other = stack.earlier(preset, (one) => isDefault(one) && canMeet(one, preset));
      return other && `default must be true for one preset only, and is for ${other.path}: drop one of them`;
    },
  },
  {
    id: 'preset/no-silent-default',
    about,
    check: (preset) =>
      isDefault(preset) && choices(preset).length > 0
        ? `default must not be true for a preset that sets parameters, got ${shown(preset.get('parameters'))}: Coder puts ` +
          'them above what somebody gave by --parameter, and hides them in the form; give the parameters these defaults instead'
        : undefined,
  },
  {
    id: 'preset/known-parameter',
    about,
    check: (preset, stack) =>
      allNamesKnown(stack)
        ? choices(preset)
            .filter(([name]) => parametersNamed(stack, name).length === 0)
            .map(
              ([name]) =>
                `parameters must name parameters of this template, got ${shown(name)}: ` +
                'use the name of a parameter or leave it out',
            )
        : undefined,
  },
  {
    id: 'preset/value',
    about,
    check: (preset, stack) =>
      choices(preset).flatMap(([name, value]) => {
        if (value === undefined) return [];
        // Of several that take turns under one name, one that takes the value is enough.
        const refusals = parametersNamed(stack, name).map((parameter) => refusalOf(parameter, value));
        const [refusal] = refusals;
        return refusal && refusals.every((one) => one !== undefined)
          ? `parameters.${name} must ${refusal.must}, got ${shown(value)}`
          : [];
      }),
  },
];
