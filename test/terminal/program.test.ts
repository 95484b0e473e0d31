import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { nodeFault } from '../../terminal/set-up.cjs';

const ROOT = resolve(__dirname, '../..');

test.each(['18.20.0', '20.18.1', '20.18.9'])('Node.js %s is refused with what to install', (version) => {
  expect(nodeFault(version)).toBe(`Node.js ${version} is too old: install 20.19.0 or newer.`);
});

test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('Node.js %s will do', (version) => {
  expect(nodeFault(version)).toBeUndefined();
});

test.each([
  ['at once', '() => { throw new Error("no such level"); }'],
  ['later', 'async () => { throw new Error("no such level"); }'],
])('what is thrown %s becomes one message and exit code 1, without a stack trace', (_, main) => {
  const program = `require(${JSON.stringify(join(ROOT, 'terminal/program.ts'))}).runProgram(${main})`;
  const result = spawnSync(process.execPath, ['--import', 'tsx', '--eval', program], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(result).toMatchObject({ status: 1, stdout: '', stderr: 'no such level\n' });
});
