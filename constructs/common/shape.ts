/**
 * What props look like, as data: types are gone when a program runs, so their shapes are written down beforehand.
 *
 * prop-shapes.json is made from the interfaces by `npm run shapes`.
 */
import table from './prop-shapes.json';

/** A type, as far as a value can be held against it. */
export type Shape =
  /** `json`: anything that can be written as JSON. */
  | 'text'
  | 'number'
  | 'boolean'
  | 'function'
  | 'json'
  | 'bytes'
  | { readonly oneOf: readonly (string | number | boolean)[] }
  | { readonly list: Shape }
  /** An object whose names are the user's. */
  | { readonly byName: Shape }
  | { readonly map: Shape }
  | { readonly tuple: readonly Shape[] }
  | { readonly either: readonly Shape[] }
  | { readonly members: Members }
  /** Name of an entry of `types`. */
  | { readonly type: string }
  /** Name of an entry of `values`: a class whose objects its own factories make. */
  | { readonly value: string }
  /** A construct; which one the compiler alone knows. */
  | { readonly construct: string };

export interface Member {
  readonly shape: Shape;
  /** @default false */
  readonly optional?: boolean;
  /** What its docstring says first. @default - nothing */
  readonly doc?: string;
  /** What holds without it. @default - nothing is said */
  readonly default?: string;
}

export type Members = Readonly<Record<string, Member>>;

export interface TypeShape {
  readonly members: Members;
  /** Whether it is meant to be implemented by classes, which may have more than that. @default false */
  readonly open?: boolean;
}

export interface Parameter extends Member {
  readonly name: string;
}

export interface ValueShape {
  /** Parameters by factory. */
  readonly factories: Readonly<Record<string, readonly Parameter[]>>;
  /** Objects of the class that are there already. */
  readonly constants: readonly string[];
}

export interface ShapeTable {
  readonly types: Readonly<Record<string, TypeShape>>;
  readonly values: Readonly<Record<string, ValueShape>>;
}

export const SHAPES = table as unknown as ShapeTable;
