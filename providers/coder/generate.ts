/**
 * Writes the typed bindings `@cdktf/provider-coder/<type>` from schema.json.
 *
 * Needs neither Terraform nor a network. Runs after every `npm ci` (script `prepare`), so it does nothing when the
 * files already belong to this schema and this generator.
 *
 *   node --import tsx providers/coder/generate.ts            write what is out of date
 *   node --import tsx providers/coder/generate.ts --force    write in any case
 *   node --import tsx providers/coder/generate.ts --check    exit 1 when the files differ from what would be written
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import type * as generatorModule from '@cdktf/provider-generator';

const HERE = __dirname;
const SCHEMA_FILE = path.join(HERE, 'schema.json');
const STAMP_FILE = '.inputs';

/** What the bindings are bound to; `required_providers` of a stack may widen it. */
const CONSTRAINT = 'coder/coder@~> 2.17';

/**
 * The generated sources do not aim at the strictness of this repository (unused imports, optional properties that
 * may be undefined). The header switches their own diagnostics off; whoever imports them still gets every type.
 */
const HEADER = '// @ts-nocheck\n/* eslint-disable */\n';

type GeneratorModule = typeof generatorModule;
type Target = Parameters<generatorModule.TerraformProviderGenerator['generate']>[0];
interface CommonsModule extends Pick<GeneratorModule, 'TerraformProviderConstraint'> {
  ConstructsMakerTarget: {
    from(constraint: generatorModule.TerraformProviderConstraint, language: string): Target;
  };
}

type GeneratorParts = CommonsModule & Pick<GeneratorModule, 'CodeMaker' | 'TerraformProviderGenerator'>;

/** Relative path inside the output folder → file content. */
export type Bindings = ReadonlyMap<string, string>;

/** Folder of the generated sources, ignored by git. */
export const BINDINGS_DIR = path.join(HERE, 'src');

/**
 * What keeps the generator quiet while it is loaded: its helpers would run Terraform to learn its version, and may ask
 * an update server for theirs.
 */
const QUIET = {
  CHECKPOINT_DISABLE: '1',
  CDKTF_LOG_LEVEL: 'off',
  TERRAFORM_BINARY_NAME: path.join(HERE, 'none'),
};

function loadGenerator(): GeneratorParts {
  const before = Object.keys(QUIET).map((name): [string, string | undefined] => [name, process.env[name]]);
  Object.assign(process.env, QUIET);
  try {
    // Its parts, not its main file: that asks for jsii's compilers too, which it does not bring and nothing here needs.
    // Resolved from the generator's own place: they are the generator's dependencies, not ours.
    const require = createRequire(
      createRequire(__filename).resolve('@cdktf/provider-generator/package.json'),
    );
    return {
      ...(require('./lib/get/generator/provider-generator') as Pick<
        GeneratorModule,
        'TerraformProviderGenerator'
      >),
      ...(require('codemaker') as Pick<GeneratorModule, 'CodeMaker'>),
      ...(require('@cdktf/commons') as CommonsModule),
    };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/**
 * Renders the bindings of every resource, every data source and the provider.
 *
 * @param schemaText text of a schema file: `terraform providers schema -json` plus `provider_versions`
 * @returns one entry `<type>/index.ts` per type; the same text in gives the same text out
 */
export async function renderBindings(schemaText: string): Promise<Bindings> {
  const { CodeMaker, ConstructsMakerTarget, TerraformProviderConstraint, TerraformProviderGenerator } =
    loadGenerator();
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'provider-coder-'));
  try {
    const schema = JSON.parse(schemaText) as ConstructorParameters<typeof TerraformProviderGenerator>[1];
    const generator = new TerraformProviderGenerator(new CodeMaker(), schema);
    generator.generate(ConstructsMakerTarget.from(new TerraformProviderConstraint(CONSTRAINT), 'typescript'));
    await generator.save(outdir);
    const root = path.join(outdir, 'providers', 'coder');
    const types = fs.readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return new Map(
      types
        .map((entry) => `${entry.name}/index.ts`)
        .sort()
        .map((file) => [file, HEADER + fs.readFileSync(path.join(root, file), 'utf8')]),
    );
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
}

/** Hash of everything the output depends on: the schema, this program, the generator's version. */
function inputsHash(schemaText: string): string {
  const generator = createRequire(__filename)('@cdktf/provider-generator/package.json') as {
    version: string;
  };
  return createHash('sha256')
    .update(schemaText)
    .update(fs.readFileSync(__filename))
    .update(generator.version)
    .digest('hex');
}

/** The files of the output folder, or an empty map when there is none. */
export function readBindings(dir: string = BINDINGS_DIR): Bindings {
  if (!fs.existsSync(dir)) return new Map();
  const types = fs.readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return new Map(
    types
      .map((entry) => `${entry.name}/index.ts`)
      .sort()
      .filter((file) => fs.existsSync(path.join(dir, file)))
      .map((file) => [file, fs.readFileSync(path.join(dir, file), 'utf8')]),
  );
}

/** True when the folder was written from these inputs and no type has been deleted since. */
export function isCurrent(schemaText: string, dir: string = BINDINGS_DIR): boolean {
  const stamp = path.join(dir, STAMP_FILE);
  if (!fs.existsSync(stamp)) return false;
  const [hash, count] = fs.readFileSync(stamp, 'utf8').split('\n');
  return hash === inputsHash(schemaText) && Number(count) === readBindings(dir).size;
}

/** Replaces the output folder, so that a type dropped from the schema leaves no file behind. */
export function writeBindings(bindings: Bindings, schemaText: string, dir: string = BINDINGS_DIR): void {
  fs.rmSync(dir, { recursive: true, force: true });
  for (const [file, text] of bindings) {
    fs.mkdirSync(path.join(dir, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(dir, file), text);
  }
  // Last, so that an interrupted run is not taken for a finished one.
  fs.writeFileSync(path.join(dir, STAMP_FILE), `${inputsHash(schemaText)}\n${bindings.size}\n`);
}

function differences(expected: Bindings, actual: Bindings): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].filter((name) => expected.get(name) !== actual.get(name)).sort();
}

async function main(args: readonly string[]): Promise<number> {
  const schemaText = fs.readFileSync(SCHEMA_FILE, 'utf8');
  if (args.includes('--check')) {
    const stale = differences(await renderBindings(schemaText), readBindings());
    if (stale.length === 0) return 0;
    process.stderr.write(`bindings out of date, run "npm run bindings": ${stale.join(', ')}\n`);
    return 1;
  }
  if (!args.includes('--force') && isCurrent(schemaText)) return 0;
  const bindings = await renderBindings(schemaText);
  writeBindings(bindings, schemaText);
  process.stdout.write(`bindings of ${bindings.size} types written to providers/coder/src\n`);
  return 0;
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`providers/coder: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
