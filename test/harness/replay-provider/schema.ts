/** The committed schema and behaviour files, and the wire form of a schema. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ProviderSchema, SchemaBlock, SchemaFile, TypeSchema } from '../../../providers/schema-types';

/** What a schema cannot say about one attribute or block. */
export interface AttributeRule {
  /** Value that the provider takes when none is written. */
  readonly default?: string | number | boolean;
  /** Environment variable that goes before `default`; an empty one counts as unset. */
  readonly defaultEnv?: string;
  /** A change needs a new object. On a block: a change of the number of blocks. */
  readonly forceNew?: true;
  readonly oneOf?: readonly string[];
  readonly pattern?: string;
  /** The empty string passes `pattern`. */
  readonly emptyAllowed?: true;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Length in bytes of UTF-8. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Name of a check in formats.ts. */
  readonly format?: string;
  /** Dotted paths that must not be written beside this one. */
  readonly conflictsWith?: readonly string[];
  readonly warnUnlessOneOf?: readonly string[];
}

/** Rules of one type by dotted path. */
export type TypeRules = Readonly<Record<string, AttributeRule>>;

export interface ProviderRules {
  readonly provider: TypeRules;
  readonly resources: Readonly<Record<string, TypeRules>>;
  readonly dataSources: Readonly<Record<string, TypeRules>>;
}

const PROVIDERS_DIR = path.join(__dirname, '..', '..', '..', 'providers');

function readJson(name: string, file: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(PROVIDERS_DIR, name, file), 'utf8'));
}

/** Schema of the one provider in `providers/<name>/schema.json`, and its full address. */
export function readSchema(name: string): { address: string; schema: ProviderSchema } {
  const file = readJson(name, 'schema.json') as SchemaFile;
  const entry = Object.entries(file.provider_schemas)[0];
  if (entry === undefined) throw new Error(`providers/${name}/schema.json holds no provider`);
  return { address: entry[0], schema: entry[1] };
}

/** Rules in `providers/<name>/behaviour.json`. */
export function readRules(name: string): ProviderRules {
  return readJson(name, 'behaviour.json') as ProviderRules;
}

function encodeBlock(block: SchemaBlock): object {
  return {
    deprecated: block.deprecated ?? false,
    attributes: Object.entries(block.attributes ?? {}).map(([name, attribute]) => ({
      ...attribute,
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
    })),
    block_types: Object.entries(block.block_types ?? {}).map(([name, nested]) => ({
      type_name: name,
      nesting: nested.nesting_mode.toUpperCase(),
      block: encodeBlock(nested.block),
      min_items: nested.min_items ?? 0,
      max_items: nested.max_items ?? 0,
    })),
  };
}

/** Wire form of one type's schema. */
export function encodeSchema({ version, block }: TypeSchema): object {
  return { version, block: encodeBlock(block) };
}

/** Wire form of all schemas of a provider. */
export function encodeProviderSchema(schema: ProviderSchema): object {
  const encodeAll = (types: Record<string, TypeSchema>): object =>
    Object.fromEntries(Object.entries(types).map(([type, entry]) => [type, encodeSchema(entry)]));
  return {
    provider: encodeSchema(schema.provider),
    resource_schemas: encodeAll(schema.resource_schemas),
    data_source_schemas: encodeAll(schema.data_source_schemas),
  };
}
