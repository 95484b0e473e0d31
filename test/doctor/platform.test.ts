/** A platform as `up` leaves it in its folder, with an engine that answers what a test says, and a gateway of its own. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformOutline } from '../../constructs/platform/platform-outline';
import { Site } from '../certificates/support';
import { runProgram } from '../cli/run';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { OUTLINE } from '../platform/up/outline';
import { examined, type Examined } from './support';

let folder: string;
let gateway: TestGateway;
let engine: Server;
/** What was asked, and what of the answers is different from a platform that is well. */
let asked: string[] = [];
let answers: Readonly<Record<string, unknown>> = {};
/** What the container in the workspaces' network says of an address. */
let statusThere = (_: string): string => '000';

const container = (name: string, more: object = {}) => ({
  Id: name,
  Name: `/${name}`,
  Image: 'sha256:1',
  RestartCount: 0,
  Config: { Image: `${name}:1`, Labels: {} },
  HostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
  State: { Status: 'running', ExitCode: 0, StartedAt: new Date().toISOString(), ...more },
  NetworkSettings: { Ports: {} },
});

const WELL: Readonly<Record<string, unknown>> = {
  'GET /version': { Version: '27.1.0', ApiVersion: '1.46', MinAPIVersion: '1.24' },
  'GET /info': { DockerRootDir: tmpdir() },
  'GET /containers/json': [{ Id: 'plat-postgres' }, { Id: 'plat-gateway-1' }],
  'GET /containers/plat-postgres/json': container('plat-postgres'),
  'GET /containers/plat-gateway-1/json': container('plat-gateway-1'),
  'GET /networks/plat-workspaces': {
    Containers: { a: { Name: 'plat-gateway-1', IPv4Address: '172.30.0.5/16' } },
    IPAM: { Config: [{ Gateway: '172.30.0.1' }] },
  },
  'GET /images/contractor-workspace%3A1/json': { Id: 'sha256:2' },
  'POST /containers/probe/start': {},
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-platform-'));
  const made = new Site(folder);
  made.issue('authority', { isAuthority: true });
  made.issue('gateway', { by: 'authority', names: 'DNS:ai-gateway-admin,DNS:ai-gateway' });
  gateway = await startTestGateway({
    env: { GATEWAY_TLS_CERT: made.at('gateway.pem'), GATEWAY_TLS_KEY: made.at('gateway.key') },
  });
  mkdirSync(join(folder, 'certificates'));
  cpSync(made.at('authority.pem'), join(folder, 'certificates', 'trusted.pem'));
  const outline: PlatformOutline = {
    ...OUTLINE,
    gateway: { ...OUTLINE.gateway, adminPort: Number(new URL(gateway.adminUrl).port) },
    coder: { accessUrl: 'http://coder.example.invalid', isOwn: false, speaksTls: false },
  };
  writeFileSync(join(folder, 'record.json'), JSON.stringify({ made: { folder, outline } }));
  writeSecrets({});
  let targets: string[] = [];
  engine = createServer((request, response) => {
    const path = (request.url ?? '')
      .replace(/^\/v1\.\d+/, '')
      .replace(/\?.*$/, '')
      .replace(/doctor-[0-9a-f]+/, 'probe');
    asked.push(`${request.method} ${path}`);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (path === '/containers/create') {
        const { Env } = JSON.parse(body) as { Env: string[] };
        targets = (Env[0] ?? '').replace('TARGETS=', '').split(' ');
        return void response.writeHead(201).end('{"Id":"probe"}');
      }
      if (path === '/containers/probe/logs') {
        const text = Buffer.from(targets.map((each) => `${each} ${statusThere(each)}\n`).join(''));
        const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
        head.writeUInt32BE(text.length, 4);
        return void response.writeHead(200).end(Buffer.concat([head, text]));
      }
      const answer = { ...WELL, ...answers }[`${request.method} ${path}`];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: 'no such thing' }));
    });
  });
  await new Promise<void>((listens) => engine.listen(join(folder, 'engine.sock'), listens));
});
afterAll(async () => {
  await gateway.close();
  engine.closeAllConnections();
  await new Promise((closed) => engine.close(closed));
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
  answers = {};
  statusThere = (target) => (target === 'https://ai-gateway:4000' ? '200' : '000');
  writeSecrets({});
});

const writeSecrets = (more: Readonly<Record<string, string>>): void =>
  writeFileSync(
    join(folder, 'secrets.json'),
    JSON.stringify({ gateway_master_key: MASTER_KEY, postgres_password: 'a'.repeat(64), ...more }),
    { mode: 0o600 },
  );

