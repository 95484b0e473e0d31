/**
 * Ctrl-C at each step of `up`: while the step waits for whatever it waits for, which never comes. It says one line, leaves
 * nothing running, and the next `up` goes on to the next step, where it is stopped again; the last one is a whole `up`.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OutlinedService, PlatformOutline } from '../../../constructs/platform/platform-outline';
import { runUp, STEPS } from '../../../platform/up';
import { renderGatewayDocument } from '../../../src/gateway-document';
import { platformPolicy } from '../../../src/platform-policy';
import { Stopped } from '../../../terminal/stopped';
import { lastingCatalog } from '../../gateway/support/lasting-catalog';
import { startStore, type TestStore } from '../../gateway/support/store';
import { FakeEngine, SILENCE, WELL, type Answers } from './fake-engine';
import { OUTLINE } from './outline';

const home = mkdtempSync(join(tmpdir(), 'stopped-'));
const at = (name: string): string => join(home, name);
const former = { ...process.env };
const document = renderGatewayDocument(lastingCatalog, platformPolicy);

/** What does not answer now; a signal is sent once it was asked. */
let silent = '';
let asked: () => void = () => {};
/** What was said last to have begun. */
let step = '';
const isSilent = (what: string): boolean => {
  if (silent !== what) return false;
  asked();
  return true;
};

/** The image of this one has to be pulled. */
const PULLED = 'postgres:17';
const service = (name: string, image: string): OutlinedService => ({
  name, container: `plat-${name}`, image, memory: 64, ports: [], runsOnce: false, keptVolumes: [], environment: {},
}); // prettier-ignore

let engine: FakeEngine;
let coder: HttpServer;
let provider: HttpServer;
let gateway: HttpServer;
let store: TestStore;
let deaf: Server;
let outline: PlatformOutline;
const connections = new Set<Socket>();

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listening = <S extends Server>(server: S): Promise<S> => {
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket)).on('error', () => {});
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
};
/** @param answer by method and path; undefined: 404 */
const http = (name: string, answer: (line: string) => unknown): Promise<HttpServer> =>
  listening(
    createHttpServer((request: IncomingMessage, response) => {
      request.resume();
      const line = `${request.method} ${(request.url ?? '').replace(/\?.*/, '')}`;
      if (isSilent(`${name} ${line}`)) return;
      const body = answer(line);
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    }),
  );

const STATE = { Status: 'running', ExitCode: 0, StartedAt: '', Health: { Status: 'healthy' } };

/** By the engine: looked up as it is asked. */
const answers = (): Answers =>
  new Proxy<Record<string, unknown>>(
    {},
    {
      get: (_, key: string) => {
        if (isSilent(`engine ${key}`)) return SILENCE;
        if (key.startsWith('/images/'))
          return key.includes(encodeURIComponent(PULLED)) && !existsSync(at('pulled'))
            ? undefined
            : { Id: 'i' };
        if (key === '/containers/json')
          return outline.services.map(({ name }) => ({ Id: name, Names: [], Labels: {} }));
        const found = outline.services.find(({ name }) => key === `/containers/${name}/json`);
        if (found !== undefined) {
          if (silent === 'health' && step.startsWith('Waiting')) asked();
          return {
            Id: found.name, Name: `/${found.container}`, Image: 'i', RestartCount: 0,
            Config: { Image: found.image, Labels: { 'ai-platform.service': found.name } },
            HostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
            State: silent === 'health' ? { ...STATE, Health: { Status: 'starting' } } : STATE,
            NetworkSettings: {},
          }; // prettier-ignore
        }
        if (key.startsWith('PUT /containers/')) return {};
        return key.startsWith('/') ? WELL[key] : undefined;
      },
    },
  );

/** A program that says who it is, and waits for ever where it is told to. */
function program(name: string, text: string): void {
  writeFileSync(
    at(`bin/${name}`),
    `#!/bin/sh\necho "$$" >> ${at('pids')}\nif [ -e "${at('silent')}-${name}-$1" ]; then touch ${at('asked')}; exec sleep 1000; fi\n${text}\n`,
  );
  chmodSync(at(`bin/${name}`), 0o755);
}

