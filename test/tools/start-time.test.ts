import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { secondsIn } from '../harness/cpu-time';
import { describeTools, TOOLS } from './support';

const LIMIT = 150;
/** How often each is started: what is measured comes in hundredths of a second. */
const ROUNDS = 9;

/**
 * What the machine works for one of them, which is what people wait for where nothing else runs: nothing here waits by
 * itself. Measured by bash, of the programs it has started; the machine may be busy with other tests.
 */
function milliseconds(command: string, ...args: string[]): number {
  const { status, stdout } = spawnSync(
    'bash',
    [
      '-c',
      `for ((n = 0; n < ${ROUNDS}; n += 1)); do "$@" >/dev/null || exit 1; done; times`,
      'bash',
      command,
      ...args,
    ],
    { env: { HOME: '/', PATH: process.env.PATH }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${command} ended with status ${status}`);
  return (secondsIn(stdout) * 1_000) / ROUNDS;
}

describeTools('people do not wait', ['bash'], () => {
  test.each(['ai-models', 'ai-usage', 'ai-doctor'])(`%s starts in less than ${LIMIT} ms`, (tool) => {
    const used = milliseconds(join(TOOLS, tool), '--help');
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThan(LIMIT);
  });
});
