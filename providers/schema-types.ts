/** The part of Terraform's `providers schema -json` format that this repository reads and writes. */

/** A type in Terraform's JSON notation: `"string"`, `["list", "string"]`, `["object", {"a": "bool"}]`. */
export type CtyType =
  'string' | 'number' | 'bool' | ['list' | 'set' | 'map', CtyType] | ['object', { [name: string]: CtyType }];

export interface SchemaAttribute {
  type: CtyType;
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  deprecated?: boolean;
}

export type NestingMode = 'single' | 'list' | 'set' | 'map' | 'group';

export interface SchemaNestedBlock {
  nesting_mode: NestingMode;
  block: SchemaBlock;
  min_items?: number;
  max_items?: number;
}

export interface SchemaBlock {
  attributes?: Record<string, SchemaAttribute>;
  block_types?: Record<string, SchemaNestedBlock>;
  deprecated?: boolean;
}

export interface TypeSchema {
  version: number;
  block: SchemaBlock;
}

export interface ProviderSchema {
  provider: TypeSchema;
  resource_schemas: Record<string, TypeSchema>;
  data_source_schemas: Record<string, TypeSchema>;
}

export interface SchemaFile {
  format_version: string;
  provider_schemas: Record<string, ProviderSchema>;
  provider_versions: Record<string, string>;
}
