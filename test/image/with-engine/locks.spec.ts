import { AiLockdown } from '../../../constructs/workspace/ai-lockdown';
import { ABSENT_PROGRAMS, FORBIDDEN_PROGRAMS } from '../../../workspace-image/image/pins';
import { runOrThrow } from './commands';
import { Container, IMAGE } from './container';

let workspace: Container;
beforeAll(async () => {
  workspace = await Container.start();
});
afterAll(() => workspace?.remove());

const statusField = async (name: string): Promise<string | undefined> =>
  (await workspace.output('cat /proc/self/status'))
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(/\s+/)[1];

test('A39: no process gets more rights than it began with, and no program would give them', async () => {
  expect(await statusField('NoNewPrivs')).toBe('1');
  expect(await workspace.output('find / -xdev -type f -perm /6000 2>/dev/null; true')).toBe('');
});

test('A40: the user is not root, and always the same', async () => {
  expect(await workspace.output('id -u; id -g; id -un')).toBe('1000\n1000\ncoder');
  expect(await runOrThrow('docker', ['image', 'inspect', IMAGE, '--format', '{{.Config.User}}'])).toBe(
    '1000:1000\n',
  );
});

test('A41, inverted: no capability is left, NET_ADMIN least of all', async () => {
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
    expect({ set, value: await statusField(set) }).toEqual({ set, value: '0000000000000000' });
  }
});

test('A42: nobody becomes root or installs packages', async () => {
  expect((await workspace.shell('sudo apt-get install nmap')).status).toBe(127);
  expect((await workspace.shell('apt-get install -y nmap')).status).not.toBe(0);
  expect((await workspace.shell('su -c id root < /dev/null')).output).not.toContain('uid=0');
});

test('A43: there is no Docker client and no socket', async () => {
  expect((await workspace.shell('docker ps')).status).toBe(127);
  expect((await workspace.shell('test -e /var/run/docker.sock')).status).toBe(1);
});

test('A44: the ways out that nobody needs are absent', async () => {
  const programs = [...FORBIDDEN_PROGRAMS, ...ABSENT_PROGRAMS];
  expect(FORBIDDEN_PROGRAMS).toHaveLength(12);
  expect((await workspace.shell(`type -a ${programs.join(' ')} 2>/dev/null`)).output).toBe('');
});

test('A45, A60: git, curl, wget, Python, Node.js, npm, vim and jq run', async () => {
  const programs = ['git', 'curl', 'wget', 'python3', 'node', 'npm', 'vim', 'jq'];
  for (const program of programs) {
    expect({ program, ...(await workspace.shell(`${program} --version >/dev/null`)) }).toMatchObject({
      program,
      status: 0,
    });
  }
  expect(await workspace.output('node --version')).toMatch(/^v24\./);
  expect(await workspace.output('python3 -m venv /tmp/venv && /tmp/venv/bin/python -c "print(6*7)"')).toBe(
    '42',
  );
});

test('what the image decides belongs to root, up to the root of the file system', async () => {
  const { status, output } = await workspace.exec(['/opt/workspace/check-image']);
  expect({ status, output }).toEqual({ status: 0, output: 'the image is what was asked for\n' });
  for (const path of [
    '/etc/opencode/opencode.json',
    '/etc/claude-code/managed-settings.json',
    '/etc/code-server/config.yaml',
    '/var/lib/code-server/Machine/settings.json',
    '/usr/local/bin/opencode',
    '/usr/local/bin/claude',
    '/usr/local/bin/ai-key',
  ]) {
    expect({ path, ...(await workspace.shell(`echo x >> ${path}`)) }).toMatchObject({ path, status: 1 });
    expect({ path, ...(await workspace.shell(`mv ${path} ${path}.x || rm -f ${path}`)) }).toMatchObject({
      path,
      status: 1,
    });
  }
});

test('git runs no command that hides in a bare repository inside a clone', async () => {
  await workspace.output(`
    git init -q ~/clone && git init -q --bare ~/clone/docs
    git -C ~/clone/docs --git-dir=. config core.fsmonitor 'touch /tmp/ran #'
    git -C ~/clone/docs --git-dir=. config core.bare false
    git -C ~/clone/docs --git-dir=. config core.worktree .`);
  const { status, output } = await workspace.shell('cd ~/clone/docs && git status');
  expect({ status, output }).toMatchObject({
    status: 128,
    output: expect.stringContaining('safe.bareRepository') as string,
  });
  expect((await workspace.shell('test -e /tmp/ran')).status).toBe(1);
  expect((await workspace.shell('cd ~/clone && git status')).status).toBe(0);
});

test('other assistants are absent, bundled ones too', async () => {
  const editor = '/opt/workspace/code-server/node_modules/code-server/lib/vscode';
  const ids = await workspace.output(
    `for f in ${editor}/extensions/*/package.json; do jq -r '"\\(.publisher).\\(.name)" | ascii_downcase' "$f"; done`,
  );
  const found = ids.split('\n');
  expect(found).toContain('vscode.git');
  for (const id of new AiLockdown().removedExtensions) expect(found).not.toContain(id);
  expect(await workspace.output(`find ${editor} -maxdepth 3 -iname '*copilot*'`)).not.toMatch(
    /copilot-sdk|\/copilot$/,
  );
});

test('no layer holds a secret or an address with a password', async () => {
  const history = await runOrThrow('docker', ['history', '--no-trunc', '--format', '{{.CreatedBy}}', IMAGE]);
  expect(history).not.toMatch(/:\/\/[^/\s]*@|sk-[A-Za-z0-9]{8}|_authToken|password/i);
});
