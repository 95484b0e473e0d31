import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminOf, type Admin } from '../admin/support';
import { makeGate } from '../gateway/support/gate';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { start as startCommand } from './support';

let gateway: TestGateway;
let admin: Admin;
let folder: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = adminOf(gateway);
  folder = await mkdtemp(join(tmpdir(), 'keys-import-'));
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

/** `keys import` under way. */
const start = (file: string, args: readonly string[] = [], url = gateway.adminUrl) =>
  startCommand(url, ['keys', 'import', file, ...args]);

async function run(content: string, args: readonly string[] = [], url?: string) {
  const file = join(folder, 'users.csv');
  await writeFile(file, content);
  const { said, code } = start(file, args, url);
  return { code: await code, ...said, err: said.err.replaceAll(file, 'FILE') };
}

interface Row {
  readonly name: string;
  readonly state: string;
  readonly key: string | null;
}

const rowsOf = ({ out }: { out: string }): Row[] => JSON.parse(out) as Row[];
const keysOf = async (name: string): Promise<unknown[]> =>
  (await admin(`/key/list?key_alias=${name}&return_full_object=true`)).json['keys'] as unknown[];
const works = async (key: string | null | undefined): Promise<number> =>
  (await gateway.request('/v1/models', { key: key ?? '' })).status;

/** The admin listener behind something that may go wrong at each `/key/generate`. */
async function before(
  go: (number: number, forward: () => Promise<Response>) => Promise<Response | undefined>,
): Promise<{ url: string; close: () => void }> {
  let number = 0;
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    return body;
  };
  const server: Server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const forward = () =>
        fetch(gateway.adminUrl + (request.url ?? ''), {
          method: request.method ?? 'GET',
          headers: { authorization: request.headers.authorization ?? '' },
          ...(body === '' ? {} : { body }),
        });
      const answer = request.url === '/key/generate' ? await go((number += 1), forward) : await forward();
      if (answer === undefined) return request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      return response.end(await answer.text());
    })();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('makes a key for each user, and a second time gives nothing out but takes the terms of the file', async () => {
  const first = await run('# of the scripts\ncontractor1:10.00:60\ncontractor2:12.50:\n', ['--json']);
  expect([first.code, first.err]).toEqual([
    0,
    '2 created, 0 kept, 0 failed, 0 not tried. New keys are shown this once.\n',
  ]);
  expect(rowsOf(first).map(({ name, state }) => [name, state])).toEqual([
    ['contractor1', 'created'],
    ['contractor2', 'created'],
  ]);
  // Coder takes a name in capitals for the same person.
  const second = await run('name,budget,rpm\nCONTRACTOR1,15,60\ncontractor2,12.50,\n', ['--json']);
  expect(second.code).toBe(0);
  expect(rowsOf(second)).toMatchObject([
    { state: 'kept', key: null },
    { state: 'kept', key: null },
  ]);
  expect(await keysOf('contractor1')).toMatchObject([{ max_budget: 15, rpm_limit: 60 }]);
  expect(await works(rowsOf(first)[0]?.key)).toBe(200);
});

test('a table and CSV have each key on a line of its own', async () => {
  const table = await run('long-user-name,10,60\nt,10,60');
  expect(table.out).toMatch(
    /^user {12}state {4}key\nlong-user-name {2}created {2}sk-\S+\nt {15}created {2}sk-\S+\n$/,
  );
  const csv = await run('c1,10,60\nt,10,60', ['--csv']);
  expect(csv.out).toMatch(/^user,state,key\r\nc1,created,sk-\S+\r\nt,kept,\r\n$/);
});

test('a file with one line that can be read in two ways makes no key at all', async () => {
  const { code, out, err } = await run('eve;10;60\nhans;12,50;30\n');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^FILE: nothing was done\.\nline 2: budget "12,50": must be US dollars/);
  expect(await keysOf('eve')).toEqual([]);
  expect(await keysOf('hans')).toEqual([]);
});

