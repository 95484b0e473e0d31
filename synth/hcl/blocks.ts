import { FIRST_ATTRIBUTES, LAST_ATTRIBUTES, orderedAttributes, orderedBlocks } from './block-order';
import type { AttributeKind, BlockShape, NestedBlock } from './block-shape';
import { formatExpression } from './format';
import { lexExpression } from './lexer';
import { isObject, joinLines, writeReference, writeValue, type Json, type JsonObject } from './expressions';
import { quoteLiteral } from './strings';

/** A block to write: `resource "docker_volume" "home" { … }`. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: JsonObject;
  readonly shape: BlockShape;
  /** Names the block in the table of preferred orders. @default - the first label, or the type */
  readonly orderedAs?: string;
}

/**
 * Writes a block as lines without indent; `formatHcl` does the rest.
 * @throws Error when the body holds what its shape does not know, or a string that is no template
 */
export function writeBlock(block: HclBlock): string {
  const labels = block.labels.map((label) => ` ${quoteLiteral(label)}`).join('');
  const inside = writeBody(block.orderedAs ?? block.labels[0] ?? block.type, block.body, block.shape);
  return inside === '' ? `${block.type}${labels} {}` : `${block.type}${labels} {\n${inside}\n}`;
}

function writeBody(type: string, body: JsonObject, shape: BlockShape): string {
  const known = Object.keys(body).filter((name) => name !== '//');
  const blockNames = known.filter((name) => name === 'dynamic' || Object.hasOwn(shape.blocks, name));
  const attributes = orderedAttributes(
    type,
    known.filter((name) => !blockNames.includes(name)),
  );
  const write = (names: readonly string[]): string[] =>
    names.map((name) => writeAttribute(name, body[name] as Json, attributeKind(shape, name, type)));

  // In a dynamic block for_each is no addition of Terraform's but its content.
  const first = attributes.filter((name) => type !== 'dynamic' && FIRST_ATTRIBUTES.includes(name));
  const last = attributes.filter((name) => LAST_ATTRIBUTES.includes(name));
  const middle = attributes.filter((name) => !first.includes(name) && !last.includes(name));

  return [
    joinAttributes(write(first)),
    type === 'required_providers' ? write(middle).join('\n') : joinAttributes(write(middle)),
    ...orderedBlocks(blockNames).map((name) => writeNested(name, body[name] as Json, shape)),
    joinAttributes(write(last)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A value that spans lines stands between blank lines; the others stay together. */
function joinAttributes(texts: readonly string[]): string {
  return texts
    .map((text, i) => {
      const before = texts[i - 1];
      if (before === undefined) return text;
      return text.includes('\n') || before.includes('\n') ? `\n\n${text}` : `\n${text}`;
    })
    .join('');
}

function attributeKind(shape: BlockShape, name: string, type: string): AttributeKind {
  const kind = Object.hasOwn(shape.attributes, name) ? shape.attributes[name] : shape.others;
  if (kind === undefined) {
    const names = [...Object.keys(shape.attributes), ...Object.keys(shape.blocks)].sort().join(', ');
    throw new Error(`"${type}" has no argument "${name}": its schema knows ${names}`);
  }
  return kind;
}

function writeAttribute(name: string, value: Json, kind: AttributeKind): string {
  return `${name} = ${ATTRIBUTE_WRITERS[kind](value, name.length + 3)}`;
}

const ATTRIBUTE_WRITERS: Readonly<Record<AttributeKind, (value: Json, used: number) => string>> = {
  expression: (value, used) => writeValue(value, 'template', used),
  literal: (value, used) => writeValue(value, 'literal', used),
  keyword: (value) => (typeof value === 'string' ? value : writeValue(value, 'literal')),
  type: (value) => (typeof value === 'string' ? writeType(value) : writeValue(value, 'literal')),
  reference: (value) => (typeof value === 'string' ? writeReference(value) : writeValue(value, 'literal')),
  references: (value, used) => writeReferences(value, used),
  requirement: (value, used) =>
    isObject(value) ? writeRequirement(value) : writeValue(value, 'literal', used),
};

/** Before 0.12 these stood for collections of anything; as bare words terraform fmt writes them out. */
const TYPE_SHORTHANDS: Readonly<Record<string, string>> = {
  list: 'list(any)',
  map: 'map(any)',
  set: 'set(any)',
};

function writeType(type: string): string {
  return TYPE_SHORTHANDS[type] ?? formatExpression(joinLines(lexExpression(type)));
}

/** `{ source, version }` of a required provider, one a line, as everybody writes it. */
function writeRequirement(requirement: JsonObject): string {
  const names = orderedAttributes('requirement', Object.keys(requirement));
  return `{\n${names.map((name) => `${name} = ${writeValue(requirement[name] as Json, 'literal')}`).join('\n')}\n}`;
}

function writeReferences(value: Json, used: number): string {
  // `ignore_changes = all` is a bare word; everything else is a list of names or, for modules, a map of them.
  if (typeof value === 'string') return writeReference(value);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) =>
      typeof item === 'string' ? writeReference(item) : writeValue(item, 'template'),
    );
    const short = `[${items.join(', ')}]`;
    return used + short.length <= 100 ? short : `[\n${items.map((item) => `${item},`).join('\n')}\n]`;
  }
  if (isObject(value)) {
    const entries = Object.entries(value).map(
      ([key, name]) =>
        `${key} = ${typeof name === 'string' ? writeReference(name) : writeValue(name, 'literal')}`,
    );
    return entries.length === 0 ? '{}' : `{\n${entries.join('\n')}\n}`;
  }
  return writeValue(value, 'literal');
}

function writeNested(name: string, value: Json, parent: BlockShape): string {
  if (name === 'dynamic') return writeDynamic(value, parent);
  const nested = parent.blocks[name] as NestedBlock;
  const blocks = nested.labels === 0 ? bodies(value).map((body) => ({ labels: [], body })) : labelled(value);
  return blocks
    .map(({ labels, body }) => writeBlock({ type: name, labels, body, shape: nested.shape, orderedAs: name }))
    .join('\n');
}

/** In JSON a block is an object, or a list of objects; null and an empty list are none. */
function bodies(value: Json): JsonObject[] {
  if (value === null) return [];
  if (isObject(value)) return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(bodies);
  throw new Error(`a block must be an object or a list of objects, got ${JSON.stringify(value)}`);
}

function labelled(value: Json): { labels: string[]; body: JsonObject }[] {
  return bodies(value).flatMap((byLabel) =>
    Object.entries(byLabel).flatMap(([label, inner]) =>
      bodies(inner).map((body) => ({ labels: [label], body })),
    ),
  );
}

function writeDynamic(value: Json, parent: BlockShape): string {
  return labelled(value)
    .map(({ labels, body }) => {
      const nested = parent.blocks[labels[0] as string];
      if (nested === undefined) throw new Error(`dynamic "${labels[0]}" is no block of its parent`);
      const shape: BlockShape = {
        attributes: { for_each: 'expression', iterator: 'reference', labels: 'expression' },
        blocks: { content: { labels: 0, shape: nested.shape } },
      };
      return writeBlock({ type: 'dynamic', labels, body, shape, orderedAs: 'dynamic' });
    })
    .join('\n');
}
