import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..', '..');

/** Every template of the repository: the program that writes it, by its name. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  'contractor-workspace': 'src/main.ts',
  minimal: 'examples/minimal.ts',
  contractor: 'examples/contractor.ts',
  'air-gapped': 'examples/air-gapped.ts',
};

export interface SynthesizedTemplate {
  /** The folder that is pushed. */
  readonly folder: string;
  /** Everything that was written: text by path relative to the output folder. */
  readonly all: ReadonlyMap<string, string>;
  /** The template alone: text by path relative to its folder. */
  readonly files: ReadonlyMap<string, string>;
}

const made: string[] = [];

/** Runs a template's program as its reader would. */
export function synthesizeByProgram(name: string): SynthesizedTemplate {
  const program = PROGRAMS[name];
  if (program === undefined) throw new Error(`there is no template "${name}"`);
  const outdir = mkdtempSync(join(tmpdir(), 'snapshot-'));
  made.push(outdir);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', './scripts/register-typescript.cjs', program],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, CDKTF_OUTDIR: outdir } },
  );
  if (status !== 0) {
    // Nobody is asked to clean up when a file of tests fails before its first one.
    removeSynthesized();
    throw new Error(`${program} ended with ${status}:\n${stderr}`);
  }
  const folder = join(outdir, 'stacks', name);
  return { folder, all: readFolder(outdir), files: readFolder(folder) };
}

export const removeSynthesized = (): void =>
  made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));

/** Every file below a folder: text by relative path. */
export function readFolder(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // What Terraform put there: real providers, and where they came from.
    .filter((path) => !/^\.terraform(\/|\.lock\.hcl$)/.test(path))
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .sort();
  return new Map(files.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}
