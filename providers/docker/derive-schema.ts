/**
 * Writes schema.json of the docker provider from the installed package @cdktf/provider-docker.
 *
 * The package was generated from the provider's schema and carries its TypeScript sources inside its source maps. The
 * sources name every attribute with its type and its required/optional/computed flags, so the schema can be read back
 * without a registry.
 *
 *   node --import tsx providers/docker/derive-schema.ts            write schema.json
 *   node --import tsx providers/docker/derive-schema.ts --check    exit 1 when the committed file is not current
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { parseBindings, type ParsedType } from './parse-bindings';
import type { SchemaBlock, SchemaFile, TypeSchema } from '../schema-types';

export const SCHEMA_FILE = path.join(__dirname, 'schema.json');
const PROVIDER = 'registry.terraform.io/kreuzwerker/docker';

/** State versions; the bindings do not carry them, and a state written under one is only read under the same one. */
const SCHEMA_VERSIONS: Readonly<Record<string, number>> = {
  docker_container: 2,
  docker_image: 0,
  docker_network: 1,
  docker_volume: 1,
};

/** Sensitive attributes by type and dotted path; the bindings do not carry the mark. */
const SENSITIVE: readonly (readonly [type: string, path: string])[] = [
  ['provider', 'registry_auth.password'],
  ['docker_secret', 'data'],
  ['docker_service', 'auth.password'],
];

/** Folder `lib` of the installed bindings. */
function bindingsDir(): string {
  return path.join(
    path.dirname(createRequire(__filename).resolve('@cdktf/provider-docker/package.json')),
    'lib',
  );
}

/** The TypeScript source inlined in the source map of a compiled file. */
function inlinedSource(file: string): string {
  const encoded = /sourceMappingURL=data:application\/json;base64,(\S+)/.exec(
    fs.readFileSync(file, 'utf8'),
  )?.[1];
  if (encoded === undefined) throw new Error(`${file} has no inlined source map`);
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as { sourcesContent?: string[] };
  const source = map.sourcesContent?.[0];
  if (source === undefined) throw new Error(`the source map of ${file} holds no source`);
  return source;
}

function markSensitive(block: SchemaBlock, dotted: string): void {
  const [head = '', ...rest] = dotted.split('.');
  if (rest.length > 0) {
    const nested = block.block_types?.[head];
    if (nested === undefined) throw new Error(`no block "${dotted}" to mark sensitive`);
    markSensitive(nested.block, rest.join('.'));
    return;
  }
  const attribute = block.attributes?.[head];
  if (attribute === undefined) throw new Error(`no attribute "${dotted}" to mark sensitive`);
  attribute.sensitive = true;
}

function sorted(types: readonly ParsedType[]): Record<string, TypeSchema> {
  return Object.fromEntries(
    [...types]
      .sort((a, b) => (a.type < b.type ? -1 : 1))
      .map(({ type, block }) => [type, { version: SCHEMA_VERSIONS[type] ?? 0, block }]),
  );
}

/**
 * Derives the schema of all resources, data sources and the provider.
 *
 * @returns the shape of `terraform providers schema -json`, with `provider_versions`
 * @throws when the installed package has no inlined sources or an unexpected form
 */
export function deriveSchema(): SchemaFile {
  const lib = bindingsDir();
  const parsed = fs
    .readdirSync(lib, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => parseBindings(inlinedSource(path.join(lib, entry.name, 'index.js'))));
  for (const [type, dotted] of SENSITIVE) {
    const found = parsed.find((candidate) => candidate.type === type);
    if (found === undefined) throw new Error(`no type "${type}" in @cdktf/provider-docker`);
    markSensitive(found.block, dotted);
  }
  const provider = parsed.find((candidate) => candidate.kind === 'provider');
  const version = parsed.find((candidate) => candidate.version !== undefined)?.version;
  if (provider === undefined || version === undefined)
    throw new Error('no provider in @cdktf/provider-docker');
  return {
    format_version: '1.0',
    provider_schemas: {
      [PROVIDER]: {
        provider: { version: 0, block: provider.block },
        resource_schemas: sorted(parsed.filter((candidate) => candidate.kind === 'resource')),
        data_source_schemas: sorted(parsed.filter((candidate) => candidate.kind === 'data source')),
      },
    },
    provider_versions: { [PROVIDER]: version },
  };
}

/** The text of schema.json. */
export function renderSchema(): string {
  return `${JSON.stringify(deriveSchema(), undefined, 2)}\n`;
}

function main(args: readonly string[]): number {
  const text = renderSchema();
  const committed = fs.existsSync(SCHEMA_FILE) ? fs.readFileSync(SCHEMA_FILE, 'utf8') : '';
  if (text === committed) return 0;
  if (args.includes('--check')) {
    process.stderr.write('providers/docker/schema.json is not current, run "npm run bindings"\n');
    return 1;
  }
  fs.writeFileSync(SCHEMA_FILE, text);
  process.stdout.write('providers/docker/schema.json written\n');
  return 0;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
