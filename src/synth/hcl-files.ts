import { TerraformElement } from 'cdktf';
import type { TerraformStack } from 'cdktf';
import { ConstructOrder, type IConstruct } from 'constructs';
import { FIXED_SHAPES } from './block-shape';
import { writeBlock, type HclBlock } from './hcl-blocks';
import { isObject, type Json, type JsonObject } from './hcl-expressions';
import { formatHcl } from './hcl-format';
import { compareFiles, FILE_TITLES, fileOf } from './hcl-layout';
import { ProviderSchemas } from './provider-schemas';

/** A block of the configuration, and the construct it came from. */
interface Placed {
  readonly kind: string;
  readonly type: string;
  readonly name: string;
  readonly body: Json;
  readonly element?: IConstruct;
}

const asObject = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** All blocks of a configuration in JSON syntax, in its own order. */
function blocksOf(configuration: JsonObject): Placed[] {
  const found: Placed[] = [];
  for (const [kind, content] of Object.entries(configuration)) {
    if (kind === '//') continue;
    if (kind === 'resource' || kind === 'data') {
      for (const [type, byName] of Object.entries(asObject(content))) {
        for (const [name, body] of Object.entries(asObject(byName))) found.push({ kind, type, name, body });
      }
    } else if (kind === 'terraform' || kind === 'moved' || kind === 'import') {
      for (const body of Array.isArray(content) ? (content as Json[]) : [content]) {
        found.push({ kind, type: kind, name: '', body });
      }
    } else {
      for (const [name, body] of Object.entries(asObject(content))) {
        for (const one of kind === 'provider' && Array.isArray(body) ? (body as Json[]) : [body]) {
          found.push({ kind, type: kind, name, body: one });
        }
      }
    }
  }
  return found;
}

const keyOf = ({ kind, type, name }: Placed): string => `${kind} ${type} ${name}`;

/** Which construct made which block, in the order of the construct tree. */
function origins(stack: TerraformStack): Map<string, IConstruct> {
  const map = new Map<string, IConstruct>();
  for (const node of stack.node.findAll(ConstructOrder.PREORDER)) {
    if (node === stack || !TerraformElement.isTerraformElement(node)) continue;
    for (const block of blocksOf(node.toTerraform() as JsonObject)) {
      if (!map.has(keyOf(block))) map.set(keyOf(block), node);
    }
  }
  return map;
}

/** Blocks in the order they are written: construct tree first, what no construct made before it. */
function inTreeOrder(stack: TerraformStack, configuration: JsonObject): Placed[] {
  const made = origins(stack);
  const order = [...made.keys()];
  return blocksOf(configuration)
    .map((block) => ({ ...block, element: made.get(keyOf(block)) }))
    .map((block, position) => ({ block, position, rank: order.indexOf(keyOf(block)) }))
    .sort((a, b) => a.rank - b.rank || a.position - b.position)
    .map(({ block }) => block);
}

function toHclBlock({ kind, type, name, body }: Placed): HclBlock {
  const content = asObject(body);
  if (kind === 'resource' || kind === 'data') {
    const shape = ProviderSchemas.fromProvidersFolder().shape(kind, type);
    return { type: kind, labels: [type, name], body: content, shape };
  }
  if (kind === 'provider') {
    const shape = ProviderSchemas.fromProvidersFolder().shape('provider', name);
    return { type: kind, labels: [name], body: content, shape };
  }
  const shape = FIXED_SHAPES[kind as keyof typeof FIXED_SHAPES];
  if (shape === undefined) {
    throw new Error(`the HCL writer does not know top-level "${kind}" blocks`);
  }
  return { type: kind, labels: name === '' ? [] : [name], body: content, shape, orderedAs: kind };
}

const commentLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');

/** The text of one file: title, then blocks; neighbouring locals share one block. */
function writeFile(file: string, blocks: readonly Placed[]): string {
  const parts: string[] = [];
  const title = FILE_TITLES[file];
  if (title) parts.push(commentLines(title));
  const announced = new Set<IConstruct>();
  let locals: Record<string, Json> = {};
  const flush = (): void => {
    if (Object.keys(locals).length > 0) {
      parts.push(writeBlock({ type: 'locals', labels: [], body: locals, shape: FIXED_SHAPES.locals }));
      locals = {};
    }
  };
  for (const block of blocks) {
    const { decidedBy, comment } = fileOf(block.element, block.kind, block.type);
    const header = comment && decidedBy && !announced.has(decidedBy) ? `${commentLines(comment)}\n` : '';
    if (decidedBy) announced.add(decidedBy);
    if (block.kind === 'locals' && header === '') {
      locals[block.name] = block.body;
      continue;
    }
    flush();
    const written =
      block.kind === 'locals'
        ? { type: 'locals', labels: [], body: { [block.name]: block.body }, shape: FIXED_SHAPES.locals }
        : toHclBlock(block);
    parts.push(`${header}${writeBlock(written)}`);
  }
  flush();
  return formatHcl(`${parts.join('\n\n')}\n`);
}

/**
 * Writes a configuration in native HCL, as files by theme.
 *
 * @param configuration resolved, in Terraform's JSON syntax, as `toTerraform()` returns it
 * @returns text by file name, in the order people read them
 */
export function writeHclFiles(stack: TerraformStack, configuration: JsonObject): Map<string, string> {
  const byFile = new Map<string, Placed[]>();
  for (const block of inTreeOrder(stack, configuration)) {
    const { file } = fileOf(block.element, block.kind, block.type);
    byFile.set(file, [...(byFile.get(file) ?? []), block]);
  }
  return new Map(
    [...byFile.keys()]
      .sort(compareFiles)
      .map((file) => [`${file}.tf`, writeFile(file, byFile.get(file) ?? [])]),
  );
}
