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
  expect(first.err).toMatch(
    /^FILE line 2: r2: Budget must be .*1000000.*\nFILE line 3: taken: .*key of scope ci:taken/,
  );
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

test('when the gateway goes away, all that may have been made is named, and the next run goes on', async () => {
  const seen = makeGate();
  const proxy = await before(async (number, forward) => {
    if (number === 1) return forward();
    await seen.opened;
    // The second is made, and never heard of; nothing reaches the gateway after it.
    if (number === 2) await forward();
    return undefined;
  });
  const file = join(folder, 'away.csv');
  await writeFile(file, ['g1', 'g2', 'g3', 'g4', 'g5'].map((name) => `${name},10,60`).join('\n'));
  const { said, code } = start(file, [], proxy.url);
  const [, key] = await eventually(() => /g1 +created +(sk-\S+)\n/.exec(said.out) ?? undefined);
  expect(await works(key)).toBe(200);
  seen.open();
  expect(await code).toBe(4);
  expect(said.err).toContain(`${file} line 2: g2: The admin listener does not answer`);
  // Two were asked for side by side by then.
  for (const name of ['g2', 'g3'])
    expect(said.err).toContain(
      `A key may have been made without being shown: if the next run says "kept" for ${name}`,
    );
  expect(said.err).toContain('"keys rotate g2"');
  expect(said.err).toContain('1 created, 0 kept, 2 failed, 2 not tried.');
  proxy.close();

  const again = start(file, ['--json']);
  expect(await again.code).toBe(0);
  expect(rowsOf(again.said).map(({ state }) => state)).toEqual([
    'kept',
    'kept',
    'created',
    'created',
    'created',
  ]);
  for (const name of ['g1', 'g2', 'g3', 'g4', 'g5']) expect(await keysOf(name)).toHaveLength(1);
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
    expect(ran.err).toContain('FILE line 1: s1: Not now\n');
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

const NAMES = Array.from({ length: 40 }, (_, at) => `many${at}`);
const MANY = NAMES.map((name) => `${name},10,60`).join('\n');

test('keys that are made side by side are shown in the order of the file, also when answers come in another', async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  const proxy = await before(async (number, forward) => {
    const answer = await forward();
    // Of each two, the later one is answered first.
    if (number % 2 === 0 && number < NAMES.length)
      await new Promise<void>((go) => {
        waiting.push(go);
        setTimeout(go, 200);
      });
    else waiting.shift()?.();
    most = Math.max(most, waiting.length);
    return answer;
  });
  const ran = await run(MANY, ['--json'], proxy.url);
  proxy.close();
  expect([ran.code, rowsOf(ran).map(({ name, state }) => `${name} ${state}`)]).toEqual([
    0,
    NAMES.map((name) => `${name} created`),
  ]);
  expect(new Set(rowsOf(ran).map(({ key }) => key)).size).toBe(NAMES.length);
  expect(most).toBeGreaterThan(0);
  for (const { name, key } of rowsOf(ran).slice(-2)) {
    expect(await works(key)).toBe(200);
    expect(await keysOf(name)).toHaveLength(1);
  }
});

test('a dry run says what would be created, changed, kept and refused, and does nothing', async () => {
  const state = async () => ({
    keys: (await admin('/key/list?size=1')).json['total_count'],
    noted: (await admin('/audit?size=1')).json['total_count'],
  });
  await admin('/key/generate', { user_id: 'dry1', key_alias: 'dry1', max_budget: 10, rpm_limit: 60 });
  await admin('/key/update', { key: 'dry1', temp_budget_increase: 5, temp_budget_expiry: '1h' });
  await admin('/key/generate', { user_id: 'dry2', key_alias: 'dry2', max_budget: 10, rpm_limit: 60 });
  const before = await state();
  const file = 'rpm,user,budget\n60,dry1,10\n30,dry2,20\n60,dry3,7.50\n1,taken,1\n';
  const ran = await run(file, ['--dry-run', '--json']);
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toEqual([
    { name: 'dry1', state: 'would keep', changes: {}, because: null },
    {
      name: 'dry2',
      state: 'would change',
      changes: { max_budget: { from: 10, to: 20 }, rpm_limit: { from: 60, to: 30 } },
      because: null,
    },
    {
      name: 'dry3',
      state: 'would create',
      changes: { max_budget: { from: null, to: 7.5 }, rpm_limit: { from: null, to: 60 } },
      because: null,
    },
    {
      name: 'taken',
      state: 'would fail',
      changes: {},
      because: 'the name is that of a key of scope ci:taken: rename or revoke it.',
    },
  ]);
  expect(ran.err).toBe('Nothing was done. It would create 1, change 1, keep 1; 1 would fail.\n');
  expect(await state()).toEqual(before);
  const table = await run('dry1,10,60\n', ['--dry-run']);
  expect([table.code, table.out]).toEqual([0, 'user  state       what\ndry1  would keep\n']);
});

test('a list of LiteLLM’s is taken over with all that limits a key', async () => {
  const exported = {
    keys: [
      {
        token: 'x',
        key_alias: 'lite-laptop',
        user_id: 'lite',
        max_budget: 7,
        budget_duration: '7d',
        rpm_limit: 12,
        tpm_limit: 3000,
        models: ['claude-haiku-4-5'],
        blocked: null,
      },
      { key_alias: null, user_id: 'lite', user_email: 'lite@example.com', max_budget: null, blocked: true },
    ],
    total_count: 2,
  };
  const ran = await run(JSON.stringify(exported), ['--format', 'litellm-json', '--json']);
  expect([ran.code, rowsOf(ran).map(({ name }) => name)]).toEqual([0, ['lite-laptop', 'lite']]);
  expect(await keysOf('lite-laptop')).toMatchObject([
    {
      user_alias: 'lite',
      max_budget: 7,
      budget_duration: '7d',
      rpm_limit: 12,
      tpm_limit: 3000,
      models: ['claude-haiku-4-5'],
      status: 'active',
    },
  ]);
  expect(await keysOf('lite')).toMatchObject([{ status: 'blocked' }]);
  expect((await admin('/user/info?user_id=lite')).json.user_info).toMatchObject({
    user_email: 'lite@example.com',
  });
  const stolen = await run(JSON.stringify([{ key_alias: 'lite-laptop', user_id: 'other' }]), [
    '--format',
    'litellm-json',
  ]);
  expect([stolen.code, stolen.err]).toEqual([
    3,
    expect.stringContaining('entry 1: lite-laptop: the name is that of a key of lite') as string,
  ]);
});

test('a key of LiteLLM’s begins with what was spent in the window that is open there, once', async () => {
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const entry = (user_id: string, more: object) => ({ user_id, spend: 3.2000000000000006, ...more });
  const file = JSON.stringify([
    entry('spent-week', { max_budget: 7, budget_duration: '7d', budget_reset_at: later }),
    entry('spent-before', { max_budget: 7, budget_duration: '7d', budget_reset_at: '2001-01-01T00:00:00Z' }),
    entry('spent-for-good', { max_budget: 3.2, budget_duration: null }),
    entry('spent-unlimited', { max_budget: null }),
  ]);
  const args = ['--format', 'litellm-json', '--json'];
  const dry = await run(file, [...args, '--dry-run']);
  expect((JSON.parse(dry.out) as { changes: unknown }[]).map(({ changes }) => changes)).toEqual([
    expect.objectContaining({ spend: { from: null, to: 3.2 } }),
    expect.not.objectContaining({ spend: expect.anything() as unknown }),
    expect.objectContaining({
      spend: { from: null, to: 3.2 },
      budget_duration: { from: null, to: 'none' },
    }),
    {},
  ]);
  const first = await run(file, args);
  expect([first.code, rowsOf(first).length]).toEqual([0, 4]);
  const stands = async () =>
    Promise.all(
      ['spent-week', 'spent-before', 'spent-for-good', 'spent-unlimited'].map(async (name) => {
        const [key] = (await keysOf(name)) as {
          spend: number;
          budget_left: number;
          budget_duration: string;
        }[];
        return [key?.spend, key?.budget_duration];
      }),
    );
  expect(await stands()).toEqual([
    [3.2, '7d'],
    [0, '7d'],
    [3.2, 'none'],
    [0, '1d'],
  ]);

  // Nothing is left of a budget that was all spent there.
  const key = rowsOf(first)[2]?.key ?? '';
  const call = await gateway.request('/v1/chat/completions', {
    key,
    body: { model: 'claude-opus-4', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
  });
  expect([call.status, JSON.stringify(call)]).toEqual([402, expect.stringMatching('budget')]);

  await admin('/key/update', { key: 'spent-week', spend: 5 });
  expect((await run(file, args)).code).toBe(0);
  expect((await stands())[0]).toEqual([5, '7d']);
  expect((await admin('/spend/verify')).json).toMatchObject({ ok: true, findings: [] });
});
