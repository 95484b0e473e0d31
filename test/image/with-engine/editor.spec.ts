import { run } from './commands';
import { Container, newVolume } from './container';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AI_FEATURES } from '../../../src/ai-features';

const SCRIPT = `assistant=roo-code
folder=/home/coder/project
is_clone=
${readFileSync(resolve(__dirname, '../../../workspace-image/scripts/code-server.sh'), 'utf8')}`;
const DATA = '/home/coder/.local/share/code-server';

const containers: Container[] = [];
const volumes: string[] = [];
async function start(home?: string): Promise<Container> {
  const container = await Container.start(home === undefined ? {} : { home });
  containers.push(container);
  return container;
}
afterAll(async () => {
  for (const container of containers) await container.remove();
  for (const volume of volumes) await run('docker', ['volume', 'rm', volume]);
});

/** The template's own start script, as Coder's agent runs it. */
const startEditor = async (container: Container): Promise<void> => {
  const result = await container.exec(['bash', '-c', SCRIPT], { timeout: 60 });
  expect(result).toMatchObject({ status: 0 });
};

/** Addresses and ports that something listens on, as the kernel says. */
const listeners = async (container: Container): Promise<string[]> =>
  (await container.output('cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; true'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => fields[1] ?? '');

test('A57, A59: with an empty home the editor answers within two minutes, on loopback only', async () => {
  const begin = Date.now();
  const container = await start();
  await startEditor(container);
  const seconds = (Date.now() - begin) / 1000;
  process.stdout.write(`container and editor: ${seconds.toFixed(1)} s\n`);
  expect(seconds).toBeLessThan(120);
  expect(await container.output('curl -s http://127.0.0.1:8080/healthz')).toContain('status');
  expect(await container.output('curl -s http://127.0.0.1:8080/ -L | head -c 4000')).toContain('workbench');

  // 127.0.0.1:8080, in the kernel's writing.
  expect(await listeners(container)).toEqual(['0100007F:1F90']);
  const address = await container.inspect('{{.NetworkSettings.IPAddress}}');
  expect(address).not.toBe('');
  expect((await container.shell(`curl -s --max-time 3 http://${address}:8080/healthz`)).status).not.toBe(0);
  expect((await run('curl', ['-s', '--max-time', '3', `http://${address}:8080/healthz`])).status).not.toBe(0);
});

test('A58: a command runs in the workspace, in a home made from the skeleton', async () => {
  const container = containers[0] ?? (await start());
  expect(await container.output('pwd; ls -A ~ | grep -x .bashrc')).toBe('/home/coder\n.bashrc');
  expect(await container.output('stat -c %u:%g ~')).toBe('1000:1000');
});

test('Docker sees that the editor is well', async () => {
  const container = containers[0] ?? (await start());
  const test = JSON.parse(await container.inspect('{{json .Config.Healthcheck.Test}}')) as string[];
  expect(await container.shell(test.slice(1).join(' '))).toMatchObject({ status: 0 });
});

test('a home from an older image gets the new settings, and keeps what is the developer’s', async () => {
  const home = await newVolume();
  volumes.push(home);
  const old = await start(home);
  // What images that kept all of it in the home have left there.
  await old.output(`
    mkdir -p ~/.config/code-server ${DATA}/User ${DATA}/Machine ${DATA}/extensions/acme.mine-1.0.0
    printf 'bind-addr: 0.0.0.0:9999\\nauth: password\\npassword: x\\ndisable-workspace-trust: true\\n' > ~/.config/code-server/config.yaml
    printf '{"editor.fontSize": 17, "chat.disableAIFeatures": false}\\n' > ${DATA}/User/settings.json
    printf '{"chat.disableAIFeatures": false}\\n' > ${DATA}/Machine/settings.json
    printf '{"publisher":"acme","name":"mine","version":"1.0.0","engines":{"vscode":"^1.80.0"}}' > ${DATA}/extensions/acme.mine-1.0.0/package.json
  `);
  await old.remove();

  const container = await start(home);
  await startEditor(container);
  expect(await listeners(container)).toEqual(['0100007F:1F90']);
  const settings = JSON.parse(
    await container.output('cat /var/lib/code-server/Machine/settings.json'),
  ) as Record<string, unknown>;
  for (const { key, value } of AI_FEATURES.flatMap(({ editor }) => editor ?? [])) {
    expect({ key, value: settings[key] }).toEqual({ key, value });
  }
  expect(await container.output('jq ."\\"editor.fontSize\\"" /var/lib/code-server/User/settings.json')).toBe(
    '17',
  );
  // Settings the editor takes from the user alone: what is there stands, what is missing is added.
  expect(JSON.parse(await container.output(`cat ${DATA}/User/settings.json`))).toMatchObject({
    'chat.disableAIFeatures': false,
    'telemetry.telemetryLevel': 'off',
    'extensions.autoUpdate': 'off',
  });
  expect(await container.output('code-server --list-extensions')).toContain('acme.mine');
});

test('the developer cannot put other settings in the place of the machine’s', async () => {
  const container = containers[0] ?? (await start());
  const data = '/var/lib/code-server';
  for (const command of [
    `rm -rf ${data}/Machine`,
    `mv ${data}/Machine ${data}/Old`,
    `rm ${data}/Machine/settings.json`,
    `ln -sfn ~/mine ${data}/User`,
    `rm ${data}/User`,
    `mv ${data} /var/lib/other`,
    `echo '{}' > ${data}/Machine/settings.json`,
    `touch ${data}/Machine/other.json`,
  ]) {
    expect({ command, ...(await container.shell(command)) }).toMatchObject({ command, status: 1 });
  }
});

test('a second start finds the editor running', async () => {
  const container = containers[0] ?? (await start());
  await startEditor(container);
  expect(await container.output('pgrep -fc "[o]ut/node/entry.js" || true')).toMatch(/^[12]$/);
});

test('a pipe in the place of the settings does not keep the editor from starting', async () => {
  const container = await start();
  await container.output(`mkdir -p ${DATA}/User && mkfifo ${DATA}/User/settings.json`);
  expect(await container.shell('timeout 30 code-server --version')).toMatchObject({ status: 0 });
});
