import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, type Ran } from '../administration/support';
import { Fleet, WORKSPACES } from './fleet';

let fleet: Fleet;
const said: string[] = [];
const planted = new Set<string>();
beforeAll(async () => {
  fleet = await Fleet.start();
});
afterAll(async () => {
  await fleet.close();
  const everything = [...said, ...fleet.logs].join('\n');
  for (const value of planted) expect(everything).not.toContain(value);
});

const folder = (): string => join(fleet.folder, 'hand');

async function secrets(...args: string[]): Promise<Ran> {
  for (const value of Object.values(fleet.read())) if (value !== '') planted.add(value);
  const [master = ''] = fleet.masterKeys();
  const ran = await fleet.any(({ adminUrl }) =>
    run(adminUrl, ['secrets', ...args], {
      GATEWAY_MASTER_KEY: master,
      DATABASE_URL: fleet.get('DATABASE_URL'),
    }),
  );
  said.push(ran.out, ran.err);
  return ran;
}

const rotate = (name: string, ...args: string[]): Promise<Ran> =>
  secrets('rotate', name, '--by-hand', '--to', folder(), ...args);

/** Does what was said, as a person would; nothing else. @returns whether there was something to do */
async function obey(out: string): Promise<boolean> {
  const lines = out.split('\n').filter((line) => line.startsWith('  - '));
  const values: [string, string][] = [];
  for (const line of lines) {
    const [, variable = '', file] = /^ {2}- set (\w+) to what is in (\S+?)(?:,.*)?$/.exec(line) ?? [];
    const [, beside = '', current = ''] = /^ {2}- set (\w+) to what (\w+) is now$/.exec(line) ?? [];
    const [, gone] = /^ {2}- take (\w+) out$/.exec(line) ?? [];
    if (file !== undefined) values.push([variable, readFileSync(file, 'utf8').trim()]);
    else if (beside !== '') values.push([beside, fleet.get(current)]);
    else if (gone !== undefined) values.push([gone, '']);
    else if (!/^ {2}- (leave \w+ as it is|start it anew)$/.test(line))
      throw new Error(`not understood: ${line}`);
  }
  for (const [variable, value] of values) fleet.set(variable, value);
  if (values.length > 0) await fleet.roll();
  return values.length > 0;
}

const age = (): Promise<unknown> =>
  fleet.superuser.query("update secret_prints set since = now() - interval '3 days'");
const claimAll = (): Promise<string[]> =>
  Promise.all(WORKSPACES.map(async (each) => (await fleet.claim(each)).json.key));

test.each(['master', 'claim', 'key', 'database'])(
  '%s: what is said is enough, and it ends when nothing needs the former one',
  async (name) => {
    const keys = await claimAll();
    const variable =
      { master: 'GATEWAY_MASTER_KEY', claim: 'WORKSPACE_CLAIM_SECRET', key: 'GATEWAY_KEY_SECRET' }[name] ??
      'DATABASE_URL';
    const before = fleet.get(variable);
    let last = '';
    for (let turn = 0; !last.startsWith('Done') && !last.includes('\nDone'); turn += 1) {
      expect(turn).toBeLessThan(8);
      const { code, out, err } = await rotate(name);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      last = out;
      const hasObeyed = await obey(out);
      // Then administrators and workspaces come to have the new one.
      if (hasObeyed || out.includes('Done')) continue;
      expect(out).toMatch(/Not to be ended yet: \d+ (kinds of callers|workspaces)/);
      if (name === 'claim') {
        expect(out).toContain('workspace_claim_secret');
        expect(out).toContain('p1/w1');
        fleet.templateSecret = fleet.get(variable);
      }
      await claimAll();
      await age();
      await fleet.superuser.query('delete from secret_uses');
    }
    expect(fleet.get(variable)).not.toBe(before);
    expect(fleet.get(`${variable}_PREVIOUS`)).toBe('');
    const after = await claimAll();
    if (name === 'key') expect(after).not.toContain(keys[0]);
    else expect(after).toEqual(keys);
    for (const file of readdirSync(folder())) expect(statSync(join(folder(), file)).mode & 0o777).toBe(0o600);
  },
);

test('secrets show says what is in use, how long, in how many processes, and what is on which', async () => {
  const { code, out } = await secrets('show');
  expect(code).toBe(0);
  for (const name of ['master', 'claim', 'key', 'database'])
    expect(out).toMatch(new RegExp(`^${name} +[0-9a-f]{12} +(.* ago|now) +- +2 +yes +-`, 'm'));
  await fleet.superuser.query("update workspaces set claim_signed_by = 'another' where name = 'w3'");
  const shown = await secrets('show');
  expect(shown.out).toMatch(/^claim .* 1 workspaces$/m);
  expect(shown.out).toContain('Not on the claim secret in force:\n  p3/w3\n');
  const { code: done, out: json } = await secrets('show', '--json');
  expect(done).toBe(0);
  expect(JSON.parse(json)).toMatchObject({ is_embedded: false });
});

describe('refused with one clear error', () => {
  test('to cut off others than were said', async () => {
    fleet.templateSecret = fleet.get('WORKSPACE_CLAIM_SECRET');
    await claimAll();
    await obey((await rotate('claim')).out);
    const { code, err } = await rotate('claim', '--force', '2');
    expect(code).toBe(3);
    expect(err).toMatch(/--force says 2, and it is 6 workspaces .*: look at them, and say --force 6\.\n$/);
    await obey((await rotate('claim', '--force', '6')).out);
    expect((await fleet.claim(1)).status).toBe(401);
    expect((await rotate('claim')).out).toContain('Done');
  });

  test('without the master key, where workspace keys may be derived from it', async () => {
    const ran = await fleet.any(async (gateway) => {
      const { adminUrl } = gateway;
      const [master = ''] = fleet.masterKeys();
      const made = await gateway.request(`${adminUrl}/admin/key/new`, {
        key: master,
        body: { name: 'ops', role: 'admin' },
      });
      planted.add(made.json.key);
      return run(adminUrl, ['secrets', 'rotate', 'key', '--by-hand', '--to', folder()], {
        GATEWAY_ADMIN_KEY: made.json.key,
      });
    });
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^Set GATEWAY_MASTER_KEY .* to the master key of the gateway/);
  });

  test('a file that says how far it is, and is broken', async () => {
    writeFileSync(join(folder(), 'key.json'), '{"file": 1}');
    const { code, err } = await rotate('key');
    expect(code).toBe(1);
    expect(err).toMatch(/key\.json does not say how far the change is: put it back, or remove it/);
  });

  test('a new value that is gone', async () => {
    writeFileSync(join(folder(), 'key.json'), JSON.stringify({ file: join(folder(), 'none') }));
    const { code, err } = await rotate('key');
    expect(code).toBe(1);
    expect(err).toMatch(/The new value in .*none cannot be read \(ENOENT\): put the file back\.\n$/);
  });

  test('a name that is none of them, and a number that is none', async () => {
    expect((await secrets('rotate', 'everything')).code).toBe(2);
    expect((await rotate('claim', '--force', '-1')).code).toBe(2);
  });
});

test("an administrator's key is changed with the former one working for a while", async () => {
  const { code, out, err } = await secrets('rotate', 'admin', 'ops', '--grace', '1h');
  expect(code).toBe(0);
  expect(err).toBe('The admin key is shown this once:\n');
  expect(out).toMatch(/sk-[\w-]{43} +ops +admin +in /);
  const none = await secrets('rotate', 'admin', 'nobody');
  expect(none.code).toBe(3);
  expect(none.err).toMatch(/admin key/);
});
