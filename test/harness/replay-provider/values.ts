/**
 * Terraform values as this program holds them, and their wire form.
 *
 * A string, number, bool is itself; a list or set is an array; a map, object or block is a plain object; null is
 * null; a value that is only known after apply is UNKNOWN.
 */
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import type { CtyType, SchemaBlock } from '../../../providers/schema-types';

/** The one value that stands for "known after apply". */
export class Unknown {
  public static readonly VALUE = new Unknown();
  /** Keeps the class apart from every other object for the compiler. */
  private readonly kind = 'unknown';
  private constructor() {}
  public toJSON(): string {
    return `<${this.kind}>`;
  }
}
export const UNKNOWN = Unknown.VALUE;

export type CtyObject = { [name: string]: CtyValue };
export type CtyValue = null | string | number | boolean | Unknown | CtyValue[] | CtyObject;

/** msgpack extension types of an unknown value: plain, and with refinements (which we do not need). */
const UNKNOWN_PLAIN = 0;
const UNKNOWN_REFINED = 12;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: UNKNOWN_PLAIN,
  encode: (value: unknown) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
extensionCodec.register({ type: UNKNOWN_REFINED, encode: () => null, decode: () => UNKNOWN });

/** A DynamicValue message: a value in one of two encodings. */
export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

export function isObject(value: CtyValue | undefined): value is CtyObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

/** A value as text: a string as it is, a number or bool as written, anything else as the fallback. */
export function textOf(value: CtyValue | undefined, fallback = ''): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : fallback;
}

/** The nested blocks of a list or set; none when it is unknown or absent. */
export function blocksOf(value: CtyValue | undefined): CtyObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** True when a value, or a part of it, is not known yet. */
export function hasUnknown(value: CtyValue | undefined): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** The value of a DynamicValue message; an absent one is null. */
export function decodeValue(value: DynamicValue | null | undefined): CtyValue {
  if (value?.msgpack !== undefined && value.msgpack.length > 0) {
    return decode(value.msgpack, { extensionCodec }) as CtyValue;
  }
  if (value?.json !== undefined && value.json.length > 0) {
    return JSON.parse(Buffer.from(value.json).toString('utf8')) as CtyValue;
  }
  return null;
}

/** Brings a value into the exact shape of a type: every object has every attribute, numbers in text become numbers. */
function conform(value: CtyValue | undefined, type: CtyType): CtyValue {
  if (value === undefined || value === null || value instanceof Unknown) return value ?? null;
  if (type === 'number') return typeof value === 'string' ? Number(value) : value;
  if (typeof type === 'string') return value;
  const [kind, element] = type;
  if (kind === 'object') {
    const source = isObject(value) ? value : {};
    return Object.fromEntries(
      Object.entries(element).map(([name, inner]) => [name, conform(source[name], inner)]),
    );
  }
  if (kind === 'map') {
    const source = isObject(value) ? value : {};
    return Object.fromEntries(Object.entries(source).map(([name, inner]) => [name, conform(inner, element)]));
  }
  return Array.isArray(value) ? value.map((inner) => conform(inner, element)) : value;
}

/** Wire form of a value of the given type. Attributes that are missing become null. */
export function encodeValue(value: CtyValue, type: CtyType): DynamicValue {
  return { msgpack: encode(conform(value, type), { extensionCodec }) };
}

/** Blocks that nothing wrote are an empty list to Terraform, never null. */
function withEmptyBlocks(value: CtyValue, block: SchemaBlock): CtyValue {
  if (!isObject(value)) return value;
  const nested = Object.entries(block.block_types ?? {}).map(([name, inner]): [string, CtyValue] => {
    const found = value[name] ?? null;
    if (inner.nesting_mode === 'single' || inner.nesting_mode === 'group') return [name, found];
    if (found === null) return [name, []];
    return [
      name,
      Array.isArray(found) ? found.map((element) => withEmptyBlocks(element, inner.block)) : found,
    ];
  });
  return { ...value, ...Object.fromEntries(nested) };
}

/** Wire form of the value of a whole block. */
export function encodeBlockValue(value: CtyValue, block: SchemaBlock): DynamicValue {
  return encodeValue(withEmptyBlocks(value, block), blockType(block));
}

/** The object type of a block: what Terraform makes of its attributes and nested blocks. */
export function blockType(block: SchemaBlock): CtyType {
  const attributes = Object.entries(block.attributes ?? {}).map(([name, { type }]): [string, CtyType] => [
    name,
    type,
  ]);
  const blocks = Object.entries(block.block_types ?? {}).map(([name, nested]): [string, CtyType] => {
    const inner = blockType(nested.block);
    const mode = nested.nesting_mode;
    return [name, mode === 'single' || mode === 'group' ? inner : [mode, inner]];
  });
  return ['object', Object.fromEntries([...attributes, ...blocks])];
}

/** Compares two values; sets and object keys compare in any order when `unordered` says so. */
export function equal(a: CtyValue | undefined, b: CtyValue | undefined, unordered = false): boolean {
  return canonical(a, unordered) === canonical(b, unordered);
}

/** A text that is the same for equal values. An unknown value is equal to nothing, so it gets a text of its own. */
export function canonical(value: CtyValue | undefined, unordered = false): string {
  if (value instanceof Unknown) return '<unknown>';
  if (Array.isArray(value)) {
    const parts = value.map((inner) => canonical(inner, unordered));
    return `[${(unordered ? parts.sort() : parts).join(',')}]`;
  }
  if (isObject(value)) {
    const parts = Object.entries(value).map(
      ([name, inner]) => `${JSON.stringify(name)}:${canonical(inner, unordered)}`,
    );
    return `{${parts.sort().join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}
