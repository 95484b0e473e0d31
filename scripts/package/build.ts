/**
 * Writes `dist/`, which is what the npm package runs and exports: the rooms of the project in the same order as here, so
 * that each file finds what it reads by the same way as in a clone.
 *
 *   node --import tsx scripts/package/build.ts
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { writeBundle } from '../../gateway-image/bundle';
import { runProgram } from '../../terminal/program';
import { bindWithin } from './bindings';

const ROOT = resolve(__dirname, '../..');
const DIST = join(ROOT, 'dist');

/** What the compiler follows into, and no package needs. */
const LEFT_OUT = ['bench', 'demo', 'test'];

/** Files that are read while it runs; the compiler writes the rest. */
const READ = ['prompts', 'LICENSE', 'bin/start.cjs', 'scripts/register-typescript.cjs'];

/** Programs and templates that stay as they are written: a user's, and what is made for one. */
const AS_WRITTEN = ['examples'];

/** What the compiler reads, what the bindings were made from, and tests. */
const isSource = (name: string): boolean => /(?<!\.d)\.ts$|\.inputs$|\.test\.\w+$/.test(name);

/** Paths of files below a folder, relative to the project. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)));
}

function copy(path: string): void {
  mkdirSync(dirname(join(DIST, path)), { recursive: true });
  cpSync(join(ROOT, path), join(DIST, path), { recursive: true });
}

function compile(): readonly string[] {
  const config = join(ROOT, 'tsconfig.build.json');
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', config], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('the sources do not compile');
  for (const room of LEFT_OUT) rmSync(join(DIST, room), { recursive: true, force: true });
  return (JSON.parse(readFileSync(config, 'utf8')) as { include: string[] }).include;
}

/** Its own, since rooms look for a manifest above them; what npm reads is the one of the package. */
function writeManifest(): void {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const kept = [
    'name',
    'version',
    'license',
    'engines',
    'dependencies',
    'peerDependencies',
    'optionalDependencies',
  ];
  const own = Object.fromEntries(kept.map((name) => [name, manifest[name]]));
  writeFileSync(join(DIST, 'package.json'), `${JSON.stringify({ ...own, private: true }, null, 2)}\n`);
}

async function main(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true });
  const rooms = compile();
  const data = rooms.flatMap(filesBelow).filter((path) => !isSource(path));
  for (const path of [...data, ...READ, ...AS_WRITTEN]) copy(path);
  for (const provider of ['coder', 'docker'])
    for (const file of ['schema.json', 'behaviour.json']) copy(join('providers', provider, file));
  bindWithin(ROOT, DIST);
  writeManifest();
  // Here, where the packages are those of the lock file.
  await writeBundle(join(DIST, 'gateway-image', 'made'));
}

if (require.main === module) runProgram(main);
