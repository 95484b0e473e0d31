/**
 * Runs the script of each recipe in a container of a real Docker engine, and holds the workflows against actionlint.
 *
 * The image is a Debian made from packages, as for the workspace image; the program and its Node.js are those of this machine.
 */
import { mkdirSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '../../../terminal/program';
import { onStopSignal } from '../../../terminal/stop-signals';
import { baseImage } from '../../image/with-engine/base-image';
import { endCommands, runOrThrow } from '../../image/with-engine/commands';
import { obstacle, startEngine } from '../../image/with-engine/engine';

const ROOT = resolve(__dirname, '..', '..', '..');
const HELP = `npm run test:review-recipes [-- jest's options]

Runs the script of each recipe in a container, against stand-ins of the platforms and of the model. Uses the engine that
runs here; without one, and as root on Debian, it installs Debian's and runs one of its own for that time. Where neither
is possible it says so and ends without a failure, but not where CI=true. With Go, workflows are checked by actionlint.

  TEST_IMAGE_FOLDER    keeps images from run to run (${join('<temp>', 'workspace-image-test')}); remove it at will
`;

/** On a machine that cannot do it, nothing failed; a CI that was to do it must not be green all the same. */
function notRun(reason: string): void {
  const message = `test:review-recipes: not run here: ${reason}`;
  if (process.env.CI === 'true') throw new Error(message);
  process.stdout.write(`${message}\n`);
}

runProgram(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return void process.stdout.write(HELP);
  const reason = await obstacle();
  if (reason !== undefined) return notRun(reason);
  const folder = process.env.TEST_IMAGE_FOLDER ?? join(tmpdir(), 'workspace-image-test');
  mkdirSync(folder, { recursive: true });
  const engine = await startEngine(join(folder, 'engine'));
  onStopSignal(
    (signal) =>
      void endCommands()
        .then(() => engine.stop())
        .finally(() => process.exit(128 + constants.signals[signal])),
  );
  try {
    if (engine.host !== undefined) process.env.DOCKER_HOST = engine.host;
    const image = await baseImage(folder);
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    await runOrThrow(process.execPath, [jest, '--config', join(__dirname, 'jest.config.cjs'), ...args], {
      environment: { TEST_IMAGE: image },
      timeout: 1800,
      show: true,
    });
  } finally {
    await engine.stop();
  }
});