const look = async (...args: string[]): Promise<Examined> =>
  examined(
    await runProgram(['doctor', '--folder', folder, ...args, '--json'], {
      env: { PATH: process.env['PATH'], DOCKER_HOST: `unix://${join(folder, 'engine.sock')}` },
    }),
  );

test('a platform is looked at by its folder, through its own certificates', async () => {
  const { of } = await look();
  expect(of('admin listener')).toMatchObject([{ severity: 'ok' }]);
  expect(of('services')).toMatchObject([{ severity: 'ok', says: 'all 2 are well' }]);
  expect(of("platform's secrets")).toMatchObject([{ severity: 'ok' }]);
  expect(of('data listener')).toMatchObject([
    { severity: 'not checked', says: expect.stringContaining('published to workspaces only') as string },
  ]);
  expect(of('disk').map(({ says }) => says)).toEqual([
    expect.stringMatching(/^the disk of the platform's folder/),
    expect.stringMatching(/^the Docker engine's disk/),
  ]);
  expect(of('secure context')).toMatchObject([{ severity: 'fault' }]);
});

test('workspaces reach the data listener and not the admin listener, and the probe is taken away', async () => {
  const { of } = await look();
  expect(of('admin port from workspaces')).toEqual([
    expect.objectContaining({
      severity: 'ok',
      says: expect.stringMatching(
        /^none of \d+ addresses of it answers in plat-workspaces, and the data listener does$/,
      ) as string,
    }),
  ]);
  expect(asked).toContain('DELETE /containers/probe');
});

test.each([
  [
    'an admin listener that answers there',
    (target: string) =>
      /4001$/.test(target) && target.includes('172.30.0.5')
        ? '401'
        : target.endsWith(':4000')
          ? '200'
          : '000',
    /reach the admin listener at https:\/\/172\.30\.0\.5:4001/,
  ],
  ['a data listener that does not', () => '000', /get no answer of https:\/\/ai-gateway:4000/],
])('%s is a fault', async (_, status, says) => {
  statusThere = status;
  const { of, code } = await look();
  expect(of('admin port from workspaces')).toMatchObject([
    { severity: 'fault', says: expect.stringMatching(says) as string },
  ]);
  expect(code).toBe(1);
});

test.each([
  ['no network', { 'GET /networks/plat-workspaces': undefined }, /no network plat-workspaces/],
  ['no image', { 'GET /images/contractor-workspace%3A1/json': undefined }, /no image contractor-workspace:1/],
])('%s: not checked, and why', async (_, changed, says) => {
  answers = changed;
  const { of } = await look();
  expect(of('admin port from workspaces')).toMatchObject([
    { severity: 'not checked', says: expect.stringMatching(says) as string },
  ]);
});

test('services that are not well, or start again and again', async () => {
  answers = {
    'GET /containers/json': [{ Id: 'plat-postgres' }],
    'GET /containers/plat-postgres/json': { ...container('plat-postgres'), RestartCount: 7 },
  };
  const { of } = await look();
  expect(of('services').map(({ severity, says }) => [severity, says])).toEqual([
    ['warning', 'plat-postgres was started anew 7 times'],
    ['fault', 'plat-gateway-1 is not there'],
  ]);
});

test('secrets of the folder: alike, default, short; none is shown', async () => {
  writeSecrets({
    coder_database_password: 'a'.repeat(64),
    valkey_auth: 'changeme',
    langfuse_salt: 'qwertyuiop',
  });
  const { of, out } = await look();
  expect(of("platform's secrets").map(({ says }) => says.replace(/ in \S+/, ''))).toEqual([
    'postgres_password and coder_database_password are the same',
    'valkey_auth is a default or a placeholder',
    'langfuse_salt has only 10 characters',
  ]);
  for (const secret of ['changeme', 'qwertyuiop', MASTER_KEY]) expect(out).not.toContain(secret);
});

test('what runs in the container tells which addresses answer', async () => {
  // Not waited for in place: the gateway answers from this process.
  const child = spawn('bash', [join(__dirname, '../../doctor/probe.sh')], {
    env: { PATH: process.env['PATH'], TARGETS: `${gateway.adminUrl} https://127.0.0.1:9` },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await new Promise((ended) => child.once('close', ended));
  expect(said).toBe(`${gateway.adminUrl} 200\nhttps://127.0.0.1:9 000\n`);
});
