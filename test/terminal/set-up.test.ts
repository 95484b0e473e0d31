import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { moduleFault } from '../../terminal/set-up.cjs';

const ROOT = resolve(__dirname, '../..');

const FOLDERS =
  'administration backup bench bin bundling certificates cli constructs create demo doctor documentation gateway library masking observability platform prompts reconcile release review rotation scripts src synth terminal workspace-image'.split(
    ' ',
  );

/** A copy of the project as a clone has it; packages by links, so that one can be taken away. */
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'set-up-'));
  for (const name of FOLDERS) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  for (const name of ['package.json', 'cdktf.json']) cpSync(join(ROOT, name), join(copy, name));
});
afterEach(() => {
  for (const name of ['node_modules', 'elsewhere', 'providers', 'home', 'file'])
    rmSync(join(copy, name), { recursive: true, force: true });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function install(): void {
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((each) => each !== '.cache'))
    symlinkSync(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name));
  mkdirSync(join(copy, 'providers/coder'), { recursive: true });
  for (const name of ['coder/src', 'coder/schema.json', 'docker', 'schema-types.ts'])
    symlinkSync(join(ROOT, 'providers', name), join(copy, 'providers', name));
}

const takeAway = (path: string): void => rmSync(join(copy, path), { recursive: true });

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const npmCi = (what: string) => ({
  status: 1,
  stdout: '',
  stderr: `"npm ci" ${what}: run it in ${copy}.\n`,
});

test.each([
  ['the program', ['bin/start.cjs', 'synth']],
  ['a file of ours by itself', ['--require', './scripts/register-typescript.cjs', 'src/main.ts']],
])('%s without "npm ci" says so', (_, args) => {
  expect(run(...args)).toEqual(npmCi('has not been run'));
});

test.each(['node_modules/.package-lock.json', 'providers/coder/src'])('without %s as well', (path) => {
  install();
  takeAway(path);
  const file = path === 'providers/coder/src' ? `${path}/.inputs` : path;
  expect(run('bin/start.cjs', 'synth')).toEqual(npmCi(`did not get to its end (${file} is missing)`));
});

test.each([
  ['one that the commands need at once', 'commander', ['--version']],
  ['one that a command needs', 'constructs', ['synth']],
])('with a package missing in the middle, %s', (_, name, args) => {
  install();
  takeAway(`node_modules/${name}`);
  mkdirSync(join(copy, 'node_modules', name));
  const { status, stdout, stderr } = run('bin/start.cjs', ...args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    new RegExp(
      `^"npm ci" did not get to its end \\("[^"]*${name}[^"]*" is missing, which .* needs\\): run it in .*\\.\n$`,
    ),
  );
});

test('what "npm ci" would not mend is said by others', () => {
  const faultOf = (module: string, from: string) =>
    moduleFault(
      Object.assign(
        new Error(`Cannot find module '${module}'
Require stack:
- a`),
        {
          code: 'MODULE_NOT_FOUND',
          requireStack: [from],
        },
      ),
    );
  const main = join(ROOT, 'src/main.ts');
  expect(faultOf('pg', main)).toBe(
    `"npm ci" did not get to its end ("pg" is missing, which src/main.ts needs): run it in ${ROOT}.`,
  );
  expect(faultOf('left-pad', main)).toBeUndefined();
  expect(faultOf('./other', main)).toBeUndefined();
  expect(faultOf('pg', '/elsewhere/a.ts')).toBeUndefined();
  expect(moduleFault(new Error('Cannot find module'))).toBeUndefined();
});

test('what cdktf starts is the same program', () => {
  install();
  const app = (
    JSON.parse(spawnSync('cat', [join(copy, 'cdktf.json')], { encoding: 'utf8' }).stdout) as { app: string }
  ).app;
  expect(app).toBe('node bin/start.cjs synth');
  renameSync(join(copy, 'node_modules'), join(copy, 'elsewhere'));
  expect(run(...app.split(' ').slice(1)).stderr).toMatch(/^"npm ci" did not get to its end/);
});

// Only root can make folders of somebody else's, and then become another.
const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot.each([
  ['cdktf.out', 'cdktf.out'],
  ['cdktf.out/stacks', 'cdktf.out'],
])('a %s of root, as "sudo npm run synth" leaves it, is named with what to do', (made, named) => {
  install();
  mkdirSync(join(copy, 'home'));
  mkdirSync(join(copy, 'home', made), { recursive: true });
  spawnSync('chmod', ['755', copy, join(copy, 'home')]);
  const { status, stderr } = spawnSync(process.execPath, ['../bin/start.cjs', 'synth'], {
    cwd: join(copy, 'home'),
    encoding: 'utf8',
    uid: 65_534,
    gid: 65_534,
  });
  expect(status).toBe(1);
  expect(stderr.replace(/^.* … .*\n/gm, '')).toMatch(
    new RegExp(
      `^cdktf\\.out\\S* cannot be used: ${named} belongs to root, and you are user 65534\\. Take it over: sudo chown -R 65534 ${named}\n$`,
    ),
  );
});

test('a path that leads through a file is said in a sentence', () => {
  install();
  writeFileSync(join(copy, 'file'), '');
  const { status, stderr } = run('bin/start.cjs', 'synth', '--output', 'file/out');
  expect(status).toBe(1);
  // A word on what takes long may come before.
  expect(stderr.replace(/^.* … .*\n/gm, '')).toBe(
    'The folder "file/out" cannot be written to: a file is in the way. Name another one with --output.\n',
  );
});
