/** A schema as lines of text, so that a test can pin it readably. */
import type { CtyType, ProviderSchema, SchemaBlock, TypeSchema } from '../../providers/schema-types';

function typeText(type: CtyType): string {
  if (typeof type === 'string') return type;
  const [kind, element] = type;
  if (kind !== 'object') return `${kind}(${typeText(element)})`;
  const attributes = Object.entries(element)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${name}: ${typeText(inner)}`);
  return `object({${attributes.join(', ')}})`;
}

/** One line per attribute and block, `path: type flags`, sorted; blocks as `path: [nesting min..max]`. */
export function blockLines(block: SchemaBlock, prefix = ''): string[] {
  const attributes = Object.entries(block.attributes ?? {}).map(([name, attribute]) => {
    const flags = (['required', 'optional', 'computed', 'sensitive', 'deprecated'] as const).filter(
      (flag) => attribute[flag],
    );
    return `${prefix}${name}: ${[typeText(attribute.type), ...flags].join(' ')}`;
  });
  const blocks = Object.entries(block.block_types ?? {}).flatMap(([name, nested]) => [
    `${prefix}${name}: [${nested.nesting_mode} ${nested.min_items ?? 0}..${nested.max_items ?? ''}]` +
      (nested.block.deprecated ? ' deprecated' : ''),
    ...blockLines(nested.block, `${prefix}${name}.`),
  ]);
  return [...attributes, ...blocks].sort();
}

function typeLines(kind: string, type: string, { version, block }: TypeSchema): string {
  return [`${kind} ${type} (state version ${version})`, ...blockLines(block).map((line) => `  ${line}`)].join(
    '\n',
  );
}

/** The whole schema as text: provider, resources, data sources. */
export function schemaTable(schema: ProviderSchema): string {
  const all = (kind: string, types: Record<string, TypeSchema>): string[] =>
    Object.keys(types)
      .sort()
      .map((type) => typeLines(kind, type, types[type] as TypeSchema));
  return [
    typeLines('provider', 'config', schema.provider),
    ...all('resource', schema.resource_schemas),
    ...all('data', schema.data_source_schemas),
  ].join('\n');
}
