import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { META_SHAPE, mergeShapes, type BlockShape, type NestedBlock } from './hcl/block-shape';

/** A Terraform type as provider schemas write it: `"string"`, `["list", "string"]`, `["object", {…}]`. */
export type SchemaType = string | readonly [string, SchemaType | Readonly<Record<string, SchemaType>>];

/** One attribute of a provider schema. */
export interface SchemaAttribute {
  readonly type?: SchemaType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
}

/** The body of a resource, data source, provider or nested block. */
export interface SchemaBlock {
  readonly attributes?: Readonly<Record<string, SchemaAttribute>>;
  readonly block_types?: Readonly<Record<string, SchemaBlockType>>;
}

/** A nested block type. */
export interface SchemaBlockType {
  readonly nesting_mode: 'single' | 'group' | 'list' | 'set' | 'map';
  readonly block: SchemaBlock;
  readonly min_items?: number;
  readonly max_items?: number;
}

interface ProviderSchema {
  readonly provider?: { readonly block?: SchemaBlock };
  readonly resource_schemas?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
  readonly data_source_schemas?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}

/** What `terraform providers schema -json` prints. */
export interface SchemaDocument {
  readonly provider_schemas?: Readonly<Record<string, ProviderSchema>>;
}

/** The kinds of block whose body a provider defines. */
export type SchemaKind = 'resource' | 'data' | 'provider';

const PROVIDERS_FOLDER = join(__dirname, '..', 'providers');

/** Terraform's builtin provider prints no block for itself and is in no schema file of ours. */
const BUILTIN: SchemaDocument = {
  provider_schemas: {
    'terraform.io/builtin/terraform': {
      resource_schemas: {
        terraform_data: {
          block: {
            attributes: {
              id: { type: 'string', computed: true },
              input: { type: 'dynamic', optional: true },
              output: { type: 'dynamic', computed: true },
              triggers_replace: { type: 'dynamic', optional: true },
            },
          },
        },
      },
    },
  },
};

/**
 * Knows which part of a body is a nested block and which an attribute. Terraform's JSON syntax writes both the same way,
 * HCL does not, and Coder's form sees nothing but real blocks.
 */
export class ProviderSchemas {
  private static installed: ProviderSchemas | undefined;

  /** The schemas this repository holds: `providers/<name>/schema.json`. Read once. */
  public static fromProvidersFolder(): ProviderSchemas {
    this.installed ??= ProviderSchemas.fromFiles(
      readdirSync(PROVIDERS_FOLDER)
        .sort()
        .map((name) => join(PROVIDERS_FOLDER, name, 'schema.json'))
        .filter((file) => existsSync(file)),
    );
    return this.installed;
  }

  /** Reads files with the output of `terraform providers schema -json`. */
  public static fromFiles(files: readonly string[]): ProviderSchemas {
    return new ProviderSchemas(files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as SchemaDocument));
  }

  private readonly blocks = new Map<string, SchemaBlock>();
  private readonly shapes = new Map<string, BlockShape>();

  public constructor(documents: readonly SchemaDocument[]) {
    for (const document of [BUILTIN, ...documents]) {
      for (const [source, schema] of Object.entries(document.provider_schemas ?? {})) {
        const name = source.split('/').at(-1) as string;
        this.add('provider', { [name]: { block: schema.provider?.block ?? {} } });
        this.add('resource', schema.resource_schemas ?? {});
        this.add('data', schema.data_source_schemas ?? {});
      }
    }
  }

  private add(kind: SchemaKind, schemas: Readonly<Record<string, { readonly block: SchemaBlock }>>): void {
    for (const [type, { block }] of Object.entries(schemas)) this.blocks.set(`${kind} ${type}`, block);
  }

  /**
   * The schema of a resource, data source or provider.
   * @throws Error when no schema file names the type
   */
  public block(kind: SchemaKind, type: string): SchemaBlock {
    const block = this.blocks.get(`${kind} ${type}`);
    if (block === undefined) {
      throw new Error(
        `no schema for ${kind} "${type}": the HCL writer must know its blocks from its attributes; ` +
          'add the schema of its provider as providers/<name>/schema.json',
      );
    }
    return block;
  }

  /** The schema, or nothing when no schema file names the type. */
  public tryBlock(kind: SchemaKind, type: string): SchemaBlock | undefined {
    return this.blocks.get(`${kind} ${type}`);
  }

  /**
   * What may stand in the body of a resource, data source or provider, Terraform's own additions included.
   * @throws Error when no schema file names the type
   */
  public shape(kind: SchemaKind, type: string): BlockShape {
    const key = `${kind} ${type}`;
    let shape = this.shapes.get(key);
    if (shape === undefined) {
      const own = shapeOf(this.block(kind, type));
      shape =
        kind === 'provider'
          ? mergeShapes(own, { attributes: { alias: 'literal', version: 'literal' }, blocks: {} })
          : mergeShapes(own, META_SHAPE);
      this.shapes.set(key, shape);
    }
    return shape;
  }
}

function shapeOf(block: SchemaBlock): BlockShape {
  const attributes = Object.keys(block.attributes ?? {}).map((name) => [name, 'expression'] as const);
  const blocks = Object.entries(block.block_types ?? {}).map(([name, nested]): [string, NestedBlock] => [
    name,
    { labels: nested.nesting_mode === 'map' ? 1 : 0, shape: shapeOf(nested.block) },
  ]);
  return { attributes: Object.fromEntries(attributes), blocks: Object.fromEntries(blocks) };
}
