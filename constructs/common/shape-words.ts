/** What a message says of a shape, and to somebody who wrote something else. */
import { didYouMean } from '../../gateway/config/did-you-mean';
import { shown } from '../../synth/shown';
import { SHAPES, type Members, type Shape, type ValueShape } from './shape';
import { isOfKind, isPlain, membersOf, PLAIN } from './shape-kinds';

/** UTF-16 units of a misspelt name that are compared with known ones. */
const LONGEST_NAME = 64;

/** The known name that was meant. */
export function meantBy(typed: string, known: readonly string[]): string | undefined {
  const meant = didYouMean(typed.slice(0, LONGEST_NAME), known);
  // Of so few letters two that differ make another word: "min" is no slip for "max".
  if (meant === undefined || typed.length > 3) return meant;
  return isWithin(typed, meant) || isWithin(meant, typed) ? meant : undefined;
}

/** Whether all letters are in a word, in their order. */
function isWithin(letters: string, word: string): boolean {
  let at = 0;
  for (const letter of word.toLowerCase()) if (letter === letters[at]?.toLowerCase()) at += 1;
  return at === letters.length;
}

const quoted = (values: readonly unknown[]): string =>
  values.map((value) => JSON.stringify(value)).join(', ');

export const lowerFirst = (text: string): string =>
  /^[A-Z][a-z]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;

/** What a value must be, in words. */
export function article(shape: Shape): string {
  if (typeof shape === 'string') return shape === 'json' ? 'anything JSON has' : PLAIN[shape].words;
  if ('oneOf' in shape)
    return shape.oneOf.length === 1 ? quoted(shape.oneOf) : `one of ${quoted(shape.oneOf)}`;
  if ('list' in shape) return `a list${ofWhat(shape.list)}`;
  if ('tuple' in shape) return `a list of ${shape.tuple.length}`;
  if ('byName' in shape) return `an object with ${article(shape.byName)} by name`;
  if ('map' in shape) return 'a Map';
  if ('either' in shape) return shape.either.map(article).join(' or ');
  if ('value' in shape) return withArticle(shape.value);
  if ('construct' in shape) return withArticle(shape.construct);
  return `an object${withMembers(membersOf(shape))}`;
}

const withArticle = (name: string): string => `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;

function ofWhat(shape: Shape): string {
  if (shape === 'text') return ' of text';
  if (typeof shape === 'object' && 'value' in shape) return ` of ${shape.value}`;
  return '';
}

function withMembers(members: Members): string {
  const names = Object.entries(members)
    .filter(([, { optional }]) => !optional)
    .map(([name]) => `"${name}"`);
  return names.length === 0
    ? ''
    : ` with ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' and more' : ''}`;
}

export const mustBe = (shape: Shape, value: unknown): string => {
  const advice = adviceOn(shape, value);
  return `must be ${article(shape)}, got ${shown(value)}${advice === undefined ? '' : `: ${advice}`}`;
};

export function mustBeOneOf(value: unknown, allowed: readonly (string | number | boolean)[]): string {
  const meant = typeof value === 'string' ? meantBy(value, allowed.map(String)) : undefined;
  return `must be ${article({ oneOf: allowed })}, got ${shown(value)}${meant === undefined ? '' : `: did you mean "${meant}"?`}`;
}

/** What somebody who wrote this value would write instead. */
function adviceOn(shape: Shape, value: unknown): string | undefined {
  if (typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value).slice(0, 6))) {
    if (typeof shape === 'object' && 'value' in shape) return `use ${factoriesOf(shape.value)}`;
    return 'make an object of it by "new"';
  }
  if (
    shape === 'number' &&
    typeof value === 'string' &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
  )
    return 'write it without quotes';
  if (shape === 'boolean' && (value === 'true' || value === 'false')) return 'write it without quotes';
  if (shape === 'text' && typeof value === 'number') return 'put it in quotes';
  if (typeof shape !== 'object') return undefined;
  if ('list' in shape) {
    if (value instanceof Set) return 'write [...set]';
    return isOfKind(value, shape.list) ? 'put it in [ ]' : undefined;
  }
  if ('either' in shape) return shape.either.flatMap((one) => adviceOn(one, value) ?? [])[0];
  if ('value' in shape) return adviceOnValue(shape.value, value);
  if ('map' in shape && isPlain(value)) return 'write new Map(Object.entries(…))';
  return undefined;
}

function adviceOnValue(of: string, value: unknown): string {
  if (typeof value === 'string') {
    const constant = (SHAPES.values[of]?.constants ?? []).find(
      (name) => name.toLowerCase().replace('_', '-') === value.toLowerCase().replace('_', '-'),
    );
    if (constant !== undefined) return `write ${of}.${constant}`;
    const factory = Object.entries(SHAPES.values[of]?.factories ?? {}).find(
      ([, [first, ...more]]) =>
        first !== undefined && more.every(({ optional }) => optional) && takesText(first.shape),
    );
    if (factory !== undefined) {
      const [name, [first]] = factory;
      return `write ${of}.${name}(${first?.shape === 'text' ? shown(value) : `[${shown(value)}]`})`;
    }
  }
  return `use ${factoriesOf(of)}`;
}

const takesText = (shape: Shape): boolean =>
  shape === 'text' || (typeof shape === 'object' && 'list' in shape && shape.list === 'text');

function factoriesOf(of: string): string {
  const { factories, constants }: ValueShape = SHAPES.values[of] ?? { factories: {}, constants: [] };
  const ways = [
    ...constants.slice(0, 8).map((name) => `${of}.${name}`),
    ...Object.keys(factories).map((name) => `${of}.${name}(…)`),
  ];
  return ways.length === 1 ? String(ways[0]) : `one of ${ways.join(', ')}`;
}
