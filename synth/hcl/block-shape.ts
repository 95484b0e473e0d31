/**
 * How the value of an attribute is written and read.
 * - expression: an ordinary expression; strings are templates
 * - literal: constant, strings taken as they are (Terraform reads these places without variables or functions)
 * - reference, references: bare names such as `docker_volume.home`; JSON has them as strings
 * - type: a type expression such as `list(string)`
 * - keyword: a bare word such as `destroy`
 * - requirement: source and version of a provider
 */
export type AttributeKind =
  'expression' | 'literal' | 'reference' | 'references' | 'type' | 'keyword' | 'requirement';

/** What may stand in the body of a block. */
export interface BlockShape {
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  readonly blocks: Readonly<Record<string, NestedBlock>>;
  /** The kind of attributes that are not listed. @default - others are an error */
  readonly others?: AttributeKind;
}

/** A nested block and how many labels stand between its type and its brace. */
export interface NestedBlock {
  readonly shape: BlockShape;
  readonly labels: 0 | 1;
}

const condition: NestedBlock = {
  labels: 0,
  shape: { attributes: { condition: 'expression', error_message: 'expression' }, blocks: {} },
};

const open: BlockShape = { attributes: {}, blocks: {}, others: 'expression' };
const connection: NestedBlock = { labels: 0, shape: open };

const lifecycle: NestedBlock = {
  labels: 0,
  shape: {
    attributes: {
      create_before_destroy: 'literal',
      prevent_destroy: 'literal',
      ignore_changes: 'references',
      replace_triggered_by: 'references',
    },
    blocks: { precondition: condition, postcondition: condition },
  },
};

const provisioner: NestedBlock = {
  labels: 1,
  shape: {
    attributes: { when: 'keyword', on_failure: 'keyword' },
    blocks: { connection },
    others: 'expression',
  },
};

/** What Terraform itself adds to the body of every resource and data source. */
export const META_SHAPE: BlockShape = {
  attributes: {
    count: 'expression',
    for_each: 'expression',
    provider: 'reference',
    depends_on: 'references',
  },
  blocks: { lifecycle, connection, provisioner },
};

/** The top-level blocks whose body Terraform defines, not a provider. */
export const FIXED_SHAPES = {
  terraform: {
    attributes: { required_version: 'literal', experiments: 'references' },
    blocks: {
      required_providers: { labels: 0, shape: { attributes: {}, blocks: {}, others: 'requirement' } },
      backend: { labels: 1, shape: { attributes: {}, blocks: {}, others: 'literal' } },
    },
  },
  variable: {
    attributes: {
      type: 'type',
      description: 'literal',
      default: 'literal',
      sensitive: 'literal',
      nullable: 'literal',
      ephemeral: 'literal',
    },
    blocks: { validation: condition },
  },
  locals: open,
  output: {
    attributes: {
      description: 'literal',
      value: 'expression',
      sensitive: 'literal',
      ephemeral: 'literal',
      depends_on: 'references',
    },
    blocks: { precondition: condition },
  },
  module: {
    attributes: {
      source: 'literal',
      version: 'literal',
      count: 'expression',
      for_each: 'expression',
      providers: 'references',
      depends_on: 'references',
    },
    blocks: {},
    others: 'expression',
  },
  moved: { attributes: { from: 'reference', to: 'reference' }, blocks: {} },
  import: {
    attributes: { to: 'reference', id: 'expression', provider: 'reference', for_each: 'expression' },
    blocks: {},
  },
} as const satisfies Record<string, BlockShape>;

/** Joins two shapes; the second one wins. */
export function mergeShapes(first: BlockShape, second: BlockShape): BlockShape {
  return {
    attributes: { ...first.attributes, ...second.attributes },
    blocks: { ...first.blocks, ...second.blocks },
  };
}
