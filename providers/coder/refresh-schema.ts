/**
 * Fetches the coder provider's schema anew, for whoever can reach a Terraform registry: `npm run bindings:refresh`.
 *
 * Installs the pinned provider into a temporary folder, asks Terraform for its schema, drops the descriptions (their
 * wording belongs to the provider's authors and changes without meaning) and writes schema.json with sorted keys. An
 * argument names another version: `npm run bindings:refresh -- 2.18.0`.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const SCHEMA_FILE = path.join(__dirname, 'schema.json');
const PROVIDER = 'registry.terraform.io/coder/coder';
const DROPPED = new Set(['description', 'description_kind']);
/** Parts of Terraform's answer that bindings and tests read; functions and the like are left out. */
const KEPT = new Set(['provider', 'resource_schemas', 'data_source_schemas']);

type Json = null | string | number | boolean | Json[] | { [name: string]: Json };

/** A fault the user can do something about; shown without a stack trace. */
class RefreshError extends Error {}

function isRecord(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Removes documentation and sorts keys. An attribute may itself be called "description": only text is dropped. */
export function clean(value: Json): Json {
  // Lists stand only in types, where a "description" is the name of an object's attribute.
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(
    ([name, inner]) => !(DROPPED.has(name) && typeof inner === 'string'),
  );
  return Object.fromEntries(
    entries.map(([name, inner]): [string, Json] => [name, clean(inner)]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Turns the answer of `terraform providers schema -json` into the text of schema.json.
 *
 * @param answer the parsed answer
 * @param version version of the provider it came from
 * @throws when the answer does not hold the coder provider
 */
export function renderSchema(answer: Json, version: string): string {
  const schemas = isRecord(answer) ? answer['provider_schemas'] : undefined;
  const schema = isRecord(schemas) ? schemas[PROVIDER] : undefined;
  if (!isRecord(schema)) throw new RefreshError(`Terraform's answer holds no schema of ${PROVIDER}`);
  const kept = Object.fromEntries(Object.entries(schema).filter(([name]) => KEPT.has(name)));
  const file = {
    format_version: '1.0',
    provider_schemas: { [PROVIDER]: clean(kept) },
    provider_versions: { [PROVIDER]: version },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function pinnedVersion(): string {
  const file = JSON.parse(fs.readFileSync(SCHEMA_FILE, 'utf8')) as {
    provider_versions: Record<string, string>;
  };
  const version = file.provider_versions[PROVIDER];
  if (version === undefined) throw new RefreshError('schema.json names no version, give one as the argument');
  return version;
}

function terraform(args: readonly string[], cwd: string): string {
  const binary = process.env['TERRAFORM_BINARY_NAME'] ?? 'terraform';
  const env: NodeJS.ProcessEnv = { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
  delete env['TF_REATTACH_PROVIDERS'];
  const result = spawnSync(binary, args, { cwd, env, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (result.error !== undefined) {
    const missing = (result.error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new RefreshError(
      missing ? `no "${binary}" on the PATH: install Terraform >= 1.9` : result.error.message,
    );
  }
  if (result.status === 0) return result.stdout;
  const reason = `${result.stdout}${result.stderr}`.trim();
  const hint =
    args[0] === 'init'
      ? 'The provider could not be installed. This command needs a Terraform registry; the bindings do not: ' +
        'they are generated from the schema.json that is already here.\n'
      : '';
  throw new RefreshError(`${hint}terraform ${args.join(' ')} failed:\n${reason}`);
}

function main(args: readonly string[]): void {
  const version = args[0] ?? pinnedVersion();
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new RefreshError(`"${version}" is no version, expected e.g. 2.17.0`);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'coder-schema-'));
  try {
    const source = `terraform {
  required_providers {
    coder = {
      source  = "coder/coder"
      version = "${version}"
    }
  }
}
`;
    fs.writeFileSync(path.join(dir, 'main.tf'), source);
    terraform(['init', '-input=false', '-no-color'], dir);
    const answer = JSON.parse(terraform(['providers', 'schema', '-json'], dir)) as Json;
    fs.writeFileSync(SCHEMA_FILE, renderSchema(answer, version));
    process.stdout.write(
      `schema of coder/coder ${version} written; now run "npm run bindings" and the tests\n`,
    );
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

if (require.main === module) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof RefreshError)) throw error;
    process.stderr.write(`bindings:refresh: ${error.message}\n`);
    process.exitCode = 1;
  }
}
