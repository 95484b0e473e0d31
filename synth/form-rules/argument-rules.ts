import type { Json } from '../hcl/expressions';
import { ARGUMENT_FACTS, type ArgumentFact } from './argument-facts';
import { literalText, shown, valuesAt, type Block } from './block';
import type { Rule } from './rule';

const about = [...new Set(ARGUMENT_FACTS.map((fact) => fact.about))];

/** A check of one value; what it says follows the argument's name. */
type Check = (fact: ArgumentFact, value: Json) => string | undefined;

const each =
  (check: Check): Rule['check'] =>
  (block: Block) =>
    ARGUMENT_FACTS.filter((fact) => fact.about === `${block.kind} ${block.type}`).flatMap((fact) =>
      valuesAt(block.body, fact.at).flatMap((value) => {
        const must = check(fact, value);
        return must === undefined
          ? []
          : `${fact.at} must ${must}, got ${shown(value)}: the push would fail, change it`;
      }),
    );

/** A number that synth knows, quoted or not. */
function knownNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  const text = literalText(value);
  return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

function rangeFault({ min, max }: ArgumentFact, value: Json): string | undefined {
  const number = knownNumber(value);
  if (number === undefined || (min === undefined && max === undefined)) return undefined;
  if (!Number.isInteger(number)) return 'be a whole number';
  if (min !== undefined && number < min) return `be ${min} or more`;
  return max !== undefined && number > max ? `be ${max} or less` : undefined;
}

/** Single arguments with a fixed set of values. */
export const ARGUMENT_RULES: readonly Rule[] = [
  {
    id: 'argument/one-of',
    about,
    check: each(({ oneOf }, value) => {
      const text = literalText(value);
      return oneOf === undefined || text === undefined || oneOf.includes(text)
        ? undefined
        : `be one of ${oneOf.map((one) => `"${one}"`).join(', ')}`;
    }),
  },
  { id: 'argument/range', about, check: each(rangeFault) },
  {
    id: 'argument/length',
    about,
    check: each(({ longest }, value) => {
      const text = literalText(value);
      return longest !== undefined && text !== undefined && [...text].length > longest
        ? `have at most ${longest} characters`
        : undefined;
    }),
  },
  {
    id: 'argument/form',
    about,
    check: each(({ form }, value) => {
      const text = literalText(value);
      return form === undefined || text === undefined || form.holds(text) ? undefined : `be ${form.must}`;
    }),
  },
];
