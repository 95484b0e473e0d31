/** From nothing to a running platform and on: `up`, `upgrade` and `down` themselves, with real processes and signals. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkFile } from '../../../backup/check-file';
import { makeGate } from '../../gateway/support/gate';
import { text } from '../../standins/anthropic';
import { run, runOrThrow, type CommandResult } from '../../image/with-engine/commands';
import { bridgeAddress } from '../../image/with-engine/engine';
import { runCommand, type Ended, type RunWords } from './commands-under-test';
import { freePort, kill } from './host';
import { startProvider, type Provider } from './provider';
import { CALL, keepAsking, runIn, type WorkspacePlace } from './workspace';

const NAME = `up-${randomBytes(4).toString('hex')}`;
const NETWORK = `${NAME}-workspaces`;
const NODE = process.env.TEST_NODE_IMAGE ?? '';
const NODE_WITH_SHELL = process.env.TEST_NODE_SHELL_IMAGE ?? '';
const KEY = 'sk-ant-standin';
/**
 * Of the stream that an upgrade lets go on: five minutes where somebody has the time. That long it goes on after the old
 * gateway was told to end, but for what has gone by till then.
 */
const STREAM_SECONDS = Number(process.env.TEST_STREAM_SECONDS ?? 15);
const BEFORE_SECONDS = 12;
const HOME = `${NAME}-a-workspace-home`;
const SERVICES = ['postgres', 'gateway-1', 'gateway-door', 'coder'].map((service) => `${NAME}-${service}`);

const folder = mkdtempSync(join(tmpdir(), 'up-'));
const work = join(folder, 'platform');
let provider: Provider;
let environment: Record<string, string>;
let adminPort: number;

const words = {
  program: join(__dirname, 'program.ts'),
  folder: work,
  adminName: 'admin',
  adminEmail: 'admin@platform.invalid',
  gatewayBaseImage: NODE,
};

const command = (name: 'up' | 'upgrade' | 'down', more: object = {}, how: RunWords = {}): Promise<Ended> =>
  runCommand(name, { ...words, ...more }, { ...how, environment: { ...environment, ...how.environment } });

