import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import { buildArguments } from '../../workspace-image/image/build';
import { imageContext, writeContext } from '../../workspace-image/image/context';
import { checkOptions } from '../../workspace-image/image/options';
import { EDITOR_PORT, WORKSPACE_HOME } from '../../workspace-image/image/pins';
import { workspaceImage } from '../../workspace-image/image/workspace-image';

const ROOT = resolve(__dirname, '..', '..');
const SNAPSHOT = join(ROOT, 'test', 'snapshots', 'image');
/** What a reviewer of a change reads; the rest are files of the repository as they are. */
const REVIEWED =
  /^(Dockerfile|extensions\.json|rootfs\/(etc|var|usr)\/.*|rootfs\/opt\/workspace\/image\.json)$/;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Mode and text of every file below a folder. */
function read(below: string): Record<string, string> {
  const names = readdirSync(below, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(below, name)).isFile());
  return Object.fromEntries(
    files.map((name) => {
      const path = join(below, name);
      return [name, `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`];
    }),
  );
}

test('the Dockerfile and what the image decides are as reviewed', () => {
  const reviewed = [...imageContext(workspaceImage())].filter(([path]) => REVIEWED.test(path));
  if (process.env.UPDATE_SNAPSHOT) {
    rmSync(SNAPSHOT, { recursive: true, force: true });
    for (const [path, { content }] of reviewed) {
      mkdirSync(dirname(join(SNAPSHOT, path)), { recursive: true });
      writeFileSync(join(SNAPSHOT, path), content);
    }
  }
  const kept = readdirSync(SNAPSHOT, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(SNAPSHOT, name)).isFile(),
  );
  expect(kept.sort()).toEqual(reviewed.map(([path]) => path).sort());
  for (const [path, { content }] of reviewed) {
    expect(`${path}\n${String(content)}`).toBe(`${path}\n${readFileSync(join(SNAPSHOT, path), 'utf8')}`);
  }
});

test('two contexts are the same to the byte and the mode, whatever the umask and the order of the parts', () => {
  const image = workspaceImage();
  writeContext(join(folder, 'one'), imageContext(image));
  const umask = process.umask(0o077);
  try {
    writeContext(join(folder, 'other'), imageContext({ ...image, parts: [...image.parts].reverse() }));
  } finally {
    process.umask(umask);
  }
  expect(read(join(folder, 'other'))).toEqual(read(join(folder, 'one')));
});

test('a context holds nothing of this machine, and nothing of the context before', () => {
  mkdirSync(join(folder, 'context'));
  writeFileSync(join(folder, 'context', 'left-over'), 'x');
  writeContext(join(folder, 'context'), imageContext(workspaceImage()));
  const files = read(join(folder, 'context'));
  expect(Object.keys(files)).not.toContain('left-over');
  expect(Object.entries(files).filter(([, text]) => text.includes(ROOT))).toEqual([]);
});

test('a template with an assistant of its own gets an image that holds it, and nothing of those it does not offer', () => {
  const aider = AssistantChoice.of({
    value: 'aider',
    label: 'Aider',
    description: 'Aider in the terminal',
    assistants: [
      {
        name: 'aider',
        image: {
          packages: { 'aider-cli': '1.2.3' },
          extensions: [{ id: 'Acme.aider', version: '4.5.6' }],
          files: [{ path: '/etc/aider/config.yml', content: 'share: false\n' }],
          settings: { 'aider.endpoint': 'gateway' },
        },
        bind: () => ({}),
      },
    ],
  });
  const textOf = (choices: readonly AssistantChoice[] | undefined, path: string): string =>
    String(imageContext(workspaceImage(choices)).get(path)?.content);
  const chosen = [AssistantChoice.OPENCODE, aider, AssistantChoice.NONE];
  const dockerfile = textOf(chosen, 'Dockerfile');
  expect(dockerfile).toContain('program.sh aider-cli 1.2.3\n');
  expect(dockerfile).toContain('program.sh opencode-ai ');
  expect(dockerfile).not.toContain('claude-code');
  expect(textOf(chosen, 'extensions.json')).toContain('"Acme.aider"');
  expect(textOf(chosen, 'extensions.json')).not.toContain('roo-cline');
  expect(textOf(chosen, 'rootfs/etc/aider/config.yml')).toBe('share: false\n');
  const settings = 'rootfs/var/lib/code-server/Machine/settings.json';
  expect(JSON.parse(textOf(chosen, settings))).toMatchObject({
    'aider.endpoint': 'gateway',
    'chat.disableAIFeatures': true,
  });
  expect(textOf([...AssistantChoice.ALL, aider], 'Dockerfile')).toContain('claude-code');
  expect(textOf(undefined, 'Dockerfile')).toBe(textOf(AssistantChoice.ALL, 'Dockerfile'));
});

