import { adminOf, type Admin } from '../admin/support';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { say } from '../standins/anthropic';
import { asked, run, start, type Ran } from './support';

/** Output tokens of the default model, at 15 dollars a million. */
const TEN_CENTS = 6_667;

let gateway: TestGateway;
let admin: Admin;
let file: PolicyFile;
beforeAll(async () => {
  file = await policyFile({
    teams: { templates: { small: { maxBudget: 0.5, budgetDuration: '1d' } }, groups: {} },
    owner: { maxBudget: 5 },
  });
  gateway = await startTestGateway({ env: file.env });
  admin = adminOf(gateway);
});
afterAll(async () => {
  await gateway.close();
  await file.remove();
});

const ask = (...args: string[]): Promise<Ran> => run(gateway.adminUrl, args);
const json = <T = Record<string, unknown>>(...args: string[]): Promise<T> =>
  asked<T>(gateway.adminUrl, ...args);

interface Key {
  readonly key: string;
  readonly token: string;
  readonly key_alias: string;
}

test('takes for a key what the list shows: alias, short hash, owner with one key, workspace', async () => {
  const one = await json<Key>('keys', 'create', 'user', 'solo', '--alias', 'solo-laptop');
  const two = await json<Key>('keys', 'create', 'user', 'duo', '--alias', 'duo-laptop');
  await json('keys', 'create', 'user', 'duo', '--alias', 'duo-desk');
  const workspace = await json<Key>('keys', 'create', 'workspace', 'w-1', '--owner', 'tria');
  const listed = await ask('keys', 'list', '--user', 'duo');
  const short = / ([0-9a-f]{12})$/m.exec(
    listed.out.split('\n').find((line) => line.startsWith('duo-laptop')) ?? '',
  );
  expect(two.token.startsWith(short?.[1] ?? '-')).toBe(true);

  for (const [word, token] of [
    ['solo-laptop', one.token],
    [one.token, one.token],
    [one.token.slice(0, 6), one.token],
    [two.token.slice(0, 12).toUpperCase(), two.token],
    ['SOLO', one.token],
    ['workspace:w-1', workspace.token],
    ['tria', workspace.token],
  ] as const)
    expect([word, (await json<Key>('keys', 'info', word)).token]).toEqual([word, token]);

  const many = await ask('keys', 'revoke', 'duo');
  expect([many.code, many.out]).toEqual([2, '']);
  expect(many.err).toMatch(
    /^There are 2 keys of "duo": name one by its hash or alias\.\n( {2}[0-9a-f]{12} {2}duo-\w+ {2}user:duo {2}active\n){2}$/,
  );
  const none = await ask('keys', 'block', 'nobody');
  expect([none.code, none.err]).toEqual([
    3,
    'There is no key with the alias, the hash or the owner "nobody". "keys list" shows those there are.\n',
  ]);
  // What is acted on by its short hash is the key itself.
  await json('keys', 'block', two.token.slice(0, 8));
  expect((await gateway.request('/v1/models', { key: two.key })).status).toBe(401);
  await json('keys', 'unblock', two.token.slice(0, 8));
  expect(await json('keys', 'update', 'solo', '--rpm', '7', '--budget', '3')).toMatchObject({ rpm_limit: 7 });
  expect(await json('keys', 'update', 'solo', '--rpm', 'policy')).not.toMatchObject({ rpm_limit: 7 });
});

test('a beginning that two hashes have names both', async () => {
  const made = await Promise.all(
    Array.from({ length: 3 }, (_, at) => json<Key>('keys', 'create', 'ci', `same-${at}`)),
  );
  // As if they began alike: the store knows nothing else of them.
  for (const [at, { token }] of made.slice(0, 2).entries())
    await gateway.store.query(
      `update keys set hash = 'abcdef${at}' || substr(hash, 8) where hash = '${token}'`,
    );
  const both = await ask('keys', 'info', 'abcdef');
  expect(both.code).toBe(2);
  expect(both.err).toMatch(/^There are 2 hashes that begin with "abcdef": name one by its hash or alias\.\n/);
  expect(both.err).toContain('abcdef0');
  expect(both.err).toContain('ci-same-1');
  expect(await json('keys', 'info', 'abcdef1')).toMatchObject({ key_alias: 'ci-same-1' });
});

