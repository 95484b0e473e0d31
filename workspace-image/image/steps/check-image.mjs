#!/opt/workspace/node/bin/node
/**
 * Checks that an image is what was asked for: the last step of its build, and of use to whoever wonders about a
 * running workspace. Ends with status 1 and names every fault.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const HELP = `/opt/workspace/check-image

Checks this image: programs that must be there and that must not be, extensions, the editor's program and settings, owners.
`;
const EDITOR = '/opt/workspace/code-server/node_modules/code-server/lib/vscode';
const ASSISTANTS = '/opt/workspace/assistants';
const CHOICES = '/opt/workspace/extensions';
const MACHINE_SETTINGS = '/var/lib/code-server/Machine/settings.json';

if (process.argv.includes('--help')) {
  process.stdout.write(HELP);
  process.exit(0);
}

const expected = JSON.parse(readFileSync('/opt/workspace/image.json', 'utf8'));
const faults = [];
const check = (holds, fault) => holds || faults.push(fault);
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const folders = [...new Set(process.env.PATH.split(':').concat('/usr/local/sbin', '/usr/sbin', '/sbin'))];
const find = (program) => folders.map((folder) => join(folder, program)).filter((path) => existsSync(path));
for (const program of expected.required) check(find(program).length > 0, `${program} is missing`);
for (const program of expected.absent)
  check(find(program).length === 0, `${find(program)} must not be there`);

const review = spawnSync('ai-review', ['--version'], { encoding: 'utf8' });
check(
  review.status === 0 && /^\d+\.\d+\.\d+\S*\n$/.test(review.stdout),
  `ai-review does not run: ${review.stderr ?? review.error?.message}`,
);

check(
  process.getuid() === 1000 && process.getgid() === 1000,
  `runs as ${process.getuid()}:${process.getgid()}, not as 1000:1000`,
);
// It ends with status 1 over folders that are not this user's to read.
const setuid = spawnSync('find', ['/usr', '/opt', '/etc', '/var', '-xdev', '-type', 'f', '-perm', '/6000'], {
  stdio: ['ignore', 'pipe', 'ignore'],
  encoding: 'utf8',
}).stdout.trim();
check(setuid === '', `these programs change the user: ${setuid}`);

// Whatever the image decides must be root's, up to the root of the file system.
for (const file of [
  ...expected.files,
  MACHINE_SETTINGS,
  '/etc/code-server/config.yaml',
  '/etc/gitconfig',
  '/opt/workspace/commands',
  ASSISTANTS,
  CHOICES,
  `${EDITOR}/extensions`,
]) {
  for (let path = file; path !== '/'; path = dirname(path)) {
    const { uid, mode } = statSync(path);
    check(uid === 0, `${path} belongs to user ${uid}, not to root`);
    check((mode & 0o022) === 0 || (mode & 0o1000) !== 0, `${path} can be written by others`);
  }
}

const bare = spawnSync('git', ['config', '--system', 'safe.bareRepository'], { encoding: 'utf8' }).stdout;
check(bare === 'explicit\n', 'git takes a folder inside a clone for a repository of its own');

const manifestsIn = (folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name, 'package.json'))
    .filter((path) => existsSync(path))
    .map(readJson);
const builtIn = manifestsIn(join(EDITOR, 'extensions'));
const ofAssistants = manifestsIn(ASSISTANTS);
const manifests = [...builtIn, ...ofAssistants];
const idOf = ({ publisher, name }) => `${publisher}.${name}`.toLowerCase();
for (const id of expected.removedExtensions) {
  check(!manifests.some((manifest) => idOf(manifest) === id), `the extension ${id} must not be there`);
}
for (const { id, version, machineSettings = [] } of expected.extensions) {
  const manifest = manifests.find((found) => idOf(found) === id.toLowerCase());
  check(
    manifest?.version === version,
    `the extension ${id} is ${manifest?.version ?? 'missing'}, not ${version}`,
  );
  const properties = Object.assign(
    {},
    ...[manifest?.contributes?.configuration ?? []].flat().map((group) => group.properties),
  );
  for (const key of machineSettings) {
    check(properties[key]?.scope === 'machine', `a repository may state ${key} of ${id}`);
  }
}

// Started for a choice, the editor has the extensions of that choice; started for none, it has its own alone.
const assistants = expected.extensions.map(({ id }) => id.toLowerCase());
for (const id of assistants)
  check(
    !builtIn.some((manifest) => idOf(manifest) === id),
    `the extension ${id} is there whatever was chosen`,
  );
for (const [choice, ids] of Object.entries(expected.choices)) {
  const found = manifestsIn(join(CHOICES, choice)).map(idOf);
  const wanted = ids.map((id) => id.toLowerCase());
  for (const id of assistants) {
    const is = found.includes(id);
    check(is === wanted.includes(id), `${choice}: the extension ${id} is ${is ? '' : 'not '}there`);
  }
  for (const manifest of builtIn)
    check(found.includes(idOf(manifest)), `${choice}: ${idOf(manifest)} is missing`);
  check(found.includes('contractor-workspace.trust-guide'), `${choice}: nothing says why it needs trust`);
}

for (const { part, file, find, mark } of expected.edits) {
  const text = readFileSync(join(EDITOR, 'out', file), 'utf8');
  const isEdited = text.split(mark).length === 2 && !new RegExp(find).test(text);
  check(isEdited, `${part} is in the editor's program as its makers wrote it (${file})`);
}

// A key the editor does not know switches nothing off, and nobody would notice.
const program = readFileSync(join(EDITOR, 'out/vs/code/browser/workbench/workbench.js'), 'utf8');
const contributed = new Set(
  manifests.flatMap(({ contributes }) =>
    [contributes?.configuration ?? []].flat().flatMap(({ properties }) => Object.keys(properties ?? {})),
  ),
);
for (const key of Object.keys(readJson(MACHINE_SETTINGS))) {
  const known = contributed.has(key) || program.includes(`"${key}"`);
  if (expected.foreignSettings.includes(key)) {
    check(!contributed.has(key), `${key} is marked as of a removed extension, but an extension declares it`);
  } else {
    check(known, `the editor does not know the setting ${key}`);
  }
}
check(
  existsSync(join(EDITOR, 'node_modules/@vscode/ripgrep/bin/rg')),
  'ripgrep is not where Roo Code looks for it',
);

for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exit(1);
process.stdout.write('the image is what was asked for\n');
