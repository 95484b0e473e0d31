import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PINS } from '../../create/pins';
import { SECRET_FILES } from '../../release/preflight/secret-files';

const ROOT = resolve(__dirname, '../..');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'create-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'bin/contractor-workspace'), args, {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const text = (path: string): string => readFileSync(join(folder, path), 'utf8');
const manifestOf = (path: string) =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>> & { version: string };

test('makes a repository whose program writes its template', () => {
  const { status, stdout } = run('create', 'my-template', '--json');
  expect(status).toBe(0);
  const { name, files } = JSON.parse(stdout) as { name: string; files: string[] };
  expect(name).toBe('my-template');
  expect(files.filter((path) => !existsSync(join(folder, 'my-template', path)))).toEqual([]);
  // As an installed package answers to its name.
  for (const path of ['my-template/policy.ts', 'my-template/template.ts'])
    writeFileSync(
      join(folder, path),
      text(path).replace("'contractor-workspace'", `'${join(ROOT, 'library/index')}'`),
    );
  expect(run('synth', 'my-template/template.ts', '--output', 'out')).toMatchObject({ status: 0 });
  expect(readdirSync(join(folder, 'out/stacks'))).toEqual(['my-template']);
  expect(text('out/stacks/my-template/parameters.tf')).toContain('https://ai-gateway.example.com');
  expect(text('my-template/template.ts').split('\n').length).toBeLessThanOrEqual(25);
});

test('takes versions that are pinned, and tested here', () => {
  run('create', 'my-template');
  const own = manifestOf(join(ROOT, 'package.json'));
  const made = manifestOf(join(folder, 'my-template/package.json'));
  const all = { ...made.dependencies, ...made.devDependencies };
  expect(Object.values(all).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  expect(all['contractor-workspace']).toBe(own.version);
  expect([PINS.nodeTypes, PINS.typescript]).toEqual([
    own.devDependencies?.['@types/node'],
    own.devDependencies?.['typescript'],
  ]);
  for (const name of ['cdktf', 'constructs'] as const)
    expect(manifestOf(join(ROOT, 'node_modules', name, 'package.json')).version).toBe(PINS[name]);
});

test('keeps the files of secrets out of git', () => {
  run('create', 'my-template');
  const lines = text('my-template/.gitignore').split('\n');
  expect(lines.filter((line) => SECRET_FILES.includes(line))).toEqual(SECRET_FILES);
});

test('overwrites nothing, and writes nothing where something is in the way', () => {
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine/README.md'), 'mine');
  const { status, stderr } = run('create', 'mine');
  expect([status, stderr]).toEqual([
    1,
    'mine has README.md already, and nothing is overwritten: name another folder, or move it away.\n',
  ]);
  expect(readdirSync(join(folder, 'mine'))).toEqual(['README.md']);
  expect(text('mine/README.md')).toBe('mine');
});

test('a folder of git that has nothing of it yet will do', () => {
  mkdirSync(join(folder, 'mine/.git'), { recursive: true });
  expect(run('create', 'mine').status).toBe(0);
});

test.each([
  [
    ['create', 'my template'],
    /^A template's name must be letters and digits .* the folder's name, "my template", is not/,
  ],
  [['create', 'a', '--name', 'x'.repeat(32)], /at most 31, and --name "x{32}" is not/],
  [['create', 'a', '--package', '^1.0.0'], /^--package must be an exact version, .* got "\^1\.0\.0"\.\n$/],
  [['create', 'a', '--package', 'https://user:secret@example.com/a.tgz'], /^--package must be/],
  [['create', ''], /^Name the folder/],
])('%j is not understood, and writes nothing', (args, words) => {
  const { status, stderr } = run(...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(words);
  expect(readdirSync(folder)).toEqual([]);
});
