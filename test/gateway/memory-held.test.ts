import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../..');

test('a call that is over is gone with the next quick collection', async () => {
  const { stdout } = await run(
    process.execPath,
    ['--require', './scripts/register-typescript.cjs', join(__dirname, 'support', 'memory-held.ts')],
    { cwd: ROOT },
  );
  const held = JSON.parse(stdout) as Record<'roster' | 'transport' | 'calls', number>;
  // Bytes. Of the eight under way at each look some are inevitable.
  expect(held.roster).toBeLessThan(200);
  expect(held.transport).toBeLessThan(6_000);
  expect(held.calls).toBeLessThan(20_000);
});