beforeAll(async () => {
  for (const folder of ['bin', 'stack/gateway', 'template']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('stack/gateway/config.json'), JSON.stringify(document));
  writeFileSync(at('template/main.tf'), '# nothing\n');
  program('docker', `touch ${at('pulled')}`);
  program('terraform', 'if [ "$1" = version ]; then echo "Terraform v1.11.0"; fi');
  let hasUser = false;
  let isPushed = false;
  coder = await http('coder', (line) => {
    if (line === 'GET /api/v2/users/first') return hasUser ? {} : undefined;
    if (line === 'POST /api/v2/users/first') hasUser = true;
    if (line.includes('/templates/')) return isPushed ? { active_version_id: 'v1' } : undefined;
    return { session_token: 'token-of-a-session', id: 'u', username: 'admin', key: 'token-of-the-gateway' };
  });
  provider = await http('provider', () => ({ data: [] }));
  gateway = await http('gateway', () => ({
    origin: 'published', publication: null, sha256: 's', in_force_within: 2, document,
  })); // prettier-ignore
  deaf = await listening(createServer(() => isSilent('database')));
  store = await startStore();
  outline = {
    ...OUTLINE,
    services: [
      service('postgres', PULLED),
      { ...service('gateway_1', 'gateway:1'), environment: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${portOf(provider)}` } },
      { ...service('coder', 'coder:1'), keptVolumes: ['plat-coder-home'] },
      { ...service('database', 'postgres:18'), keptVolumes: ['plat-data'] },
    ],
    networks: [],
    secrets: [
      { name: 'anthropic_api_key', isOptional: false },
      { name: 'gateway_master_key', isOptional: false },
      { name: 'gateway_database_url', isOptional: false },
      { name: 'coder_token', isOptional: true },
    ],
    coder: { accessUrl: `http://127.0.0.1:${portOf(coder)}`, isOwn: true, speaksTls: false },
    gateway: { scheme: 'http', adminAddress: '127.0.0.1', adminPort: portOf(gateway), shutdownSeconds: 300 },
    ownsDatabase: false,
  }; // prettier-ignore
  engine = await FakeEngine.start(answers(), (_, command) => {
    if (command.includes('push')) {
      if (isSilent('exec')) return ['cat'];
      isPushed = true;
    }
    return ['true'];
  });
  process.env['DOCKER_HOST'] = engine.address;
  process.env['PATH'] = `${at('bin')}:${former['PATH']}`;
  process.env['TERRAFORM_BINARY_NAME'] = at('bin/terraform');
  process.env['ANTHROPIC_API_KEY'] = 'sk-ant-of-the-tests';
});
afterAll(async () => {
  process.env = former;
  engine.close();
  for (const server of [coder, provider, gateway, deaf]) server.close();
  for (const socket of connections) socket.destroy();
  await store.remove();
  rmSync(home, { recursive: true, force: true });
});

/** In the place of the first step, which runs a program of the user's, and of Node.js's own end. */
const [SYNTHESIZE, ...OTHERS] = STEPS;
const declare: (typeof STEPS)[number] = {
  name: SYNTHESIZE?.name ?? '',
  ifItFails: '',
  run: (context) => {
    context.declared = {
      folder: at('stack'),
      outline,
      template: { name: 'contractor', folder: at('template') },
    };
  },
};

/** @param stopAt the name of a step, for what cannot be kept waiting */
async function up(stopAt?: string): Promise<{ fault: unknown; lines: string[] }> {
  const lines: string[] = [];
  const hear = (text: unknown): boolean => {
    lines.push(...String(text).trimEnd().split('\n'));
    if (String(text).trimEnd().endsWith(' …')) step = String(text);
    if (stopAt !== undefined && String(text).startsWith(`${stopAt} …`)) process.emit('SIGINT', 'SIGINT');
    return true;
  };
  const spies = [
    jest.spyOn(process.stderr, 'write').mockImplementation(hear),
    jest.spyOn(process.stdout, 'write').mockImplementation(hear),
  ];
  process.env['GATEWAY_DATABASE_URL'] =
    silent === 'database' ? `postgresql://u:p@127.0.0.1:${portOf(deaf)}/x` : store.url;
  const words = { folder: at('platform'), adminName: 'admin', adminEmail: 'admin@platform.invalid' };
  try {
    return { fault: await runUp([declare, ...OTHERS], undefined, words).then(() => undefined, (thrown) => thrown as unknown), lines };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
} // prettier-ignore

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** By step, what it is made to wait for; "": nothing that could be waited for, so the signal comes as it begins. */
const WAITS: Readonly<Record<string, string>> = {
  'Synthesizing platform and template': '',
  'Checking this host': 'engine /info',
  'Reading or making the secrets': 'engine /volumes/plat-data',
  'Asking the provider whether it takes the key': 'provider GET /v1/models',
  "Asking the site's Postgres for its rights": 'database',
  'Making or checking the certificates': '',
  'Building and pulling images': 'program docker pull',
  'Applying the stack': 'program terraform plan',
  'Waiting until all services are well': 'health',
  "Making Coder's administrator": 'coder POST /api/v2/users/login',
  'Letting the gateway look after workspaces': 'coder PUT /api/v2/users/ai-gateway/roles',
  "Comparing the gateway's document with the one in force": 'gateway GET /document',
  'Pushing the template': 'exec',
};

test('every step is stopped below', () => {
  expect(Object.keys(WAITS)).toEqual(STEPS.map(({ name }) => name));
});

test.each(Object.entries(WAITS))('Ctrl-C at "%s"', async (name, waits) => {
  silent = waits;
  const isAsked = new Promise<void>((done) => (asked = done));
  const [, binary = '', word = ''] = /^program (\S+) (\S+)$/.exec(waits) ?? [];
  const marker = at(`silent-${binary}-${word}`);
  if (binary !== '') writeFileSync(marker, '');
  const running = up(waits === '' ? name : undefined);
  if (binary !== '') while (!existsSync(at('asked'))) await delay(20);
  else if (waits !== '') await isAsked;
  // Whatever else the test waits for comes late: a step that does not hear it waits for ever.
  if (waits !== '') process.emit('SIGINT', 'SIGINT');
  const { fault, lines } = await running;
  rmSync(marker, { force: true });
  rmSync(at('asked'), { force: true });

  expect(fault).toBeInstanceOf(Stopped);
  expect(fault).toMatchObject({ message: 'Stopped.', exitCode: 130 });
  // It was at that step, and said nothing of a failure.
  expect(lines.filter((line) => line.endsWith(' …')).at(-1)).toBe(`${name} …`);
  expect(lines.join('\n')).not.toMatch(/failed/);
  // No lock, no program, and no question is left.
  expect(existsSync(at('platform/lock'))).toBe(false);
  const pids = existsSync(at('pids')) ? readFileSync(at('pids'), 'utf8').trim().split('\n').map(Number) : [];
  expect(pids.filter(isAlive)).toEqual([]);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test('the next up goes on from there: it is whole', async () => {
  silent = '';
  const { fault, lines } = await up();
  expect(fault).toBeUndefined();
  expect(lines.join('\n')).toContain('they say the same');
  expect(lines.join('\n')).toContain('click Templates');
  const { lines: again } = await up();
  for (const said of ['all are there', 'nothing to change', 'contractor is there'])
    expect(again.join('\n')).toContain(said);
});
