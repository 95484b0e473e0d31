import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { IMAGE_PINS } from '../../../workspace-image/image/pins';
import { run, runOrThrow } from '../../image/with-engine/commands';
import { ensureCommands } from '../../image/with-engine/engine';

/** An image made from Debian's packages alone: no image registry is asked. */
interface Recipe {
  readonly name: string;
  readonly packages: readonly string[];
  /** Whether it gets the pinned Node.js. */
  readonly node: boolean;
  /** Account besides root. */
  readonly account: { readonly name: string; readonly id: number };
  readonly folders: readonly { readonly path: string; readonly owner: number }[];
  readonly files: readonly { readonly source: string; readonly path: string }[];
  /** Programs of one that is many, by its path. @default - none */
  readonly links?: { readonly to: string; readonly names: readonly string[] };
  /** Lines of a Dockerfile. */
  readonly configuration: readonly string[];
}

const NODE = { name: 'node', id: 1000 };
const PATH = 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/lib/postgresql/15/bin';
const LIBRARIES = ['libc6', 'libgcc-s1', 'libstdc++6'];

const RECIPES = {
  /** Node.js and what it is linked with, and no shell. */
  node: {
    name: 'platform-test-node',
    packages: LIBRARIES,
    node: true,
    account: NODE,
    folders: [],
    files: [],
    configuration: [PATH],
  },
  /** With a shell, which the embedded store is started by. */
  nodeWithShell: {
    name: 'platform-test-node-shell',
    packages: [...LIBRARIES, 'dash'],
    node: true,
    account: NODE,
    folders: [],
    files: [],
    configuration: [PATH],
  },
  /** In the place of Coder's image: a shell, the programs its health check and a push need, and what speaks its part. */
  coder: {
    name: 'platform-test-coder',
    packages: [...LIBRARIES, 'busybox-static'],
    node: true,
    account: { name: 'coder', id: 1000 },
    folders: [{ path: 'home/coder', owner: 1000 }],
    files: [{ source: join(__dirname, 'coder-stand-in', 'coder.cjs'), path: 'opt/coder' }],
    links: { to: '/bin/busybox', names: ['sh', 'cat', 'dirname', 'rm', 'wget'] },
    configuration: [PATH],
  },
  /** In the place of the official image of Postgres: its user, its folders, its start. */
  postgres: {
    name: 'platform-test-postgres',
    packages: ['bash', 'coreutils', 'dash', 'libc-bin', 'postgresql-15', 'postgresql-client-15'],
    node: false,
    account: { name: 'postgres', id: 999 },
    folders: [
      { path: 'var/lib/postgresql/data', owner: 999 },
      { path: 'var/run/postgresql', owner: 999 },
    ],
    files: [
      { source: join(__dirname, 'postgres-entrypoint.sh'), path: 'usr/local/bin/docker-entrypoint.sh' },
    ],
    configuration: [PATH, 'ENTRYPOINT ["docker-entrypoint.sh"]'],
  },
} as const satisfies Record<string, Recipe>;

export type TestImage = keyof typeof RECIPES;

/** The node binary of the pinned npm package. */
async function nodeProgram(folder: string): Promise<string> {
  const name = `node-linux-${process.arch}`;
  const { version } = IMAGE_PINS.node;
  await runOrThrow('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder]);
  await runOrThrow('tar', ['xzf', join(folder, `${name}-${version}.tgz`), '-C', folder, 'package/bin/node']);
  return join(folder, 'package', 'bin', 'node');
}

/** @returns the image's reference; one from an earlier run is taken again */
export async function testImage(which: TestImage, folder: string): Promise<string> {
  const recipe: Recipe = RECIPES[which];
  const sources = recipe.files.map(({ source }) => readFileSync(source, 'utf8'));
  const inputs = JSON.stringify([recipe, IMAGE_PINS.node.version, sources]);
  const reference = `${recipe.name}:${createHash('sha256').update(inputs).digest('hex').slice(0, 12)}`;
  if ((await run('docker', ['image', 'inspect', reference])).status === 0) return reference;
  await ensureCommands({ mmdebstrap: 'mmdebstrap' });
  const work = join(folder, recipe.name);
  rmSync(work, { recursive: true, force: true });
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true });
  const archive = join(work, 'packages.tar');
  // Unpacked and not set up: no script of a package runs, and no shell gets in that was not asked for.
  const args = [
    '--variant=extract',
    `--include=${recipe.packages.join(',')}`,
    '--quiet',
    'bookworm',
    archive,
  ];
  await runOrThrow('mmdebstrap', args, { timeout: 900 });
  await runOrThrow('tar', ['xf', archive, '-C', root]);
  await runOrThrow('rm', [
    '-rf',
    ...['doc', 'man', 'locale', 'info'].map((each) => join(root, 'usr/share', each)),
  ]);
  const { name, id } = recipe.account;
  writeFileSync(
    join(root, 'etc/passwd'),
    `root:x:0:0::/root:/none\n${name}:x:${id}:${id}::/nonexistent:/none\n`,
  );
  writeFileSync(join(root, 'etc/group'), `root:x:0:\n${name}:x:${id}:\n`);
  mkdirSync(join(root, 'tmp'), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  if (recipe.node) copyFileSync(await nodeProgram(work), join(root, 'usr/local/bin/node'));
  for (const { source, path } of recipe.files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(source, join(root, path));
    chmodSync(join(root, path), 0o755);
  }
  for (const name of recipe.links?.names ?? [])
    symlinkSync(recipe.links?.to ?? '', join(root, 'usr/local/bin', name));
  for (const { path, owner } of recipe.folders) {
    mkdirSync(join(root, path), { recursive: true });
    await runOrThrow('chown', [`${owner}:${owner}`, join(root, path)]);
  }
  await runOrThrow('tar', ['cf', archive, '-C', root, '.']);
  const changes = recipe.configuration.flatMap((line) => ['--change', line]);
  await runOrThrow('docker', ['import', ...changes, archive, reference], { timeout: 300 });
  rmSync(work, { recursive: true, force: true });
  return reference;
}
