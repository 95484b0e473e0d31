import type { TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { FIXED_SHAPES, type BlockShape } from './block-shape';
import { writeBlock, type HclBlock } from './blocks';
import { isObject, writeValue, type JsonObject } from './expressions';
import { formatHcl } from './format';
import { compareFiles, defaultFile, FILE_TITLES, placementOf, type ResolvedPlacement } from './layout';
import { ProviderSchemas } from '../provider-schemas';
import { inTreeOrder, type Placed } from '../stack-blocks';

export { inTreeOrder, type Placed } from '../stack-blocks';

/** Columns of a comment line. */
const COMMENT_WIDTH = 100;

interface StackBlock extends Placed {
  readonly file: string;
  readonly placement: ResolvedPlacement;
  readonly path: string;
}

/**
 * Writes a configuration in native HCL, one file per theme, the way `terraform fmt` leaves it.
 *
 * @param configuration resolved, in Terraform's JSON syntax, as `toTerraform()` returns it
 * @param schemas tell nested blocks from attributes
 * @param titles first line of each file, in the order of the files
 * @returns text by file name, in the order people read the files
 * @throws Error that names the construct whose block cannot be written
 */
export function writeHclFiles(
  stack: TerraformStack,
  configuration: JsonObject,
  schemas: ProviderSchemas = ProviderSchemas.fromProvidersFolder(),
  titles: Readonly<Record<string, string>> = FILE_TITLES,
): Map<string, string> {
  const byFile = new Map<string, StackBlock[]>();
  for (const block of inTreeOrder(stack, configuration)) {
    const placement = block.element === undefined ? { groups: [] } : placementOf(block.element);
    const file = placement.file ?? defaultFile(block.kind, block.type);
    const path = (block.element ?? stack).node.path;
    byFile.set(file, [...(byFile.get(file) ?? []), { ...block, file, placement, path }]);
  }
  return new Map(
    [...byFile.keys()]
      .sort(compareFiles(Object.keys(titles)))
      .map((file) => [`${file}.tf`, writeFile(titles[file] ?? '', byFile.get(file) ?? [], schemas)]),
  );
}

function writeFile(title: string, blocks: readonly StackBlock[], schemas: ProviderSchemas): string {
  const parts: string[] = [];
  if (title !== '') parts.push(comment(title));

  const opened = new Set<IConstruct>();
  for (let i = 0; i < blocks.length; i += 1) {
    const block = blocks[i] as StackBlock;
    parts.push(...sectionHeaders(block, opened));
    if (block.kind === 'locals') {
      const run = localsRun(blocks, i, opened);
      parts.push(writeLocals(run));
      i += run.length - 1;
      continue;
    }
    const text = namingTheConstruct(block, () => writeBlock(hclBlock(block, schemas)));
    parts.push(withComment(block.placement.comment, text));
  }
  return `${formatHcl(parts.join('\n\n'))}\n`;
}

/** The comments of groups that have no block in the file so far. */
function sectionHeaders(block: StackBlock, opened: Set<IConstruct>): string[] {
  const fresh = block.placement.groups.filter(({ scope }) => !opened.has(scope));
  fresh.forEach(({ scope }) => opened.add(scope));
  return fresh.map(({ placement }) => comment(placement.comment ?? ''));
}

/** Locals that follow each other share a block, up to the next section. */
function localsRun(
  blocks: readonly StackBlock[],
  from: number,
  opened: ReadonlySet<IConstruct>,
): StackBlock[] {
  const run: StackBlock[] = [];
  for (const block of blocks.slice(from)) {
    const opensSection = block.placement.groups.some(({ scope }) => !opened.has(scope));
    if (block.kind !== 'locals' || opensSection) break;
    run.push(block);
  }
  return run;
}

function writeLocals(locals: readonly StackBlock[]): string {
  const entries = locals.map((local) =>
    namingTheConstruct(local, () => {
      const value = writeValue(local.body, 'template', local.name.length + 5);
      return withComment(local.placement.comment, `${local.name} = ${value}`);
    }),
  );
  const body = entries
    .map((text, i) => {
      const before = entries[i - 1];
      if (before === undefined) return text;
      return text.includes('\n') || before.includes('\n') ? `\n\n${text}` : `\n${text}`;
    })
    .join('');
  return `locals {\n${body}\n}`;
}

function hclBlock({ kind, type, name, body }: Placed, schemas: ProviderSchemas): HclBlock {
  if (!isObject(body)) throw new Error(`"${kind}" must be a block, got ${JSON.stringify(body)}`);
  if (kind === 'resource' || kind === 'data') {
    return { type: kind, labels: [type, name], body, shape: schemas.shape(kind, type) };
  }
  if (kind === 'provider') {
    return { type: kind, labels: [name], body, shape: schemas.shape(kind, name), orderedAs: kind };
  }
  const shape: BlockShape = FIXED_SHAPES[kind as keyof typeof FIXED_SHAPES];
  return { type: kind, labels: name === '' ? [] : [name], body, shape, orderedAs: kind };
}

function namingTheConstruct<T>(block: StackBlock, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`[${block.path}] cannot be written as HCL: ${reason}`, { cause: error });
  }
}

function withComment(text: string | undefined, block: string): string {
  return text === undefined ? block : `${comment(text)}\n${block}`;
}

function comment(text: string): string {
  return text
    .trim()
    .split('\n')
    .flatMap((line) => wrap(line.trim(), COMMENT_WIDTH - 2))
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
}

function wrap(line: string, width: number): string[] {
  const lines = [''];
  for (const word of line.split(/\s+/)) {
    const last = lines.at(-1) as string;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