test('a script gets the key alone on a line', async () => {
  const made = await ask('keys', 'create', 'ci', 'quiet', '--quiet');
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toMatch(/^sk-\S+\n$/);
  const next = await ask('keys', 'rotate', 'ci-quiet', '-q', '--grace', '1h');
  expect([next.code, next.err]).toEqual([0, '']);
  for (const { out } of [made, next])
    expect((await gateway.request('/v1/models', { key: out.trim() })).status).toBe(200);
  const eve = await ask('admins', 'create', 'eve', '--role', 'viewer', '--quiet');
  expect(eve.out).toMatch(/^sk-\S+\n$/);
  const looks = await run(gateway.adminUrl, ['keys', 'list', '--json'], {
    GATEWAY_ADMIN_KEY: eve.out.trim(),
  });
  expect([looks.code, looks.err]).toEqual([0, '']);
  const acts = await run(gateway.adminUrl, ['keys', 'revoke', 'ci-quiet'], {
    GATEWAY_ADMIN_KEY: eve.out.trim(),
  });
  expect([acts.code, acts.err]).toEqual([3, expect.stringContaining('may only look') as string]);
});

test('a new key that nobody could read is a failure, and says how to get another', async () => {
  const { child, said, code } = start(gateway.adminUrl, ['keys', 'create', 'ci', 'lost', '--quiet']);
  child.stdout.destroy();
  expect(await code).toBe(1);
  expect(said.err).toMatch(/the new key was not shown: "keys rotate [0-9a-f]{12}" gives another one/);
  // Whoever reads a list may end first, without a word.
  const list = start(gateway.adminUrl, ['keys', 'list']);
  list.child.stdout.destroy();
  expect([await list.code, list.said.err]).toEqual([1, expect.not.stringContaining('Error') as string]);
});

test('a raise says which budget binds: the own one, that of the person, that of the template', async () => {
  await json('keys', 'create', 'user', 'rita', '--alias', 'rita-laptop', '--budget', '1');
  const small = await ask('keys', 'raise', 'rita', '--by', '1', '--for', '24h');
  expect(small.code).toBe(0);
  expect(small.err).toMatch(
    /^Raised by \$1\.00 to \$2\.00 a day, until \d{4}-\d\d-\d\d .*\. What binds now: the key's own budget, \$2\.00 left of \$2\.00 a day, anew in /,
  );
  const large = await json('keys', 'raise', 'rita', '--by', '100', '--for', '1d');
  expect(large).toMatchObject({ binds: { kind: 'owner', name: 'rita', max_budget: 5 } });
  const person = await ask('keys', 'raise', '--user', 'rita', '--by', '200', '--for', '1d');
  expect(person.err).toMatch(
    /^Raised by \$200\.00 to \$205\.00 a day, until .*\nrita-laptop: What binds now: the key's own budget, \$101/,
  );

  const key = await gateway.workspaceKey({
    workspace: { id: 'w-small', name: 'small' },
    owner: { id: 'id-of-sam', name: 'sam', groups: [] },
    template: { id: 't', name: 'small', version: 'v1' },
    level: 'unrestricted',
  });
  gateway.standin.answer({ ...say('x'), usage: { input_tokens: 0, output_tokens: TEN_CENTS } });
  await gateway.chat(key, { messages: [{ role: 'user', content: 'hi' }], max_tokens: TEN_CENTS });
  await gateway.settled();
  const spent = await ask('keys', 'raise', 'sam', '--by', '1', '--for', '1h');
  expect(spent.err).toContain('What binds now: the budget of template small, $0.4000 left of $0.5000 a day');
  const shown = await json<{ spend: number; keys: { binds: unknown; budgets: unknown[] }[] }>(
    'people',
    'show',
    'sam',
  );
  expect(shown.spend).toBeCloseTo(0.1, 4);
  expect(shown.keys).toMatchObject([{ binds: { kind: 'team', name: 'template small' } }]);
  const table = await ask('people', 'show', 'sam');
  expect(table.out).toMatch(/^budget of +hash +status +spent +budget +left +opens anew +what binds\n/);
  expect(table.out).toMatch(/^person sam +active +\$0\.1000 +\$5\.00 a day +\$4\.90 /m);
  expect(table.out).toMatch(/^template small .* \$0\.4000 /m);
  expect(table.out).toMatch(/ the budget of template small: \$0\.4000 left$/m);
});

