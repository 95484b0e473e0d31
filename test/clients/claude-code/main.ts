/** Installs Claude Code in the version of the workspace image and runs the tests that need it. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '../../../terminal/program';
import { onStopSignal } from '../../../terminal/stop-signals';
import { installProgram, obstacle } from './program';

const HELP = `npm run test:claude-code [-- jest's options]

Runs Claude Code, in the version of the workspace image, against the gateway in front of a stand-in for Anthropic. It
comes from npm and is some 380 MB large, so this is no part of "npm test". Where it does not run, it says so and ends
without a failure, but not where CI=true.

  CLAUDE_CODE          the program, in place of the one from npm
  CLAUDE_CODE_FOLDER   keeps it from run to run (${join('<temp>', 'client-claude-code')}); remove it at will
`;

const jest = (args: readonly string[], program: string): Promise<number> =>
  new Promise((done, fail) => {
    const command = resolve(__dirname, '../../../node_modules/jest/bin/jest.js');
    const child = spawn(
      process.execPath,
      [command, '--config', join(__dirname, 'jest.config.cjs'), ...args],
      {
        env: { ...process.env, CLAUDE_CODE: program },
        stdio: 'inherit',
      },
    );
    onStopSignal((signal) => child.kill(signal));
    child.once('error', fail).once('close', (code) => done(code ?? 1));
  });

/** On a machine that cannot do it, nothing failed; a CI that was to do it must not be green all the same. */
function notRun(reason: string): void {
  const message = `test:claude-code: not run here: ${reason}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stdout.write(`${message}\n`);
}

runProgram(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return void process.stdout.write(HELP);
  const given = process.env['CLAUDE_CODE'];
  const reason = given === undefined ? obstacle() : undefined;
  if (reason !== undefined) return notRun(reason);
  const folder = process.env['CLAUDE_CODE_FOLDER'] ?? join(tmpdir(), 'client-claude-code');
  process.exitCode = await jest(args, given ?? (await installProgram(folder)));
});
