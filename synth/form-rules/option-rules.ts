import { isPresent, literalText, shown, type Block } from './block';
import { typeFault } from './form-types';
import { parameterType, refusalOf } from './parameter-facts';
import type { Rule } from './rule';

const about = 'data coder_parameter';

/** The form reads every option anew at each change: a thousand cost it more than five seconds. */
const MOST_OPTIONS = 500;

/** Texts that more than one option has. */
function repeated(parameter: Block, argument: 'name' | 'value'): string[] {
  const texts = parameter.nested('option').flatMap(({ body }) => literalText(body[argument]) ?? []);
  return [...new Set(texts.filter((text, i) => texts.indexOf(text) !== i))];
}

/** What a person can choose from: the `option` blocks of a parameter. */
export const OPTION_RULES: readonly Rule[] = [
  {
    id: 'option/complete',
    about,
    check: (parameter) =>
      parameter
        .nested('option')
        .flatMap(({ body }, i) =>
          (['name', 'value'] as const)
            .filter((argument) => !isPresent(body[argument]))
            .map((argument) => `option ${i + 1} must have a ${argument}, got none`),
        ),
  },
  {
    id: 'option/name-unique',
    about,
    check: (parameter) =>
      repeated(parameter, 'name').map(
        (name) =>
          `option.name must be unique, got ${shown(name)} more than once: nobody could tell them apart`,
      ),
  },
  {
    id: 'option/value-unique',
    about,
    check: (parameter) =>
      repeated(parameter, 'value').map(
        (value) => `option.value must be unique, got ${shown(value)} more than once: drop one of them`,
      ),
  },
  {
    id: 'option/value-of-type',
    about,
    check: (parameter) => {
      const own = parameterType(parameter);
      if (own === undefined) return undefined;
      // Each option of a multi-select is one text of the list.
      const type = parameter.text('form_type') === 'multi-select' ? 'string' : own;
      return parameter.nested('option').flatMap(({ body, label }) => {
        const value = isPresent(body.value) && typeof body.value !== 'string' ? body.value : undefined;
        if (value !== undefined) return `${label}: value must be a quoted string, got ${shown(value)}`;
        const text = literalText(body.value);
        const must = text === undefined ? undefined : typeFault(type, text);
        return must
          ? `${label}: value must be ${must}, as the parameter is a ${type}, got ${shown(text)}`
          : [];
      });
    },
  },
  {
    id: 'option/default-among',
    about,
    check: (parameter) => {
      const value = parameter.text('default');
      const refusal = value === undefined ? undefined : refusalOf(parameter, value);
      return refusal?.kind === 'option'
        ? `default must ${refusal.must}, got ${shown(value)}: the plan refuses it`
        : undefined;
    },
  },
  {
    id: 'option/count',
    about,
    check: (parameter) => {
      const count = parameter.nested('option').length;
      return count > MOST_OPTIONS
        ? `option must be given at most ${MOST_OPTIONS} times, got ${count}: ` +
            'the form takes seconds for each change, use a dynamic "option" block over a local'
        : undefined;
    },
  },
];
