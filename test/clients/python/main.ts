/** Installs the gateway's clients in Python and runs the tests that need them. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '../../../terminal/program';
import { onStopSignal } from '../../../terminal/stop-signals';
import { installPackages, obstacle } from './packages';

const HELP = `npm run test:python-clients [-- jest's options]

Runs the SDKs openai, anthropic and litellm, pinned in test/clients/python/requirements.txt, against the gateway in front
of a stand-in for Anthropic. They come from PyPI and are some 400 MB large, so this is no part of "npm test". Where there
is no Python 3 that can make environments, it says so and ends without a failure, but not where CI=true.

  PYTHON                  the Python, in place of python3
  PYTHON_CLIENTS_FOLDER   keeps them from run to run (${join('<temp>', 'client-python')}); remove it at will
`;

const jest = (args: readonly string[], python: string): Promise<number> =>
  new Promise((done, fail) => {
    const command = resolve(__dirname, '../../../node_modules/jest/bin/jest.js');
    const child = spawn(
      process.execPath,
      [command, '--config', join(__dirname, 'jest.config.cjs'), ...args],
      { env: { ...process.env, PYTHON_WITH_CLIENTS: python }, stdio: 'inherit' },
    );
    onStopSignal((signal) => child.kill(signal));
    child.once('error', fail).once('close', (code) => done(code ?? 1));
  });

/** On a machine that cannot do it, nothing failed; a CI that was to do it must not be green all the same. */
function notRun(reason: string): void {
  const message = `test:python-clients: not run here: ${reason}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stdout.write(`${message}\n`);
}

runProgram(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return void process.stdout.write(HELP);
  const python = process.env['PYTHON'] ?? 'python3';
  const reason = await obstacle(python);
  if (reason !== undefined) return notRun(reason);
  const folder = process.env['PYTHON_CLIENTS_FOLDER'] ?? join(tmpdir(), 'client-python');
  process.exitCode = await jest(args, await installPackages(python, folder));
});
