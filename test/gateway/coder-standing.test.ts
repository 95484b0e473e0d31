import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCoderClient } from '../../gateway/coder/client';
import { startLiveness } from '../../gateway/coder/liveness';
import { CODER_STATES, createCoderStanding, type CoderState } from '../../gateway/coder/standing';
import { createLogger } from '../../gateway/log';
import { startCoderStandin, type CoderStandin } from '../standins/coder';
import { startTestGateway, type TestGateway } from './support/gateway';

const TOKEN_SCOPES = ['workspace:read', 'template:read', 'user:read'];
const OWNER = '00000000-0000-4000-8000-000000000001';
const ADMIN = '00000000-0000-4000-8000-000000000002';
const WORKSPACE = '00000000-0000-4000-8000-000000000003';

let gateway: TestGateway;
let coder: CoderStandin;
let key: string;
let wide: string;
const servers: Server[] = [];

beforeAll(async () => {
  coder = await startCoderStandin();
  gateway = await startTestGateway();
  coder.users.push(
    { id: OWNER, username: 'ada', status: 'active' },
    { id: ADMIN, username: 'root', status: 'active' },
  );
  coder.workspaces.push({
    id: WORKSPACE,
    name: 'dev',
    owner_id: OWNER,
    transition: 'start',
    status: 'running',
  });
  wide = coder.token(ADMIN, { scopes: TOKEN_SCOPES, isWide: true });
  key = await gateway.workspaceKey({
    workspace: { id: WORKSPACE, name: 'dev' },
    owner: { id: OWNER, name: 'ada', groups: [] },
  });
});
afterAll(async () => {
  for (const server of servers) server.close();
  await gateway.close();
  await coder.close();
});
beforeEach(() => {
  coder.trouble = 'none';
});

/** Something else that answers where Coder should. */
async function answering(status: number, headers: Record<string, string>, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body));
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const JSON_TYPE = { 'content-type': 'application/json' };

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly coder?: CoderState;
  readonly before?: CoderState;
  readonly what_to_do?: string;
}

/** Looks at what is given, one after the other, each twice. */
async function lookAt(
  looks: readonly { url?: string; token?: string; before?: () => void }[],
): Promise<Line[]> {
  const lines: string[] = [];
  const logger = createLogger('debug', (line) => lines.push(line));
  const { database, keys, now } = gateway.gateway.services;
  const standing = createCoderStanding(logger, now);
  for (const { url = coder.url, token = wide, before } of looks) {
    before?.();
    await gateway.store.query("update coder_poll set started_at = '-infinity'");
    const intervalMs = 3_600_000;
    const liveness = startLiveness({
      database,
      keys,
      coder: createCoderClient(url),
      token,
      intervalMs,
      logger,
      standing,
    });
    // Waits for the one that it makes by itself.
    await liveness.close();
    await gateway.store.query("update coder_poll set started_at = '-infinity'");
    await liveness.look();
  }
  for (const line of lines) for (const secret of [wide, coder.url]) expect(line).not.toContain(secret);
  return lines.map((line) => JSON.parse(line) as Line).filter(({ coder: state }) => state !== undefined);
}

test.each<[CoderState, string, () => Promise<{ url?: string; token?: string; before?: () => void }>]>([
  [
    'token_refused',
    'a token that was removed',
    () => Promise.resolve({ token: `${'k'.repeat(10)}-${'s'.repeat(22)}` }),
  ],
  [
    'token_forbidden',
    'a token that may not ask',
    async () => ({ url: await answering(403, JSON_TYPE, '{"message":"Forbidden."}') }),
  ],
  [
    'token_too_narrow',
    'a token that sees nobody but its owner',
    () => Promise.resolve({ token: coder.token(ADMIN, { scopes: TOKEN_SCOPES }) }),
  ],
  [
    'token_too_narrow',
    'a token without user:read',
    () =>
      Promise.resolve({
        token: coder.token(ADMIN, { scopes: ['workspace:read', 'template:read'], isWide: true }),
      }),
  ],
  ['unreachable', 'nobody at the address', () => Promise.resolve({ url: 'http://127.0.0.1:9' })],
  [
    'unreachable',
    'a connection that breaks',
    () => Promise.resolve({ before: () => (coder.trouble = 'silent') }),
  ],
  ['not_coder', 'a page', () => Promise.resolve({ before: () => (coder.trouble = 'html') })],
  ['not_coder', 'another service', async () => ({ url: await answering(200, JSON_TYPE, '{"ok":true}') })],
  ['not_coder', 'an address with a path too many', () => Promise.resolve({ url: `${coder.url}/coder` })],
  [
    'not_coder',
    'a redirect',
    async () => ({ url: await answering(302, { location: 'https://example.com/' }, '') }),
  ],
  ['troubled', 'an outage', () => Promise.resolve({ before: () => (coder.trouble = 'outage') })],
  [
    'troubled',
    'an outage that older ones call 401',
    () => Promise.resolve({ before: () => (coder.trouble = 'outage-as-401') }),
  ],
  ['troubled', 'a limit', () => Promise.resolve({ before: () => (coder.trouble = 'limited') })],
])('%s: %s, told once, with what to do', async (state, _, make) => {
  const [line, ...more] = await lookAt([await make()]);
  expect(line).toMatchObject({
    level: 'warn',
    coder: state,
    msg: CODER_STATES[state].says,
    what_to_do: CODER_STATES[state].remedy,
  });
  expect(more).toEqual([]);
});

test('each change is one line, and that all is well again is told, too', async () => {
  const lines = await lookAt([
    {},
    { token: `${'k'.repeat(10)}-${'s'.repeat(22)}` },
    { before: () => (coder.trouble = 'outage') },
    { before: () => (coder.trouble = 'none') },
  ]);
  expect(lines.map(({ coder: state, before }) => [before, state])).toEqual([
    ['reached', 'token_refused'],
    ['token_refused', 'troubled'],
    ['troubled', 'reached'],
  ]);
});

test('the holder of a key reads it, also where another process looks', async () => {
  const { services } = gateway.gateway;
  const told = async (): Promise<unknown> => {
    const info = await gateway.request('/api/v1/keys/info?usage=false', { key });
    return (info.json as unknown as { coder: unknown }).coder;
  };
  expect(await told()).toBeNull();
  await lookAt([{ token: `${'k'.repeat(10)}-${'s'.repeat(22)}` }]);
  const { database, keys, coderStanding: standing, logger } = services;
  const client = createCoderClient(coder.url);
  // The other one has looked a moment ago.
  const liveness = startLiveness({
    database,
    keys,
    coder: client,
    token: wide,
    intervalMs: 3_600_000,
    logger,
    standing,
  });
  expect(await liveness.look()).toBe('lately');
  await liveness.close();
  expect(await told()).toMatchObject({
    state: 'token_refused',
    says: expect.stringContaining('does not accept CODER_TOKEN') as string,
    what_to_do: expect.stringContaining('coder tokens create') as string,
  });
});

test('a token is found bad before there is any key to look for', async () => {
  const empty = await startTestGateway();
  const lines: string[] = [];
  const logger = createLogger('debug', (line) => lines.push(line));
  const { database, keys } = empty.gateway.services;
  const token = `${'k'.repeat(10)}-${'s'.repeat(22)}`;
  const liveness = startLiveness({
    database,
    keys,
    coder: createCoderClient(coder.url),
    token,
    intervalMs: 3_600_000,
    logger,
  });
  await liveness.close();
  await empty.close();
  expect(lines.join('')).toContain('"coder":"token_refused"');
});
