/**
 * Builds the workspace image with a real Docker engine and runs the tests that need it.
 *
 * Everything comes from package registries: the engine and the base image from Debian, the rest from npm; the gallery's
 * extensions are stood in for.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureCertificates } from '../../../certificates/ensure';
import { platformNames } from '../../../certificates/names';
import { runProgram } from '../../../terminal/program';
import { onStopSignal } from '../../../terminal/stop-signals';
import { mergeParts } from '../../../workspace-image/image/merge';
import { workspaceImage } from '../../../workspace-image/image/workspace-image';
import { baseImage } from './base-image';
import { endCommands, runOrThrow } from './commands';
import { ensureCommands, obstacle, startEngine, type Engine } from './engine';
import { writeStandIns } from './vsix';

const ROOT = resolve(__dirname, '..', '..', '..');
const TAG = 'workspace-test:1';
const CERTIFICATES = 'certificates';
const HELP = `npm run test:image [-- jest's options]

Builds the workspace image with a real Docker engine and tests it: editor, assistants, gateway, locks. Uses the engine
that runs here; without one, and as root on Debian, it installs Debian's and runs one of its own for that time.
Where neither is possible it says so and ends without a failure, but not where CI=true.

  TEST_CHROMIUM        the browser that looks at the editor (chromium of the PATH, else Debian's is installed)
  TEST_IMAGE_PICTURES  where pictures of a new workspace's first seconds go (pictures/ of the folder below)
  TEST_IMAGE_FOLDER    keeps images from run to run (${join('<temp>', 'workspace-image-test')}); remove it at will
`;

/** What this machine trusts besides the public certificates: its build must trust it as well. */
function siteCertificates(): string[] {
  const source = '/usr/local/share/ca-certificates';
  try {
    return readdirSync(source)
      .filter((name) => name.endsWith('.crt'))
      .map((name) => readFileSync(join(source, name), 'utf8'));
  } catch {
    return [];
  }
}

/** The platform's certificates, kept with the images that trust them. @returns the build's options */
function certificates(folder: string): string[] {
  const { trusted } = ensureCertificates({ folder: join(folder, CERTIFICATES), names: platformNames({}) });
  const path = join(folder, 'site.pem');
  writeFileSync(path, [...siteCertificates(), readFileSync(trusted, 'utf8')].join('\n'));
  return ['--ca-certificate', path];
}

async function timed<T>(label: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  process.stdout.write(`${label} …\n`);
  const result = await work();
  process.stdout.write(`${label}: ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
}

async function buildImage(folder: string): Promise<void> {
  const base = await timed('base image', () => baseImage(folder));
  const { parts, removedExtensions } = workspaceImage();
  const vsix = writeStandIns(join(folder, 'vsix'), mergeParts(parts, removedExtensions).extensions);
  const args = ['--outdir', join(folder, 'context'), '--base-image', base, '--vsix', vsix, '--tag', TAG];
  // A container's own network would need a packet filter to get out.
  args.push('--network', 'host', ...certificates(folder));
  const program = join(ROOT, 'bin/start.cjs');
  await timed('workspace image', () =>
    runOrThrow(process.execPath, [program, 'image', ...args], { timeout: 2400, show: true }),
  );
  const size = await runOrThrow('docker', ['image', 'inspect', TAG, '--format', '{{.Size}}']);
  process.stdout.write(`size of the image: ${(Number(size) / 1e6).toFixed(0)} MB\n`);
}

/** @returns the path of the browser */
async function browser(): Promise<string> {
  if (process.env.TEST_CHROMIUM !== undefined) return process.env.TEST_CHROMIUM;
  await ensureCommands({ chromium: 'chromium' });
  return (await runOrThrow('which', ['chromium'])).trim();
}

async function runTests(folder: string, args: readonly string[]): Promise<void> {
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const config = join(__dirname, 'jest.config.cjs');
  await runOrThrow(process.execPath, [jest, '--config', config, ...args], {
    environment: {
      TEST_IMAGE: TAG,
      TEST_CERTIFICATES: join(folder, CERTIFICATES),
      TEST_CHROMIUM: await timed('browser', browser),
      TEST_IMAGE_PICTURES: process.env.TEST_IMAGE_PICTURES ?? join(folder, 'pictures'),
    },
    timeout: 1800,
    show: true,
  });
}

/** On a machine that cannot do it, nothing failed; a CI that was to do it must not be green all the same. */
function notRun(reason: string): void {
  const message = `test:image: not run here: ${reason}`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stdout.write(`${message}\n`);
}

async function startEngineHere(folder: string): Promise<Engine | string> {
  const reason = await obstacle();
  if (reason !== undefined) return reason;
  try {
    return await timed('engine', () => startEngine(join(folder, 'engine')));
  } catch (error) {
    return (error as Error).message;
  }
}

runProgram(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return void process.stdout.write(HELP);
  const folder = process.env.TEST_IMAGE_FOLDER ?? join(tmpdir(), 'workspace-image-test');
  mkdirSync(folder, { recursive: true });
  const engine = await startEngineHere(folder);
  if (typeof engine === 'string') return notRun(engine);
  onStopSignal(
    (signal) =>
      void endCommands()
        .then(() => engine.stop())
        .finally(() => process.exit(128 + constants.signals[signal])),
  );
  try {
    if (engine.host !== undefined) process.env.DOCKER_HOST = engine.host;
    await buildImage(folder);
    await timed('tests', () => runTests(folder, args));
  } finally {
    await engine.stop();
  }
});
