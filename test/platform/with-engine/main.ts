/**
 * Builds the gateway's image with a real Docker engine, and makes the platform on it as Terraform's state says.
 *
 * Everything comes from package registries: base images and Postgres from Debian, Node.js from npm.
 */
import { mkdirSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '../../../terminal/program';
import { onStopSignal } from '../../../terminal/stop-signals';
import { endCommands, runOrThrow } from '../../image/with-engine/commands';
import { obstacle, startEngine } from '../../image/with-engine/engine';
import { testImage } from './images';

const ROOT = resolve(__dirname, '..', '..', '..');
const HELP = `npm run test:platform [-- jest's options]

Builds the gateway's image with a real Docker engine, and makes the platform on it: Postgres, two gateways, their door. Uses
the engine that runs here; without one, and as root on Debian, it installs Debian's and runs one of its own for that time.
Where neither is possible it says so and ends without a failure, but not where CI=true.

  TEST_STREAM_SECONDS   how long the stream is that an upgrade lets go on (20); 300 for the whole of it
  TEST_PROVIDER_MIRROR  folder with a mirror of Terraform's docker provider: "up" itself runs, nothing in its place
  TEST_IMAGE_FOLDER    keeps images from run to run (${join('<temp>', 'workspace-image-test')}); remove it at will
`;

async function buildImages(folder: string): Promise<Record<string, string>> {
  const work = join(folder, 'platform');
  mkdirSync(work, { recursive: true });
  const node = await testImage('node', work);
  const withShell = await testImage('nodeWithShell', work);
  const postgres = await testImage('postgres', work);
  const coder = await testImage('coder', work);
  const build = (tag: string, base: string, ...args: readonly string[]): Promise<string> =>
    runOrThrow(
      process.execPath,
      [join(ROOT, 'bin/start.cjs'), 'gateway-image', '--tag', tag, '--base-image', base, ...args],
      { timeout: 600, show: true },
    );
  await build('platform-test-gateway:1', node, '--outdir', join(work, 'gateway'));
  await build('platform-test-standalone:1', withShell, '--outdir', join(work, 'standalone'), '--standalone');
  return {
    TEST_GATEWAY_IMAGE: 'platform-test-gateway:1',
    TEST_STANDALONE_IMAGE: 'platform-test-standalone:1',
    TEST_POSTGRES_IMAGE: postgres,
    TEST_CODER_IMAGE: coder,
    TEST_NODE_IMAGE: node,
    TEST_NODE_SHELL_IMAGE: withShell,
  };
}

runProgram(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return void process.stdout.write(HELP);
  const folder = process.env.TEST_IMAGE_FOLDER ?? join(tmpdir(), 'workspace-image-test');
  mkdirSync(folder, { recursive: true });
  const reason = await obstacle();
  if (reason !== undefined) {
    // A CI that was to do it must not be green all the same.
    if (process.env.CI === 'true') throw new Error(`test:platform: not run here: ${reason}`);
    return void process.stdout.write(`test:platform: not run here: ${reason}\n`);
  }
  const engine = await startEngine(join(folder, 'engine'));
  onStopSignal(
    (signal) =>
      void endCommands()
        .then(() => engine.stop())
        .finally(() => process.exit(128 + constants.signals[signal])),
  );
  try {
    if (engine.host !== undefined) process.env.DOCKER_HOST = engine.host;
    const environment = await buildImages(folder);
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    await runOrThrow(process.execPath, [jest, '--config', join(__dirname, 'jest.config.cjs'), ...args], {
      environment,
      timeout: 1800,
      show: true,
    });
  } finally {
    await engine.stop();
  }
});