test('nobody is not raised, nor changed, nor made', async () => {
  for (const args of [
    ['keys', 'raise', '--user', 'noone', '--by', '1', '--for', '1h'],
    ['people', 'update', 'noone', '--budget', '3'],
    ['people', 'suspend', 'noone'],
    ['people', 'show', 'noone'],
  ])
    expect([args, await ask(...args)]).toEqual([
      args,
      {
        code: 3,
        out: '',
        err: 'Nobody has the name or the id "noone". "people list" shows those the gateway knows.\n',
      },
    ]);
  expect((await admin('/user/info?user_id=noone')).status).toBe(404);
});

test('people: made, changed, suspended, listed', async () => {
  await json('people', 'create', 'pia', '--budget', '4', '--email', 'pia@example.com');
  expect(
    await json('people', 'update', 'pia', '--budget', '6', '--window', '7d', '--rpm', '90'),
  ).toMatchObject({
    user_alias: 'pia',
    user_email: 'pia@example.com',
    max_budget: 6,
    budget_duration: '7d',
    rpm_limit: 90,
  });
  const { key } = await json<Key>('keys', 'create', 'user', 'pia');
  await json('people', 'suspend', 'pia');
  expect((await gateway.request('/v1/models', { key })).status).toBe(403);
  const table = await ask('people', 'list');
  expect(table.out).toMatch(/^pia +suspended +\$0\.00 +\$6\.00 a week /m);
  await json('people', 'resume', 'pia');
  expect((await gateway.request('/v1/models', { key })).status).toBe(200);
  const cut = await ask('people', 'list', '--size', '1', '--csv');
  expect(cut.out.split('\r\n')).toHaveLength(3);
  expect(cut.err).toMatch(/^The list is cut: these are rows 1 to 1 of \d+\. Go on with --page 2\.\n$/);
});

test('named budgets: made, changed, raised, taken, removed', async () => {
  expect(await json('budgets', 'set', 'interns', '--budget', '0.10', '--window', '1d')).toMatchObject({
    max_budget: 0.1,
  });
  await json('budgets', 'set', 'interns', '--rpm', '5');
  const raised = await ask('budgets', 'raise', 'interns', '--by', '0.20');
  expect(raised.err).toBe('From $0.1000 to $0.3000 a day, for everybody who has it, for good.\n');
  expect(await json('budgets', 'show', 'interns')).toMatchObject({ max_budget: 0.3, rpm_limit: 5 });
  expect(await json('keys', 'create', 'user', 'ivo', '--named-budget', 'interns')).toMatchObject({
    max_budget: 0.3,
  });
  expect((await ask('budgets', 'list')).out).toMatch(
    /^interns +\$0\.3000 a day +5 +policy +policy +master /m,
  );
  const used = await ask('budgets', 'remove', 'interns');
  expect([used.code, used.err]).toEqual([3, expect.stringContaining('still have that budget') as string]);
  await json('keys', 'update', 'ivo', '--named-budget', 'policy');
  expect(await json('budgets', 'remove', 'interns')).toEqual({ deleted: 'interns' });
  expect((await ask('budgets', 'show', 'interns')).code).toBe(3);
});

