/** What kinds of values there are, as shapes tell them apart. */
import { shown } from '../../synth/shown';
import { SHAPES, type Members, type Shape } from './shape';

/** For what is of no use. */
export const UNUSABLE = Symbol('unusable');

export type PlainShape = Exclude<Extract<Shape, string>, 'json'>;

/** What is taken in the place of something wrong is never shown: it only lets the rules go on. */
export const PLAIN: Readonly<
  Record<
    PlainShape,
    { readonly is: (value: unknown) => boolean; readonly words: string; readonly standIn: unknown }
  >
> = {
  text: { is: (value) => typeof value === 'string', words: 'text', standIn: UNUSABLE },
  number: { is: (value) => Number.isFinite(value), words: 'a number', standIn: 1 },
  boolean: { is: (value) => typeof value === 'boolean', words: 'true or false', standIn: false },
  function: { is: (value) => typeof value === 'function', words: 'a method', standIn: UNUSABLE },
  bytes: { is: (value) => value instanceof Uint8Array, words: 'bytes', standIn: UNUSABLE },
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // One of another realm, as a test runner has them, is no other.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A list or a date has members as well, but nobody means them. */
export const isOfLibrary = (value: object): boolean =>
  [Map, Set, Date, RegExp, Promise, Error, Uint8Array].some((known) => value instanceof known);

export const isOfKind = (value: unknown, shape: Shape): boolean => {
  if (typeof shape === 'string') return shape === 'json' || PLAIN[shape].is(value);
  if ('oneOf' in shape) return shape.oneOf.includes(value as string);
  if ('list' in shape || 'tuple' in shape) return Array.isArray(value);
  return isObject(value);
};

export const membersOf = (shape: Shape): Members => {
  if (typeof shape === 'string') return {};
  if ('members' in shape) return shape.members;
  return 'type' in shape ? (SHAPES.types[shape.type]?.members ?? {}) : {};
};

export const pathOf = (at: string, name: string): string => {
  const part = /^[A-Za-z_$][\w$]{0,99}$/.test(name) ? name : undefined;
  if (part === undefined) return `${at}[${shown(name)}]`;
  return at === '' ? part : `${at}.${part}`;
};