test('a row that the gateway refuses is named, the others are done, and the next run does the rest', async () => {
  await admin('/key/generate', { scope: 'ci:taken', key_alias: 'taken' });
  const first = await run('r1,10,60\nr2,2000000,60\ntaken,1,1\nr3,10,60\n', ['--json']);
  expect(first.code).toBe(3);
  expect(first.err).toMatch(/^FILE line 2: r2: .*max_budget.*\nFILE line 3: taken: .*key of scope ci:taken/);
  expect(first.err).toContain('2 created, 0 kept, 2 failed, 0 not tried.');
  expect(first.err).toContain('Run it again');
  expect(rowsOf(first).map(({ name, state }) => [name, state])).toEqual([
    ['r1', 'created'],
    ['r3', 'created'],
  ]);
  for (const { key } of rowsOf(first)) expect(await works(key)).toBe(200);

  const second = await run('r1,10,60\nr2,20,60\nr3,10,60\n', ['--json']);
  expect([second.code, rowsOf(second).map(({ state }) => state)]).toEqual([0, ['kept', 'created', 'kept']]);
  for (const name of ['r1', 'r2', 'r3']) expect(await keysOf(name)).toHaveLength(1);
});

test('each key is out before the next is asked for; when the gateway goes away, the next run goes on', async () => {
  const seen = makeGate();
  const proxy = await before(async (number, forward) => {
    if (number === 1) return forward();
    await seen.opened;
    // Made, and never heard of.
    await forward();
    return undefined;
  });
  const file = join(folder, 'away.csv');
  await writeFile(file, 'g1,10,60\ng2,10,60\ng3,10,60\n');
  const { said, code } = start(file, [], proxy.url);
  const [, key] = await eventually(() => /g1 +created +(sk-\S+)\n/.exec(said.out) ?? undefined);
  expect(await works(key)).toBe(200);
  seen.open();
  expect(await code).toBe(4);
  expect(said.err).toContain(`${file} line 2: g2: The admin listener does not answer`);
  expect(said.err).toContain('A key may have been made without being shown');
  expect(said.err).toContain('"keys rotate g2"');
  expect(said.err).toContain('1 created, 0 kept, 1 failed, 1 not tried.');
  proxy.close();

  const again = start(file, ['--json']);
  expect(await again.code).toBe(0);
  expect(rowsOf(again.said).map(({ state }) => state)).toEqual(['kept', 'kept', 'created']);
  for (const name of ['g1', 'g2', 'g3']) expect(await keysOf(name)).toHaveLength(1);
});

test('a gateway whose store is away, or that refuses the key, is not asked for the rest', async () => {
  for (const [status, code] of [
    [503, 3],
    [403, 3],
  ] as const) {
    let asked = 0;
    const proxy = await before((number) => {
      asked = number;
      return Promise.resolve(Response.json({ error: { message: 'not now' } }, { status }));
    });
    const ran = await run('s1,10,60\ns2,10,60\n', ['--json'], proxy.url);
    expect([ran.code, asked, ran.out]).toEqual([code, 1, '[]\n']);
    expect(ran.err).toContain('FILE line 1: s1: not now\n');
    expect(ran.err).toContain('0 created, 0 kept, 1 failed, 1 not tried.');
    proxy.close();
  }
});

test('told to stop, it still shows the key that is being made', async () => {
  const asked = makeGate();
  const heard = makeGate();
  const proxy = await before(async (_, forward) => {
    asked.open();
    await heard.opened;
    return forward();
  });
  const file = join(folder, 'stop.csv');
  await writeFile(file, 'k1,10,60\nk2,10,60\n');
  const { child, said, code } = start(file, ['--json'], proxy.url);
  await asked.opened;
  child.kill('SIGTERM');
  await eventually(() => /stops after/.exec(said.err) ?? undefined);
  heard.open();
  expect(await code).toBe(1);
  expect(rowsOf(said)).toMatchObject([{ name: 'k1', state: 'created' }]);
  expect(await works(rowsOf(said)[0]?.key)).toBe(200);
  expect(said.err).toContain('1 created, 0 kept, 0 failed, 1 not tried.');
  expect(await keysOf('k2')).toEqual([]);
  proxy.close();
});

test('when nobody reads what it says, it makes no more keys', async () => {
  const asked = makeGate();
  const gone = makeGate();
  const proxy = await before(async (_, forward) => {
    asked.open();
    await gone.opened;
    return forward();
  });
  const file = join(folder, 'gone.csv');
  await writeFile(file, 'n1,10,60\nn2,10,60\n');
  const { child, said, code } = start(file, [], proxy.url);
  await asked.opened;
  child.stdout.destroy();
  gone.open();
  expect(await code).toBe(1);
  expect(said.err).toContain(
    'n1: the output cannot be written, so its new key was not shown: "keys rotate n1"',
  );
  expect(await keysOf('n1')).toHaveLength(1);
  expect(await keysOf('n2')).toEqual([]);
  proxy.close();
});
