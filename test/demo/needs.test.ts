import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-needs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string, mode = 0o755): void {
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), mode);
}

const demo = () =>
  spawnSync(process.execPath, [join(ROOT, 'bin/start.cjs'), 'demo'], {
    encoding: 'utf8',
    env: { PATH: folder, HOME: folder, TMPDIR: folder },
  });

test('everything that is missing is said at once, before anything is started, with how to install it', () => {
  for (const name of ['bash', 'curl', 'git', 'gunzip', 'sha256sum']) program(name, '#!/bin/sh\n');
  const { status, stdout, stderr } = demo();
  expect(status).toBe(1);
  expect(stdout).toMatch(/^✗ look for what the demo needs \(\d+\.\d s\)\n$/);
  expect(stderr).toBe(`The demo needs what this machine lacks:
  - flock is not on the PATH
  - jq is not on the PATH
  - There is no "terraform" on the PATH: install Terraform 1.9 or newer (developer.hashicorp.com/terraform/install), or name another one in TERRAFORM_BINARY_NAME.
On Debian and Ubuntu: sudo apt-get install -y util-linux jq
On macOS: brew install flock jq
`);
});

test.each<[string, string, number, RegExp]>([
  [
    'too old',
    '#!/bin/sh\necho "Terraform v1.8.5"\n',
    0o755,
    /"terraform" is Terraform 1\.8\.5, which is too old: install/,
  ],
  [
    'broken',
    '#!/bin/sh\necho "lib not found" >&2\nexit 127\n',
    0o755,
    /"terraform version" failed \(exit code 127: lib not found\): install/,
  ],
  ['killed', '#!/bin/sh\nkill -9 $$\n', 0o755, /"terraform version" failed \(ended by a signal\): install/],
  [
    'something else',
    '#!/bin/sh\necho "hello"\n',
    0o755,
    /"terraform version" says "hello", which is no version of Terraform/,
  ],
  ['a file that may not be run', '#!/bin/sh\n', 0o644, /"terraform" (may not be run \(EACCES\)|on the PATH)/],
  [
    'no program',
    'garbage',
    0o755,
    /"terraform" is no program of this machine \(ENOEXEC\)|"terraform version" failed/,
  ],
])('a Terraform that is %s', (_, script, mode, message) => {
  for (const name of ['bash', 'curl', 'git', 'gunzip', 'sha256sum', 'flock', 'jq'])
    program(name, '#!/bin/sh\n');
  program('terraform', script, mode);
  const { status, stderr } = demo();
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ +at /m);
});
