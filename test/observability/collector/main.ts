/** Builds a collector of OpenTelemetry and runs the tests that need it. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runProgram } from '../../../terminal/program';
import { onStopSignal } from '../../../terminal/stop-signals';
import { buildCollector, NoModules, obstacle } from './program';

const HELP = `npm run test:collector [-- jest's options]

Builds a collector of OpenTelemetry from Go modules (two to five minutes on two cores, once) and sends it what the gateway and
the platform's stack say: it is no part of "npm test". Where there is no Go, or no way to its modules, it says so and ends
without a failure.

  COLLECTOR          the program, in place of the one that is built
  COLLECTOR_FOLDER   keeps it from run to run (${join('<temp>', 'ai-gateway-collector')}); remove it at will
`;

const jest = (args: readonly string[], program: string): Promise<number> =>
  new Promise((done, fail) => {
    const command = resolve(__dirname, '../../../node_modules/jest/bin/jest.js');
    const child = spawn(
      process.execPath,
      [command, '--config', join(__dirname, 'jest.config.cjs'), ...args],
      {
        env: { ...process.env, COLLECTOR: program },
        stdio: 'inherit',
      },
    );
    onStopSignal((signal) => child.kill(signal));
    child.once('error', fail).once('close', (code) => done(code ?? 1));
  });

const notRun = (reason: string): void =>
  void process.stdout.write(`test:collector: not run here: ${reason}\n`);

runProgram(async () => {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return void process.stdout.write(HELP);
  const given = process.env['COLLECTOR'];
  const reason = given === undefined ? obstacle() : undefined;
  if (reason !== undefined) return notRun(reason);
  const folder = process.env['COLLECTOR_FOLDER'] ?? join(tmpdir(), 'ai-gateway-collector');
  try {
    process.exitCode = await jest(args, given ?? (await buildCollector(folder)));
  } catch (fault) {
    if (!(fault instanceof NoModules)) throw fault;
    notRun(`its modules cannot be had: ${fault.message}`);
  }
});
