import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, fetch } from 'undici';
import { ensureCertificates, terraformVariables, type Certificates } from '../../../certificates/ensure';
import { platformNames } from '../../../certificates/names';
import { CoderServer } from '../../../constructs/platform/coder-server';
import { Database } from '../../../constructs/platform/database';
import { WorkspaceFacingNetwork } from '../../../constructs/platform/platform-networks';
import { ServiceImage } from '../../../constructs/platform/service-image';
import { expectOk } from '../../harness/terraform';
import { run, runOrThrow, type CommandResult } from '../../image/with-engine/commands';
import { PlatformUnderTest, SECRETS } from '../support';
import { inOrder, MadePlatform } from './made-platform';

const NAME = `plat-${randomBytes(4).toString('hex')}`;
const NETWORK = `${NAME}-workspaces`;
const GATEWAY_IMAGE = process.env.TEST_GATEWAY_IMAGE ?? 'platform-test-gateway:1';
const GATEWAYS = [`${NAME}-gateway-1`, `${NAME}-gateway-2`];

let platform: PlatformUnderTest;
let made: MadePlatform;
let adminPort: number;
let certificates: Certificates;
const folder = mkdtempSync(join(tmpdir(), 'made-platform-'));

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

beforeAll(async () => {
  adminPort = await freePort();
  platform = await PlatformUnderTest.synthesize({
    name: NAME,
    database: Database.own({ image: ServiceImage.of(process.env.TEST_POSTGRES_IMAGE ?? '') }),
    coder: CoderServer.existing('https://coder.example.com'),
    workspaceNetwork: WorkspaceFacingNetwork.own({ name: NETWORK }),
    gateway: { image: ServiceImage.of(GATEWAY_IMAGE), replicas: 2, adminPort },
  });
  certificates = ensureCertificates({ folder: join(folder, 'certificates'), names: platformNames({}) });
  const vars = { ...SECRETS, ...terraformVariables(certificates) };
  const { plan } = await platform.terraform.plan({ vars });
  const applied = expectOk(await platform.terraform.apply({ vars }));
  const begin = Date.now();
  made = await MadePlatform.make(applied.state, inOrder(plan.configuration), platform.terraform.dir);
  process.stdout.write(`the platform is up and well after ${((Date.now() - begin) / 1000).toFixed(1)} s\n`);
});
afterAll(async () => {
  await made?.remove();
  platform?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs JavaScript where a workspace is: on its network and no other. */
const inWorkspace = (script: string, isTrusting = true): Promise<CommandResult> =>
  run('docker', [
    ...['run', '--rm', '--network', NETWORK, '--entrypoint', 'node'],
    ...(isTrusting ? ['--volume', `${certificates.trusted}:/trusted.pem:ro`] : []),
    ...(isTrusting ? ['--env', 'NODE_EXTRA_CA_CERTS=/trusted.pem'] : []),
    ...[GATEWAY_IMAGE, '-e', script],
  ]);

/** What becomes of a connection from there: "open", or why not. */
const reached = async (host: string, port: number): Promise<string> =>
  (
    await inWorkspace(
      `const s = require('net').connect({ host: '${host}', port: ${port}, timeout: 3000 });
       const end = (word) => { console.log(word); process.exit(); };
       s.once('connect', () => end('open')).once('error', (e) => end(e.code)).once('timeout', () => end('silence'));`,
    )
  ).output.trim();

/** Addresses that names have there, as Docker says; none: nobody of that name. */
const addresses = async (names: readonly string[]): Promise<Record<string, string[]>> => {
  const script = `
    const { Resolver } = require('dns').promises;
    const resolver = new Resolver({ timeout: 2000, tries: 1 });
    Promise.all(${JSON.stringify(names)}.map(async (n) => [n, await resolver.resolve4(n).catch(() => [])]))
      .then((all) => console.log(JSON.stringify(Object.fromEntries(all))));`;
  return JSON.parse((await inWorkspace(script)).output) as Record<string, string[]>;
};

const inspect = async (container: string, format: string): Promise<string> =>
  (await runOrThrow('docker', ['inspect', container, '--format', format])).trim();

test('a workspace reaches the data port by both names, and nothing else of the platform', async () => {
  for (const name of ['litellm', 'ai-gateway']) {
    const { output } = await inWorkspace(
      `fetch('https://${name}:4000/health/readiness').then((r) => r.text()).then(console.log)`,
    );
    expect({ name, ...(JSON.parse(output) as object) }).toEqual({
      name,
      status: 'connected',
      db: 'connected',
    });
  }
  expect(await reached('litellm', 4000)).toBe('open');
  // The very process, by the address that it is known by there.
  expect(await reached('litellm', 4001)).toBe('ECONNREFUSED');
  const strangers = [
    'ai-gateway-admin',
    'ai-gateway-admin-1',
    'postgres',
    `${NAME}-postgres`,
    `${NAME}-gateway-door`,
  ];
  const { litellm, ...others } = await addresses(['litellm', ...strangers]);
  expect(litellm).toHaveLength(2);
  expect(others).toEqual(Object.fromEntries(strangers.map((name) => [name, []])));
});

test('an administrator makes a key through the door on loopback, and a workspace uses it', async () => {
  expect(await inspect(`${NAME}-gateway-door`, '{{json .HostConfig.PortBindings}}')).toBe(
    JSON.stringify({ '4001/tcp': [{ HostIp: '127.0.0.1', HostPort: String(adminPort) }] }),
  );
  const dispatcher = new Agent({ connect: { ca: readFileSync(certificates.trusted) } });
  const answer = await fetch(`https://127.0.0.1:${adminPort}/key/generate`, {
    dispatcher,
    method: 'POST',
    headers: { authorization: `Bearer ${SECRETS.gateway_master_key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'ada', key_alias: 'of the platform test' }),
  });
  expect(answer.status).toBe(200);
  const { key } = (await answer.json()) as { key: string };
  const { output } = await inWorkspace(
    `fetch('https://litellm:4000/v1/models', { headers: { authorization: 'Bearer ${key}' } })
       .then((r) => r.json()).then((b) => console.log(JSON.stringify(b.data.map(({ id }) => id))))`,
  );
  expect(JSON.parse(output)).toContain('claude-sonnet-4-5');

  // The gateway's own commands, in its container, find it and its key by themselves.
  const program = '/opt/contractor-workspace/lib/program/main.js';
  const listed = await runOrThrow('docker', ['exec', GATEWAYS[0] ?? '', 'node', program, 'keys', 'list']);
  expect(listed).toContain('ada');
});

test('no secret shows in what the engine tells of a container', async () => {
  expect(made.containers).toHaveLength(10);
  for (const container of made.containers) {
    const told = await runOrThrow('docker', ['inspect', container]);
    const shown = Object.entries(SECRETS).filter(([, secret]) => told.includes(secret));
    expect({ container, shown: shown.map(([name]) => name) }).toEqual({ container, shown: [] });
  }
});

test('each service alone reads its secrets', async () => {
  for (const [container, path, owner] of [
    [GATEWAYS[0] ?? '', '/run/ai-platform', 1000],
    [GATEWAYS[0] ?? '', '/run/gateway-tls', 1000],
    [`${NAME}-postgres`, '/run/ai-platform', 999],
  ] as const) {
    const volume = await inspect(
      container,
      `{{range .Mounts}}{{if eq .Destination "${path}"}}{{.Name}} {{.RW}}{{end}}{{end}}`,
    );
    const [name = '', writable] = volume.split(' ');
    expect(writable).toBe('false');
    const { output } = await run('docker', [
      'run', '--rm', '--network', 'none', '--user', '0:0', '--volume', `${name}:/files:ro`, '--entrypoint', 'node', GATEWAY_IMAGE, '-e',
      `const fs = require('fs');
       console.log(JSON.stringify(fs.readdirSync('/files').map((f) => fs.statSync('/files/' + f)).map((s) => [s.uid, s.gid, (s.mode & 0o777).toString(8)])))`,
    ]); // prettier-ignore
    const files = JSON.parse(output) as unknown[];
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(file).toEqual([owner, owner, '400']);
  }
});

test('the gateway runs as nobody in particular, without a shell, without a capability, and can write nothing', async () => {
  const container = GATEWAYS[0] ?? '';
  const script = `
    const fs = require('fs');
    const status = fs.readFileSync('/proc/self/status', 'utf8');
    const word = (name) => status.match(new RegExp('^' + name + ':\\\\s+(.*)$', 'm'))[1];
    const failing = ['/x', '/opt/contractor-workspace/x', '/run/ai-platform/x', '/run/gateway-document/x'].map((path) => {
      try { fs.writeFileSync(path, 'x'); return path; } catch (e) { return e.code; }
    });
    console.log(JSON.stringify({ uid: process.getuid(), capabilities: word('CapBnd'), privileges: word('NoNewPrivs'),
      failing, shell: fs.existsSync('/bin/sh') }));`;
  const { output } = await run('docker', ['exec', container, 'node', '-e', script]);
  expect(JSON.parse(output)).toEqual({
    uid: 1000,
    capabilities: '0000000000000000',
    privileges: '1',
    failing: ['EROFS', 'EROFS', 'EROFS', 'EROFS'],
    shell: false,
  });
});

test('every container has limits, a log that turns over, and what it may not do', async () => {
  for (const container of made.containers) {
    const { HostConfig } = (await made.inspect(container)) as unknown as {
      HostConfig: Record<string, unknown> & { LogConfig: unknown };
    };
    expect({ container, ...HostConfig }).toMatchObject({
      container,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } },
      Privileged: false,
    });
    expect(HostConfig['Memory']).toBeGreaterThan(0);
    expect(HostConfig['MemorySwap']).toBe(HostConfig['Memory']);
    expect(HostConfig['NanoCpus']).toBeGreaterThan(0);
  }
});

test('a process that dies comes back, and meanwhile the other serves by the same name', async () => {
  const [first = '', second = ''] = GATEWAYS;
  const killed = `
    const fs = require('fs');
    const pid = fs.readdirSync('/proc').find((p) => /^\\d+$/.test(p) && p !== '1' && Number(p) !== process.pid
      && fs.readFileSync('/proc/' + p + '/cmdline', 'utf8').includes('main.js'));
    process.kill(Number(pid), 'SIGKILL');`;
  expect(await run('docker', ['exec', first, 'node', '-e', killed])).toMatchObject({ status: 0 });
  const { output } = await inWorkspace(
    `fetch('https://litellm:4000/health/liveliness').then((r) => console.log(r.status))`,
  );
  expect(output.trim()).toBe('200');
  await made.healthy(first);
  expect((await made.inspect(first)).RestartCount).toBe(1);
  expect((await made.inspect(second)).RestartCount).toBe(0);
});

test('the accounts of the store are made again without a fault, and each sees its own data alone', async () => {
  const accounts = `${NAME}-postgres-accounts`;
  await runOrThrow('docker', ['start', '--attach', accounts]);
  const { output } = await run('docker', [
    'exec',
    '--user',
    '999:999',
    `${NAME}-postgres`,
    'psql',
    '--no-psqlrc',
    '--tuples-only',
    '--no-align',
    '--username=postgres',
    '--command',
    `select datname, pg_get_userbyid(datdba), has_database_privilege('public', datname, 'connect') from pg_database where datname = 'gateway'`,
  ]);
  expect(output.trim()).toBe('gateway|gateway|f');
});

test('another document is taken up by processes that go on running', async () => {
  const dispatcher = new Agent({ connect: { ca: readFileSync(certificates.trusted) } });
  const ask = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`https://127.0.0.1:${adminPort}${path}`, {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${SECRETS.gateway_master_key}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([path, answer.status]).toEqual([path, 200]);
    return (await answer.json()) as Record<string, unknown>;
  };
  const { document } = await ask('/document');
  await ask('/document/publish', { document: { ...(document as object), default_level: 'design-first' } });
  const begin = Date.now();
  for (const gateway of GATEWAYS) {
    while (!(await made.log(gateway)).includes('"msg":"gateway document published"')) {
      expect(Date.now() - begin).toBeLessThan(60_000);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  expect((await made.inspect(GATEWAYS[1] ?? '')).RestartCount).toBe(0);
});

/** The serial number of the certificate that a workspace is shown. */
const shownSerial = async (): Promise<string> =>
  (
    await inWorkspace(
      `const s = require('tls').connect({ host: 'litellm', port: 4000, servername: 'litellm' }, () => {
         console.log(s.getPeerCertificate().serialNumber); s.end(); });`,
    )
  ).output.trim();

test('who does not trust the authority is not served, nor who asks for TLS 1.1', async () => {
  const fetching = `fetch('https://ai-gateway:4000/health/liveness').catch((e) => console.log(e.cause.code))`;
  expect((await inWorkspace(fetching, false)).output).toMatch(/^(UNABLE_TO|SELF_SIGNED)\w+\n$/);
  const { output } = await inWorkspace(
    `require('tls').connect({ host: 'litellm', port: 4000, servername: 'litellm', minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })
       .once('error', (e) => console.log(e.code))`,
  );
  expect(output.trim()).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
});

test('a renewed certificate is taken up by processes that go on running', async () => {
  const before = await shownSerial();
  expect(before).toBe(new X509Certificate(readFileSync(certificates.gateway.certificate)).serialNumber);
  const { gateway } = ensureCertificates({
    folder: certificates.folder,
    names: platformNames({}),
    renew: true,
  });
  const placer = `${NAME}-gateway-tls-files`;
  const file = '/given/certificate.pem';
  await made.upload(placer, { file, source: gateway.certificate, permissions: '0400' });
  await runOrThrow('docker', ['start', '--attach', placer]);
  const begin = Date.now();
  for (const container of GATEWAYS)
    while (!(await made.log(container)).includes('certificate of the listeners re-read')) {
      expect(Date.now() - begin).toBeLessThan(60_000);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  expect(await shownSerial()).toBe(new X509Certificate(readFileSync(gateway.certificate)).serialNumber);
  expect(await shownSerial()).not.toBe(before);
  for (const container of GATEWAYS)
    expect(await inspect(container, '{{.State.Running}} {{.RestartCount}}')).toMatch(/^true [01]$/);
});

test('it starts in seconds and takes little, for the record', async () => {
  const [container = ''] = GATEWAYS;
  const used = await runOrThrow('docker', [
    'stats',
    '--no-stream',
    '--format',
    '{{.Name}} {{.MemUsage}}',
    ...GATEWAYS,
    `${NAME}-gateway-door`,
  ]);
  const started = Date.parse(await inspect(container, '{{.State.StartedAt}}'));
  const lines = (await made.log(container)).split('\n').filter((line) => line.includes('"msg":"listening"'));
  const listening = Date.parse(/"time":"([^"]+)"/.exec(lines.at(-1) ?? '')?.[1] ?? '');
  process.stdout.write(`${used}listens ${listening - started} ms after its container began\n`);
  expect(listening - started).toBeGreaterThan(0);
});
