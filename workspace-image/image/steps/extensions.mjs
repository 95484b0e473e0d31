/**
 * Fetches the extensions of the assistants and takes out of the editor's own those that are not wanted.
 *
 * They become extensions the editor comes with: a new image reaches people who have worked with an older one, and what
 * people install themselves stays in their home. Each choice of assistant has a folder with links to all that the
 * editor comes with and to its own, which the editor is started with: what was not chosen is not there.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

const CODE_SERVER = '/opt/workspace/code-server/node_modules/code-server';
const BUILT_IN = `${CODE_SERVER}/lib/vscode/extensions`;
const ASSISTANTS = '/opt/workspace/assistants';
const CHOICES = '/opt/workspace/extensions';
const VSIX = '/opt/workspace/vsix';

const { extensions, choices, removed } = JSON.parse(
  readFileSync('/opt/workspace/steps/extensions.json', 'utf8'),
);
const gallery = process.env.EXTENSION_GALLERY ?? '';

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const idOf = ({ publisher, name }) => `${publisher}.${name}`.toLowerCase();
const foldersIn = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'package.json')))
    .map((entry) => join(folder, entry.name));

/** @returns the local file of an extension, if the folder holds it: `publisher.name-1.2.3.vsix`, a platform may follow */
function localFile({ id, version }) {
  const start = `${id}-${version}`.toLowerCase();
  const machine = `linux-${process.arch}`;
  const files = readdirSync(VSIX).filter((file) => {
    const name = file.toLowerCase();
    return (
      name === `${start}.vsix` || name === `${start}@${machine}.vsix` || name === `${start}-${machine}.vsix`
    );
  });
  return files[0] && join(VSIX, files[0]);
}

function install(extension, folder) {
  const file = localFile(extension);
  const source = file ?? `${extension.id}@${extension.version}`;
  const environment = gallery === '' ? {} : { EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: gallery }) };
  const args = [`${CODE_SERVER}/out/node/entry.js`, '--user-data-dir', join(folder, 'data')];
  args.push('--extensions-dir', join(folder, 'extensions'), '--install-extension', source);
  try {
    execFileSync(process.execPath, args, {
      stdio: 'inherit',
      env: { ...process.env, ...environment, HOME: folder },
    });
  } catch {
    const name = `${extension.id}-${extension.version}.vsix`;
    throw new Error(
      file
        ? `${file} is no extension that can be installed`
        : `the extension ${source} cannot be fetched from the gallery; put ${name} into a folder and name it: npm run image -- --vsix <folder>`,
    );
  }
}

/** The editor takes such a setting from the machine only, never from a repository's .vscode/settings.json. */
function claimForMachine(folder, settings) {
  const manifest = manifestOf(folder);
  const groups = [manifest.contributes?.configuration ?? []].flat();
  for (const key of settings) {
    const declared = groups.find(({ properties }) => properties?.[key]);
    if (!declared) {
      throw new Error(
        `${idOf(manifest)} ${manifest.version} declares no setting "${key}", so a repository cannot be kept from it`,
      );
    }
    declared.properties[key].scope = 'machine';
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

const faults = [];
// Folders an extension came with, itself and those it needs, by its id in lower case.
const brought = new Map();
mkdirSync(ASSISTANTS, { recursive: true });
for (const extension of extensions) {
  const folder = mkdtempSync('/tmp/extension-');
  try {
    install(extension, folder);
    for (const installed of foldersIn(join(folder, 'extensions'))) {
      const manifest = manifestOf(installed);
      if (idOf(manifest) === extension.id.toLowerCase()) {
        if (manifest.version !== extension.version) {
          throw new Error(
            `${extension.id} is pinned to ${extension.version}, but ${manifest.version} was installed`,
          );
        }
        claimForMachine(installed, extension.machineSettings ?? []);
      }
      const target = join(ASSISTANTS, idOf(manifest));
      const id = extension.id.toLowerCase();
      brought.set(id, [...(brought.get(id) ?? []), target]);
      cpSync(installed, target, { recursive: true });
      // An archive's own modes may keep everybody but root out.
      execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', target]);
    }
  } catch (error) {
    faults.push(error.message);
  }
  rmSync(folder, { recursive: true, force: true });
}
for (const folder of [...foldersIn(BUILT_IN), ...foldersIn(ASSISTANTS)]) {
  if (removed.includes(idOf(manifestOf(folder)))) {
    process.stdout.write(`removed ${idOf(manifestOf(folder))}\n`);
    rmSync(folder, { recursive: true });
  }
}
if (faults.length > 0) {
  process.stderr.write(
    `the extensions of the image are not complete\n${faults.map((fault) => `- ${fault}\n`).join('')}`,
  );
  process.exit(1);
}

// A folder among them holds what several extensions of the editor share, so all of it is linked.
const builtIn = readdirSync(BUILT_IN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => join(BUILT_IN, entry.name));
mkdirSync(CHOICES, { recursive: true });
for (const [choice, ids] of Object.entries(choices)) {
  const folder = join(CHOICES, choice);
  mkdirSync(folder);
  const own = ids.flatMap((id) => brought.get(id.toLowerCase())).filter((path) => existsSync(path));
  const wanted = new Set([...builtIn, ...own]);
  for (const target of wanted) symlinkSync(target, join(folder, basename(target)));
}