test('where the home is and where the editor listens is said once', () => {
  const sources = ['Dockerfile.hbs', 'image', 'settings', 'tools'].flatMap((name) => {
    const path = join(ROOT, 'workspace-image', name);
    if (statSync(path).isFile()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((below) => join(path, below));
  });
  const saying = sources
    .filter((path) => statSync(path).isFile())
    .filter((path) =>
      new RegExp(`\\b${EDITOR_PORT}\\b|${WORKSPACE_HOME}\\b`).test(readFileSync(path, 'utf8')),
    );
  expect(saying).toEqual([join(ROOT, 'workspace-image/image/pins.ts')]);
  const context = imageContext(workspaceImage());
  const textOf = (path: string): string => String(context.get(path)?.content);
  expect(textOf('Dockerfile')).toContain(`http://127.0.0.1:${EDITOR_PORT}/healthz`);
  expect(textOf('rootfs/etc/code-server/config.yaml')).toContain(`bind-addr: 127.0.0.1:${EDITOR_PORT}\n`);
  expect(
    JSON.parse(textOf('rootfs/usr/local/share/contractor-workspace/image.json')) as unknown,
  ).toMatchObject({
    editor_port: EDITOR_PORT,
    extensions: `${WORKSPACE_HOME}/.local/share/code-server/extensions`,
  });
});

test('VSIX files and certificates of the site come along', () => {
  const vsix = join(folder, 'acme.tool-1.2.3.vsix');
  writeFileSync(vsix, 'zip');
  const certificate = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
  const context = imageContext({
    ...workspaceImage(),
    vsix: [vsix],
    certificates: [certificate, certificate],
  });
  expect([...context.keys()]).toEqual(
    expect.arrayContaining([
      'vsix/acme.tool-1.2.3.vsix',
      'certificates/site-001.crt',
      'certificates/site-002.crt',
    ]),
  );
});

test('every pinned thing in the Dockerfile is exact', () => {
  const dockerfile = String(imageContext(workspaceImage()).get('Dockerfile')?.content);
  expect(dockerfile).not.toMatch(/latest|[\^~]\d/);
  expect(dockerfile).toMatch(/^ARG BASE_IMAGE=\S+[:@]\S+$/m);
  // Without BuildKit there are no mounts, and a line "syntax" would fetch a program from a registry.
  expect(dockerfile).not.toMatch(/--mount|^# syntax|<<EOF/m);
});

test('the command line of docker names every source that was given', () => {
  writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n');
  const options = checkOptions({
    baseImage: 'registry.example.com/debian:12',
    gallery: 'https://gallery.example.com/api',
    vsix: folder,
    caCertificate: join(folder, 'ca.pem'),
    aptMirror: 'https://debian.example.com/debian',
    network: 'host',
    tag: 'registry.example.com/workspace:7',
    outdir: 'cdktf.out/image',
  });
  expect(options.certificates).toHaveLength(1);
  expect(buildArguments('context', options, 'https://npm.example.com/')).toEqual([
    'build',
    '--build-arg',
    'BASE_IMAGE=registry.example.com/debian:12',
    '--build-arg',
    'NPM_REGISTRY=https://npm.example.com/',
    '--build-arg',
    'EXTENSION_GALLERY=https://gallery.example.com/api',
    '--build-arg',
    'APT_MIRROR=https://debian.example.com/debian',
    '--network',
    'host',
    '--tag',
    'registry.example.com/workspace:7',
    'context',
  ]);
});

test('one error names every fault of the command line and never prints a password', () => {
  writeFileSync(join(folder, 'key.pem'), '-----BEGIN PRIVATE KEY-----\n');
  const bad = {
    npmRegistry: 'https://ann:hunter2@npm.example.com/',
    gallery: 'gallery.example.com',
    baseImage: 'debian',
    vsix: `${folder}/none`,
    caCertificate: `${folder}/key.pem`,
    network: 'a b',
  };
  let message = '';
  try {
    checkOptions({ tag: 'contractor-workspace:1', outdir: 'cdktf.out/image', ...bad });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(7);
  for (const option of ['npm-registry', 'gallery', 'base-image', 'vsix', 'ca-certificate', 'network'])
    expect(message).toContain(`--${option}`);
  expect(message).not.toContain('hunter2');
});
