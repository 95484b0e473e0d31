import type { Json } from '../hcl/expressions';
import { isExpression, isPresent, literalText, shown, type Block, type NestedBody } from './block';
import { parameterType, refusalOf } from './parameter-facts';
import { re2Fault } from './re2';
import type { Rule } from './rule';

const about = 'data coder_parameter';

const BOUNDS = ['min', 'max'] as const;

/** Runs a check over each validation of a parameter. */
const each =
  (
    check: (validation: NestedBody, parameter: Block) => string | readonly string[] | undefined,
  ): Rule['check'] =>
  (parameter) =>
    parameter.nested('validation').flatMap((validation) => check(validation, parameter) ?? []);

const writtenBounds = (validation: NestedBody): [name: string, value: Json][] =>
  BOUNDS.flatMap((name): [string, Json][] => {
    const value = validation.body[name];
    return isPresent(value) ? [[name, value]] : [];
  });

const defaultRefused = (kinds: readonly string[]): Rule['check'] => {
  return (parameter) => {
    const value = parameter.text('default');
    const refusal = value === undefined ? undefined : refusalOf(parameter, value);
    return refusal && kinds.includes(refusal.kind)
      ? `default must ${refusal.must}, got ${shown(value)}: the form and the plan refuse the parameter`
      : undefined;
  };
};

/** What a parameter accepts: its `validation` block. */
export const VALIDATION_RULES: readonly Rule[] = [
  {
    id: 'validation/one',
    about,
    check: (parameter) => {
      const count = parameter.nested('validation').length;
      return count > 1
        ? `validation must be given at most once, got ${count}: join them into one`
        : undefined;
    },
  },
  {
    id: 'validation/error',
    about,
    check: each(({ body }) =>
      !isPresent(body.error) || literalText(body.error)?.trim() === ''
        ? `validation.error must say what is allowed, got ${shown(body.error)}: ` +
          'without it the plan accepts the template and the form fails'
        : undefined,
    ),
  },
  {
    id: 'validation/error-percent',
    about,
    check: each(({ body }) => {
      const text = literalText(body.error);
      return text?.replaceAll('%%', '').includes('%')
        ? `validation.error must hold no bare "%", got ${shown(text)}: it is read as a format, write "%%"`
        : undefined;
    }),
  },
  {
    id: 'validation/kind',
    about,
    check: each(({ body }, parameter) => {
      const type = parameterType(parameter);
      if (type === undefined) return undefined;
      const wrong = [
        ...(type === 'number' ? [] : ['min', 'max', 'monotonic']),
        ...(type === 'string' ? [] : ['regex']),
      ].filter((name) => isPresent(body[name]));
      return wrong.map(
        (name) =>
          `validation.${name} must not be given for a ${type}, got ${shown(body[name])}: ` +
          `it is for ${name === 'regex' ? 'strings' : 'numbers'} only`,
      );
    }),
  },
  {
    id: 'validation/regex-re2',
    about,
    check: each(({ body }) => {
      const regex = literalText(body.regex);
      const fault = regex === undefined ? undefined : re2Fault(regex);
      return fault && `validation.regex must be an RE2 expression, got ${shown(regex)}: it has ${fault}`;
    }),
  },
  {
    id: 'validation/bare-bounds',
    about,
    check: each((validation) =>
      writtenBounds(validation)
        .filter(([, value]) => typeof value !== 'number' && !isExpression(value))
        .map(
          ([name, value]) =>
            `validation.${name} must be a bare number, got ${shown(value)}: the form loses a quoted one`,
        ),
    ),
  },
  {
    id: 'validation/whole-bounds',
    about,
    check: each((validation) =>
      writtenBounds(validation)
        .filter(([, value]) => typeof value === 'number' && !Number.isInteger(value))
        .map(([name, value]) => `validation.${name} must be a whole number, got ${shown(value)}`),
    ),
  },
  {
    id: 'validation/bounds-order',
    about,
    check: each(({ body }) =>
      typeof body.min === 'number' && typeof body.max === 'number' && body.min > body.max
        ? `validation.min must not be above max, got ${body.min} and ${body.max}: no value would do`
        : undefined,
    ),
  },
  { id: 'validation/default-in-range', about, check: defaultRefused(['range', 'whole']) },
  { id: 'validation/default-matches', about, check: defaultRefused(['regex']) },
];
