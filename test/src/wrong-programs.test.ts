import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runExample } from '../../src/examples';
import { runProgramFile } from '../../src/run-program-file';
import { UsageError } from '../../terminal/fault';
import { runProgram, ROOT } from '../cli/run';
import { WRONG_PROGRAMS } from './wrong-programs';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'program-')));
});
const HERE = process.cwd();
afterEach(() => {
  process.chdir(HERE);
  rmSync(folder, { recursive: true, force: true });
});

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), text.replaceAll('$SRC', join(ROOT, 'src')));
};

const VALID = `import { runTemplateProgram } from '$SRC/template-program';

runTemplateProgram({ name: 'mine' });
`;

test.each(WRONG_PROGRAMS.map((program) => [program.what, program] as const))('%s', async (_, program) => {
  write(program.files);
  const { code, out, err } = await runProgram(['synth', 'program.ts'], { cwd: folder });
  expect({ code, out, err: withoutProgress(err) }).toEqual({ code: 1, out: '', err: program.says });
  expect(readdirSync(folder).sort()).toEqual(Object.keys(program.files).sort());
});

/** A slow machine is told what goes on. */
const withoutProgress = (text: string): string =>
  text.replace(/^(Running|Synthesizing|Writing) .* … \d+ s\n/gm, '');

test('a program run by Node.js alone says the same, and a valid one what it wrote', () => {
  const [wrong] = WRONG_PROGRAMS;
  write({ ...wrong?.files, 'valid.ts': VALID });
  const run = (file: string, ...args: string[]) =>
    spawnSync(
      process.execPath,
      ['--require', resolve(ROOT, 'scripts/register-typescript.cjs'), file, ...args],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
  expect(run('program.ts')).toMatchObject({ status: 1, stdout: '', stderr: wrong?.says });
  expect(run('valid.ts', '--help')).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(folder)).not.toContain('cdktf.out');
  expect(run('valid.ts')).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(folder, 'cdktf.out/stacks'))).toContain('mine');
});

test('paths are those of the folder one stands in', async () => {
  write({ 'program.ts': VALID });
  mkdirSync(join(folder, 'below'));
  const { code, out } = await runProgram(['synth', '../program.ts', '--output', 'build/here'], {
    cwd: join(folder, 'below'),
  });
  expect({ code, out }).toEqual({
    code: 0,
    out:
      'wrote build/here/stacks/mine\n' +
      'push it: coder templates push mine -d build/here/stacks/mine --variables-file variables.yaml\n',
  });
  const shipped = await runProgram(['synth'], { cwd: folder });
  expect(shipped.out).toContain('wrote cdktf.out/stacks/contractor-workspace\n');
  expect(readdirSync(join(folder, 'cdktf.out/gateway'))).toEqual(['config.json']);
});

test('a program that ends itself once its template is written has done what it is for', async () => {
  write({ 'program.ts': `${VALID}setInterval(() => {}, 60_000);\nprocess.exit(0);\n` });
  const { code, out, err } = await runProgram(['synth', 'program.ts'], { cwd: folder });
  expect({ code, err: withoutProgress(err) }).toEqual({ code: 0, err: '' });
  expect(out).toContain('wrote cdktf.out/stacks/mine\n');
});

test('--json is all there is on stdout, whatever the program prints', async () => {
  write({ 'program.ts': `console.log('hello');\n${VALID}` });
  const { code, out, err } = await runProgram(['synth', 'program.ts', '--json'], { cwd: folder });
  expect({ code, err: withoutProgress(err) }).toEqual({ code: 0, err: 'hello\n' });
  expect(JSON.parse(out)).toEqual({
    templates: [{ name: 'mine', folder: 'cdktf.out/stacks/mine' }],
    gateway_document: 'cdktf.out/gateway/config.json',
  });
});

test.each([
  [
    'synth',
    'nothing.ts',
    'There is no file "nothing.ts": give a TypeScript file that calls runTemplateProgram.',
  ],
  ['synth', '', 'There is no file "": give a TypeScript file that calls runTemplateProgram.'],
  ['synth', '.', '. is a folder: give a file in it, such as a.ts, b.ts.'],
  ['synth', 'empty', 'empty is a folder: give a TypeScript file that calls runTemplateProgram.'],
  [
    'synth',
    'a.js',
    'a.js is no TypeScript file: give one whose name ends in ".ts" and that calls runTemplateProgram.',
  ],
  [
    'synth',
    'a.json',
    'a.json is no TypeScript file: give one whose name ends in ".ts" and that calls runTemplateProgram.',
  ],
  ['example', 'minmal', 'There is no example "minmal": did you mean "minimal"?'],
  [
    'example',
    'examples/contracter.ts',
    'There is no example "examples/contracter.ts": did you mean "contractor"?',
  ],
  [
    'example',
    'everything',
    'There is no example "everything": give one of air-gapped, contractor, minimal, or a file.',
  ],
  [
    'example',
    'a.js',
    'a.js is no TypeScript file: give one whose name ends in ".ts" and that calls runTemplateProgram.',
  ],
])('%s "%s"', async (command, program, says) => {
  write({ 'a.ts': '', 'b.ts': '', 'a.js': '', 'a.json': '{}' });
  mkdirSync(join(folder, 'empty'));
  process.chdir(folder);
  const run = command === 'synth' ? runProgramFile : runExample;
  const fault: unknown = await run(program, {}).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(UsageError);
  expect((fault as Error).message).toBe(says);
});

test('what was typed wrong ends with exit code 2, and one line', async () => {
  const { code, out, err } = await runProgram(['synth', 'nothing.ts'], { cwd: folder });
  const says = 'There is no file "nothing.ts": give a TypeScript file that calls runTemplateProgram.';
  expect({ code, out, err }).toEqual({ code: 2, out: '', err: `${says}\n` });
});

test('a folder that cannot be written to', async () => {
  write({ 'file.txt': '' });
  const { code, out, err } = await runProgram(['synth', '--output', 'file.txt'], { cwd: folder });
  expect({ code, out, err: withoutProgress(err) }).toEqual({
    code: 1,
    out: '',
    err: 'The folder "file.txt" cannot be written to: a file is in the way. Name another one with --output.\n',
  });
});

test('example says which there are, and writes one from any folder', async () => {
  const list = await runProgram(['example'], { cwd: folder });
  expect(list).toMatchObject({ code: 0, err: '' });
  for (const name of ['air-gapped', 'contractor', 'minimal'])
    expect(list.out).toMatch(new RegExp(`^${name} +\\w`, 'm'));
  const json = await runProgram(['example', '--json'], { cwd: folder });
  expect(JSON.parse(json.out)).toMatchObject({ examples: [{ name: 'air-gapped' }, {}, {}] });
  const help = await runProgram(['example', '--help'], { cwd: folder });
  expect(help.out).toContain('There are air-gapped, contractor, minimal.');
  const written = await runProgram(['example', 'examples/minimal.ts'], { cwd: folder });
  expect(written).toMatchObject({
    code: 0,
    out: expect.stringContaining('wrote cdktf.out/examples/minimal/stacks/minimal\n') as string,
  });
});
