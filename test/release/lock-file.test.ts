import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Finding } from '../../release/preflight/check';
import { preflight } from '../../release/preflight/preflight';
import { readText, removeFolders, templateFolder, temporaryFolder } from './support';

const PATH = process.env.PATH;

afterEach(() => {
  process.env.PATH = PATH;
});
afterAll(removeFolders);

const FILE = '.terraform.lock.hcl';
const PROVIDERS = ['coder/coder', 'kreuzwerker/docker'];
const LOCK = PROVIDERS.map(
  (source) =>
    `provider "registry.terraform.io/${source}" {\n  version = "3.0.0"\n  hashes = [\n    "h1:a",\n    "zh:b",\n  ]\n}\n`,
).join('\n');

async function check(folder: string, makesLock = false): Promise<Finding[]> {
  const { findings } = await preflight({ folder, name: 'contractor-workspace', makesLock });
  return findings.filter((finding) => finding.check === 'lock file');
}

function locked(lock: string): Promise<Finding[]> {
  const folder = templateFolder();
  writeFileSync(join(folder, FILE), lock);
  return check(folder);
}

/** Puts a terraform of the test's own, or none, on the PATH. */
function useTerraform(script: string | undefined): void {
  const folder = temporaryFolder();
  symlinkSync('/bin/bash', join(folder, 'bash'));
  if (script !== undefined) {
    writeFileSync(
      join(folder, 'terraform'),
      `#!/bin/bash\nif [ "$1" = version ]; then echo "Terraform v1.9.0"; exit; fi\n${script}\n`,
    );
    chmodSync(join(folder, 'terraform'), 0o755);
  }
  process.env.PATH = [folder, ...(script === undefined ? [] : ['/usr/bin', '/bin'])].join(delimiter);
}

test('none is missed, and no error', async () => {
  expect(await check(templateFolder())).toEqual([
    expect.objectContaining({
      state: 'note',
      todo: expect.stringContaining('-platform=linux_arm64') as string,
    }),
  ]);
});

test('one that names every provider', async () => {
  expect(await locked(LOCK)).toEqual([expect.objectContaining({ state: 'ok' })]);
});

test('one of another template', async () => {
  expect(await locked(LOCK.replace('kreuzwerker', 'somebody'))).toEqual([
    expect.objectContaining({
      state: 'error',
      says: expect.stringMatching(/does not name the provider kreuzwerker\/docker/) as string,
    }),
  ]);
});

test('one of one platform', async () => {
  const findings = await locked(LOCK.replaceAll(/ *"zh:b",\n/g, ''));
  expect(findings.map(({ state }) => state)).toEqual(['error', 'error']);
});

test('it is made for both platforms', async () => {
  const folder = templateFolder();
  const lock = PROVIDERS.map((source) => `provider "x/${source}" {\n  hashes = ["zh:a"]\n}`).join('\n');
  useTerraform(`echo "$@" > arguments.txt; printf '%s\\n' '${lock}' > ${FILE}`);
  expect(await check(folder, true)).toEqual([
    { check: 'lock file', state: 'ok', says: `${FILE} was made for linux_amd64 and linux_arm64` },
  ]);
  expect(readText(folder, 'arguments.txt')).toBe(
    'providers lock -platform=linux_amd64 -platform=linux_arm64\n',
  );
});

test.each([
  [
    'no terraform',
    undefined,
    /could not be made: There is no "terraform" on the PATH: install Terraform 1\.9/,
  ],
  [
    'no registry',
    'echo "│ Error: Could not retrieve providers for locking" >&2; echo "dial tcp: no such host" >&2; exit 1',
    /could not be made: no registry can be reached from here/,
  ],
  [
    'another fault',
    'echo "Error: Unsupported argument" >&2; exit 1',
    /terraform says "Unsupported argument"/,
  ],
])('%s is said, and no error', async (_, terraform, reason) => {
  useTerraform(terraform);
  expect(await check(templateFolder(), true)).toEqual([
    expect.objectContaining({ state: 'note', says: expect.stringMatching(reason) as string }),
  ]);
});
