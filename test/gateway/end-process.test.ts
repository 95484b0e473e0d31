import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

test('a process that no signal ends, as the first of a container, is ended all the same and writes nothing', async () => {
  const child = spawn(
    process.execPath,
    ['--require', './scripts/register-typescript.cjs', join(__dirname, 'support', 'trapped.ts')],
    { cwd: ROOT },
  );
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const signal = await new Promise((done) => child.once('close', (_code, by) => done(by)));
  expect(signal).toBe('SIGTRAP');
  expect(written).toBe('');
});
