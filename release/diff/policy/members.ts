import { isObject, type Json } from '../../../synth/hcl/expressions';

/** Members of an object by name. */
export type Members = ReadonlyMap<string, Json>;

/** Of what is no object: none. */
export const membersOf = (value: Json | undefined): Members =>
  new Map(isObject(value) ? Object.entries(value) : []);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** Entries of a list, of what is none: nothing. */
export const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

export const isText = (value: Json | undefined): value is string => typeof value === 'string';

export const isNumber = (value: Json | undefined): value is number => typeof value === 'number';

/** The texts of a list. */
export const textsOf = (value: Json | undefined): string[] => listOf(value).filter(isText);

export const isSame = (one: Json | undefined, other: Json | undefined): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/** Names in either, each once: those of the older version first. */
export const namesIn = (
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string[] => [...new Set([...before.keys(), ...after.keys()])];