beforeAll(async () => {
  const bridge = await bridgeAddress();
  provider = await startProvider(bridge);
  adminPort = await freePort();
  environment = {
    TEST_UP_NAME: NAME,
    TEST_UP_CODER_PORT: String(await freePort()),
    TEST_UP_ADMIN_PORT: String(adminPort),
    TEST_UP_PROVIDER: provider.url,
    TEST_UP_BRIDGE: bridge,
    TEST_WORKSPACE_IMAGE: NODE,
    ANTHROPIC_API_KEY: KEY,
    // Wherever the tests run.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
});
afterAll(async () => {
  await run('docker', ['rm', '--force', `${NAME}-neighbour`]);
  await command('down', { volumes: true, consent: NAME });
  await run('docker', ['volume', 'rm', HOME]);
  await run('docker', ['rmi', `contractor-workspace-gateway:${NAME}`]);
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

const secrets = (): Record<string, string> =>
  JSON.parse(readFileSync(join(work, 'secrets.json'), 'utf8')) as Record<string, string>;

const idsOf = async (): Promise<Record<string, string>> => {
  const lines = await runOrThrow('docker', [
    'ps', '--all', '--no-trunc', '--filter', `label=ai-platform.name=${NAME}`, '--format', '{{.Names}} {{.ID}}',
  ]); // prettier-ignore
  return Object.fromEntries(
    lines
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
};

const place: WorkspacePlace = {
  network: NETWORK,
  trusted: join(work, 'certificates', 'trusted.pem'),
  image: NODE,
};
const inWorkspace = (script: string, env: Record<string, string> = {}): Promise<CommandResult> =>
  runIn(place, script, env);

const programInGateway = (...words: readonly string[]): Promise<string> =>
  runOrThrow('docker', [
    'exec',
    `${NAME}-gateway-1`,
    'node',
    '/opt/contractor-workspace/lib/program/main.js',
    ...words,
  ]);

describe('Ctrl-C at a step, and a key that is refused', () => {
  test('a refused key ends it with one line, before anything is built', async () => {
    const { code, stderr } = await command(
      'up',
      {},
      { environment: { ANTHROPIC_API_KEY: 'sk-ant-of-nobody-at-all' } },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('Anthropic refuses the key (401): give another one by ANTHROPIC_API_KEY');
    expect(stderr).not.toContain('sk-ant-of-nobody');
    expect(stderr).not.toContain('Building');
    // It is not taken again: the next run asks for another.
    expect(readFileSync(join(work, 'secrets.json'), 'utf8')).not.toContain('anthropic_api_key');
    expect(await idsOf()).toEqual({});
  });

  // Each of them, and the next `up` goes on: the last one is the whole test of that.
  test.each([
    ['Reading or making the secrets', 0],
    ['Building and pulling images', 1_000],
    ['Applying the stack', 4_000],
    ['Letting the gateway look after workspaces', 1_500],
  ])('during "%s", after %d ms', async (step, afterMs) => {
    const { code, stderr } = await command('up', {}, { stopAt: { text: `${step} …`, afterMs } });
    // A step may have been quicker than the signal.
    expect([130, 0]).toContain(code);
    if (code === 130) expect(stderr.trim().split('\n').at(-1)).toBe('Stopped.');
  });
});

test('up makes all of it, and ends with three addresses and what to click', async () => {
  const { code, stdout, stderr } = await command('up');
  expect({ code, stderr: stderr.slice(-2_000) }).toMatchObject({ code: 0 });
  for (const address of [
    `https://host.docker.internal:${environment['TEST_UP_CODER_PORT']}`,
    'https://ai-gateway:4000',
    `https://127.0.0.1:${adminPort}`,
  ])
    expect(stdout).toContain(address);
  expect(stdout).toContain('click Templates');
  const made = secrets();
  expect(statSync(join(work, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(statSync(work).mode & 0o777).toBe(0o700);
  expect(made['gateway_master_key']).toMatch(/^sk-[0-9a-f]{64}$/);
  for (const [name, value] of Object.entries(made).filter(([name]) => !name.endsWith('subnet')))
    expect({ name, shown: `${stdout}${stderr}`.includes(value) }).toEqual({ name, shown: false });
  expect(Object.keys(await idsOf())).toEqual(expect.arrayContaining(SERVICES));
  expect((await runOrThrow('docker', ['network', 'ls', '--format', '{{.Name}}'])).includes('-range')).toBe(
    false,
  );
});

test('Coder has an administrator, the gateway’s account with its scopes, and the template with its name', async () => {
  const state = JSON.parse(
    await runOrThrow('docker', ['exec', `${NAME}-coder`, 'cat', '/home/coder/state.json']),
  ) as {
    users: { username: string; roles: string[]; id: string }[];
    tokens: Record<string, { userId: string; scopes: string[] }>;
    templates: Record<string, { files: string[]; variables: string[]; display_name: string; icon: string }>;
  };
  expect(state.users.map(({ username, roles }) => ({ username, roles }))).toEqual([
    { username: 'admin', roles: ['owner'] },
    { username: 'ai-gateway', roles: ['template-admin'] },
  ]);
  const account = state.users[1]?.id;
  for (const token of Object.values(state.tokens).filter(({ userId }) => userId === account))
    expect(token.scopes).toEqual(['workspace:read', 'template:read', 'user:read']);
  expect(state.templates['contractor']).toMatchObject({
    variables: ['workspace_claim_secret'],
    icon: expect.stringMatching(/^\/icon\//) as string,
    display_name: expect.stringMatching(/\w/) as string,
  });
  expect(state.templates['contractor']?.files).toContain('workspace.tf');
  // Nothing of the push is left in the container.
  expect(await runOrThrow('docker', ['exec', `${NAME}-coder`, 'sh', '-c', 'echo /tmp/*'])).toBe('/tmp/*\n');
});

test('a second up changes nothing', async () => {
  const before = await idsOf();
  const state = await runOrThrow('docker', ['exec', `${NAME}-coder`, 'cat', '/home/coder/state.json']);
  const { code, stderr } = await command('up');
  expect(code).toBe(0);
  expect(stderr).toContain('nothing to change');
  expect(stderr).toContain('contractor is there');
  expect(await idsOf()).toEqual(before);
  const templates = (json: string): unknown => (JSON.parse(json) as { templates: unknown }).templates;
  const now = await runOrThrow('docker', ['exec', `${NAME}-coder`, 'cat', '/home/coder/state.json']);
  expect(templates(now)).toEqual(templates(state));
});

const program = (...words: readonly string[]): Promise<CommandResult> =>
  run(join(__dirname, '../../../bin/contractor-workspace'), [...words, '--folder', work]);

test('status and logs say how it is', async () => {
  const { status, output } = await program('status', '--json');
  expect(status).toBe(0);
  const told = JSON.parse(output) as {
    is_well: boolean;
    services: { container: string; state: string; image: string; ports: string[] }[];
    addresses: { name: string; answers?: boolean }[];
  };
  expect(told.is_well).toBe(true);
  expect(told.services.map(({ container, state }) => ({ container, state }))).toEqual(
    [...SERVICES].sort().map((container) => ({ container, state: 'well' })),
  );
  expect(told.addresses.map(({ name, answers }) => ({ name, answers }))).toEqual([
    { name: 'coder_url', answers: true },
    { name: 'gateway_url', answers: undefined },
    { name: 'gateway_admin_url', answers: true },
  ]);
  expect((await program('status')).output).toContain(`contractor-workspace-gateway:${NAME}`);

  const logs = await program('logs', 'gateway_1');
  expect(logs.output).toContain('"msg":"listening"');
  expect((await program('logs', '--since', '1h')).output).toContain(`${NAME}-coder | Started HTTP listener`);
  const wrong = await program('logs', 'nobody');
  expect(wrong).toMatchObject({ status: 2 });
  expect(wrong.output).toContain('There is no service "nobody": there are');
});

test('a workspace reaches the data port, and nothing else of the platform and its neighbours', async () => {
  const neighbour = `${NAME}-neighbour`;
  // As the template starts it: the editor listens within its workspace alone.
  await runOrThrow('docker', [
    'run', '--detach', '--name', neighbour, '--network', NETWORK, '--entrypoint', 'node', NODE, '-e',
    "require('http').createServer((q, r) => r.end('editor')).listen(13337, '127.0.0.1')",
  ]); // prettier-ignore
  const script = `
    const { connect } = require('net');
    const { Resolver } = require('dns').promises;
    // Not that of the system, which asks on and on where nothing is known.
    const resolver = new Resolver({ timeout: 1500, tries: 1 });
    const reach = async (host, port) => {
      const [address] = host === 'host.docker.internal' ? [host] : await resolver.resolve4(host).catch(() => []);
      if (address === undefined) return 'no such name';
      return new Promise((resolve) => {
        const socket = connect({ host: address, port, timeout: 5000 });
        const end = (word) => { socket.destroy(); resolve(word); };
        socket.once('connect', () => end('open')).once('error', (e) => end(e.code)).once('timeout', () => end('silence'));
      });
    };
    Promise.all(${JSON.stringify([
      ['data', 'litellm', 4000],
      ['data by the other name', 'ai-gateway', 4000],
      ['Coder', 'host.docker.internal', Number(environment['TEST_UP_CODER_PORT'])],
      ['admin', 'litellm', 4001],
      ['admin by its name', 'ai-gateway-admin', 4001],
      ['postgres', 'postgres', 5432],
      ["Coder's database, by its container", `${NAME}-postgres`, 5432],
      ['the door', `${NAME}-gateway-door`, 4001],
      ["a neighbour's editor", neighbour, 13337],
    ])}.map(async ([name, host, port]) => [name, await reach(host, port)]))
      .then(async (found) => {
        const { status } = await fetch('https://litellm:4000/health/readiness');
        console.log(JSON.stringify({ ...Object.fromEntries(found), health: status }));
        process.exit();
      });`;
  const { output } = await inWorkspace(script);
  const found = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  const absent = 'no such name';
  expect(found).toEqual({
    data: 'open',
    'data by the other name': 'open',
    Coder: 'open',
    admin: 'ECONNREFUSED',
    'admin by its name': absent,
    postgres: absent,
    "Coder's database, by its container": absent,
    'the door': absent,
    "a neighbour's editor": 'ECONNREFUSED',
    health: 200,
  });
  await run('docker', ['rm', '--force', neighbour]);
});

const stateOf = async (container: string): Promise<string> =>
  (
    await run('docker', [
      'inspect',
      container,
      '--format',
      '{{.State.Running}} {{.State.Health.Status}} {{.RestartCount}}',
    ])
  ).output.trim();

test('each service that is killed comes back by itself', async () => {
  for (const container of SERVICES) {
    const pid = (await runOrThrow('docker', ['inspect', container, '--format', '{{.State.Pid}}'])).trim();
    await kill(Number(pid), NODE);
  }
  for (const container of SERVICES) {
    const begin = Date.now();
    // A gateway may have come back before its store, and once more after it.
    while (!/^true healthy [1-9]/.test(await stateOf(container))) {
      expect({ container, waited: Date.now() - begin < 120_000 }).toEqual({ container, waited: true });
      await sleep(300);
    }
  }
});

test('a service that was removed is made again by up, and what it kept is there', async () => {
  const before = await idsOf();
  await runOrThrow('docker', ['rm', '--force', `${NAME}-gateway-door`, `${NAME}-postgres`]);
  const { code, stderr } = await command('up');
  expect({ code, stderr: stderr.slice(-1_000) }).toMatchObject({ code: 0 });
  const now = await idsOf();
  expect(now[`${NAME}-coder`]).toBe(before[`${NAME}-coder`]);
  expect(await stateOf(`${NAME}-postgres`)).toContain('healthy');
});

let key: string;

test('a key is made, and costs something', async () => {
  key = (await programInGateway('keys', 'create', 'user', 'ada', '--quiet')).trim();
  const { output } = await inWorkspace(`${CALL} call(false, 50).then((r) => console.log(r.status));`, {
    KEY: key,
  });
  expect(output.trim()).toBe('200');
});

/** Starts a stream that ends when it is let, and small calls one after the other beside it. */
function load(
  until: Promise<void>,
  seconds = 1,
): {
  streamed: Promise<CommandResult>;
  stop: () => Promise<Record<string, number>>;
} {
  const words = Array.from({ length: seconds }, (_, at) => `${at} `);
  provider.standin.answer({ content: [text(...words, 'end-of-stream')], eventDelayMs: 1_000, until });
  const streamed = inWorkspace(
    `${CALL} call(true, 4000).then(async (r) => { for await (const c of r.body) process.stdout.write(c); });`,
    { KEY: key },
  );
  return { streamed, stop: keepAsking(place, key, `${NAME}-load`) };
}

/** The stream is under way when the provider has been asked. */
const streamBegun = async (): Promise<void> => {
  const asked = provider.standin.requests.length;
  while (provider.standin.requests.length <= asked) await sleep(100);
  await sleep(1_000);
};

test(
  'an upgrade under load: a stream that fits goes on to its end, nobody is refused, a backup is there',
  async () => {
    const before = await idsOf();
    const begun = streamBegun();
    const gate = makeGate();
    const { streamed, stop } = load(gate.opened, Math.max(STREAM_SECONDS - BEFORE_SECONDS, 1));
    await begun;
    const { code, stderr } = await command(
      'upgrade',
      {
        gatewayBaseImage: NODE_WITH_SHELL,
        drain: 300,
      },
      {
        when: {
          text: 'calls under way get 300 s',
          then: gate.open,
        },
      },
    );
    expect({ code, stderr: stderr.slice(-2_000) }).toMatchObject({ code: 0 });
    const seen = await stop();
    const { output } = await streamed;
    expect(output).toContain('end-of-stream');
    expect(output).toContain('[DONE]');
    expect(Object.keys(seen)).toEqual(['200']);
    expect(seen['200']).toBeGreaterThan(10);
    expect(stderr).toContain('1 replaced: 1 call under way went on to the end, no call cut');
    const now = await idsOf();
    expect(now[`${NAME}-gateway-1`]).not.toBe(before[`${NAME}-gateway-1`]);
    expect(now[`${NAME}-postgres`]).toBe(before[`${NAME}-postgres`]);
    expect(Object.keys(now).filter((name) => name.includes('-old-'))).toEqual([]);

    const backups = readdirSync(join(work, 'backups'));
    expect(backups).toEqual([expect.stringMatching(/^site-.*\.backup$/)]);
    const file = join(work, 'backups', backups[0] ?? '');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { end } = await checkFile(file);
    expect(end.tables['keys']?.rows).toBeGreaterThan(0);
    expect(end.files['coder.dump']?.bytes).toBeGreaterThan(0);
  },
  (STREAM_SECONDS + 300) * 1_000,
);

test('a stream that takes longer than it is given is cut with a word, and counted', async () => {
  const begun = streamBegun();
  const { streamed, stop } = load(makeGate().opened);
  await begun;
  const { code, stderr } = await command('upgrade', { drain: 2 });
  expect({ code, stderr: stderr.slice(-2_000) }).toMatchObject({ code: 0 });
  expect(Object.keys(await stop())).toEqual(['200']);
  const { output } = await streamed;
  expect(output).not.toContain('end-of-stream');
  expect(output).toContain('shutting_down');
  expect(stderr).toContain('1 replaced: no call under way went on to the end, 1 call cut');
});

test('down and up: keys, spend and homes are there', async () => {
  await runOrThrow('docker', ['volume', 'create', HOME]);
  const before = await spendOf();
  expect(JSON.stringify(before)).toMatch(/"spend":0\.\d*[1-9]/);
  const down = await command('down');
  expect({ code: down.code, stderr: down.stderr.slice(-1_000) }).toMatchObject({ code: 0 });
  expect(down.stdout).toContain(`${NAME}-postgres-data`);
  expect(
    await runOrThrow('docker', ['ps', '--all', '--quiet', '--filter', `label=ai-platform.name=${NAME}`]),
  ).toBe('');
  await runOrThrow('docker', ['network', 'inspect', NETWORK]);

  const { code, stderr } = await command('up');
  expect({ code, stderr: stderr.slice(-1_000) }).toMatchObject({ code: 0 });
  expect(stderr).toContain('contractor is there');
  expect(await spendOf()).toEqual(before);
  const { output } = await inWorkspace(`${CALL} call(false, 50).then((r) => console.log(r.status));`, {
    KEY: key,
  });
  expect(output.trim()).toBe('200');
  await runOrThrow('docker', ['volume', 'inspect', HOME]);
});

const spendOf = async (): Promise<unknown> => {
  const answer = JSON.parse(await programInGateway('keys', 'list', '--json')) as
    { keys?: unknown } | unknown[];
  return JSON.parse(
    JSON.stringify(answer, (name, value: unknown) => (/last|seen|used/.test(name) ? undefined : value)),
  );
};

test('another policy is told and changes nothing, until it is published: then every gateway has it', async () => {
  const other = { environment: { TEST_UP_BUDGET: '7', TEST_UP_REPLICAS: '2' } };
  const first = await command('up', {}, other);
  expect({ code: first.code, stderr: first.stderr.slice(-2_000) }).toMatchObject({ code: 0 });
  expect(first.stderr).toMatch(/\$\d+ a day → \$7 a day/);
  expect(first.stdout).toContain(`contractor-workspace document publish --folder ${work}`);
  const listed = async (): Promise<string> => (await program('document', 'list')).output;
  expect(await listed()).not.toMatch(/^\s*(?:[2-9]|\d\d+) /m);

  const { code, stderr } = await command('up', { publish: true }, other);
  expect({ code, stderr: stderr.slice(-2_000) }).toMatchObject({ code: 0 });
  // Numbers are left out where Postgres was killed, as it was above.
  const [, number = ''] = /In force as (\d+): in every process of the gateway within/.exec(stderr) ?? [];
  expect(Number(number)).toBeGreaterThan(1);
  expect(await listed()).toMatch(new RegExp(`^\\s*${number} `, 'm'));
  for (const gateway of ['gateway-1', 'gateway-2']) {
    let log = '';
    for (const begin = Date.now(); !log.includes('"msg":"gateway document published"'); await sleep(200)) {
      expect({ gateway, waited: Date.now() - begin < 60_000 }).toEqual({ gateway, waited: true });
      log = (await run('docker', ['logs', `${NAME}-${gateway}`])).output;
    }
  }
});

test('down --volumes asks nobody where there is no terminal, and removes nothing', async () => {
  const { code, stderr } = await command('down', { volumes: true });
  expect(code).toBe(1);
  expect(stderr).toContain(`add --consent ${NAME}`);
  const wrong = await command('down', { volumes: true, consent: 'yes' });
  expect(wrong.stderr).toContain(`Nothing was removed: the word is "${NAME}".`);
  expect(await stateOf(`${NAME}-postgres`)).toContain('healthy');
});

test('the secrets of a platform whose data is there are not made anew', async () => {
  const { code, stderr } = await command('up', { folder: join(folder, 'another') });
  expect(code).toBe(1);
  expect(stderr).toContain(`The volume ${NAME}-postgres-data holds data of an earlier platform`);
  expect(existsSync(join(folder, 'another', 'secrets.json'))).toBe(false);
});