test('administrators and what they did: who, what, when, from what to what', async () => {
  const mia = await json<Key>('admins', 'create', 'mia', '--role', 'admin', '--duration', '90d');
  const env = { GATEWAY_ADMIN_KEY: mia.key };
  await run(gateway.adminUrl, ['keys', 'create', 'ci', 'audited', '--rpm', '10'], env);
  const changed = await run(gateway.adminUrl, ['keys', 'update', 'ci-audited', '--rpm', '20', '--json'], env);
  const { token } = JSON.parse(changed.out) as Key;
  expect((await ask('admins', 'list')).out).toMatch(/^mia +admin +\S{4} +active +in \d+ days +master /m);

  interface Entry {
    readonly at: string;
    readonly action: string;
  }
  const trail = await json<Entry[]>('audit', 'list', '--who', 'mia');
  expect(trail.map(({ action }) => action)).toEqual(['key/update', 'key/generate']);
  const table = await ask('audit', 'list', '--target', token.slice(0, 8), '--action', 'key/update');
  expect(table.out).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ +mia +key\/update +[0-9a-f]{12} +rpm_limit 10 to 20$/m,
  );
  const csv = await ask('audit', 'list', '--who', 'mia', '--csv', '--size', '1');
  expect(csv.out).toContain(`${trail[0]?.at},mia,key/update,${token},rpm_limit 10 to 20,`);
  expect(csv.err).toContain('Go on with --page 2.');
  const at = trail[0]?.at ?? '';
  expect(await json('audit', 'list', '--who', 'mia', '--to', at)).toHaveLength(1);
  expect(await json('audit', 'list', '--who', 'mia', '--from', at)).toHaveLength(1);
  expect(await json('audit', 'list', '--to', '2001-01-01')).toEqual([]);

  await json('admins', 'revoke', 'mia');
  const after = await run(gateway.adminUrl, ['keys', 'list'], env);
  expect([after.code, after.err]).toEqual([
    3,
    'The gateway does not take the key of GATEWAY_ADMIN_KEY: it is neither its master key nor an admin key that holds.\n',
  ]);
});

test('tables for people, plain figures for programs, colours for whoever wants them', async () => {
  await json(
    'keys',
    'create',
    'user',
    'tab',
    '--alias',
    '-5',
    '--budget',
    '12.5',
    '--window',
    '7d',
    '--duration',
    '90d',
  );
  const row = async (...args: string[]) =>
    (await ask('keys', 'list', '--user', 'tab', ...args)).out.split(/\r?\n/)[1] ?? '';
  expect(await row()).toMatch(
    /^-5 +user:tab +tab +\S{4} +active +\$0\.00 +\$12\.50 a week +\d+ +in \d+ days +[0-9a-f]{12}$/,
  );
  expect(await row('--csv')).toMatch(
    /^-5,user:tab,tab,\S{4},active,0,12\.5,7d,\d+,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,[0-9a-f]{64}$/,
  );
  const colours = async (env: Record<string, string>) =>
    (await run(gateway.adminUrl, ['budgets', 'list'], { GATEWAY_MASTER_KEY: masterKey(), ...env })).out;
  expect(await colours({})).not.toContain('\u001b');
  expect(await colours({ FORCE_COLOR: '1' })).toContain('\u001b[2mname');
  expect(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001b');
});

const masterKey = (): string => gateway.gateway.services.settings.masterKey;

test('spend is a command of its own as well', async () => {
  expect((await json<{ rows: unknown[] }>('spend', 'report', '--by', 'model')).rows).toHaveLength(1);
  const verified = await ask('spend', 'verify');
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('ok') as string]);
});

test('every command explains itself, with an example', async () => {
  const paths = [
    ...[
      'create',
      'list',
      'info',
      'update',
      'rotate',
      'revoke',
      'block',
      'unblock',
      'raise',
      'import',
      'verify',
    ].map((name) => ['keys', name]),
    ...['list', 'show', 'create', 'update', 'suspend', 'resume'].map((name) => ['people', name]),
    ...['list', 'show', 'set', 'raise', 'remove'].map((name) => ['budgets', name]),
    ...['create', 'list', 'revoke'].map((name) => ['admins', name]),
    ['audit', 'list'],
    ['spend', 'report'],
    ['spend', 'verify'],
    ['keys', 'spend', 'report'],
  ];
  await Promise.all(
    paths.map(async (path) => {
      const { code, out } = await run(gateway.adminUrl, [...path, '--help'], {});
      expect([path, code]).toEqual([path, 0]);
      expect(out).toMatch(/Examples:\n {2}\$ contractor-workspace /);
      expect(out).toContain('3 refused by the gateway');
      expect(out).toContain('--json');
    }),
  );
});
