/** The platform's own way: its file of secrets, its steps, its look at the gateway; containers are what the test rolls. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformFolder } from '../../platform/folder';
import { newSecret, writeSecrets } from '../../platform/secrets';
import { runSteps } from '../../platform/steps';
import type { Applier, Change } from '../../platform/terraform-applier';
import { UpContext } from '../../platform/up-context';
import { passwordOf } from '../../gateway/config/database-url';
import { slowPrintOf } from '../../gateway/secrets/secret-print';
import { PlatformSite } from '../../rotation/platform-site';
import { rotateStep } from '../../rotation/rotate-platform';
import { stepsOf } from '../../rotation/rotate-steps';
import type { Rotated } from '../../rotation/rotated-secrets';
import { eventually } from '../gateway/support/gateway';
import { FakeEngine, WELL } from '../platform/up/fake-engine';
import { OUTLINE } from '../platform/up/outline';
import { Fleet, WORKSPACES } from './fleet';

const go = new AbortController().signal;
const FILES: Change = {
  address: 'docker_container.gateway_files',
  type: 'docker_container',
  name: 'gateway_files',
  action: 'replace',
};

let fleet: Fleet;
let engine: FakeEngine;
let context: UpContext;
const said: string[] = [];
const planted = new Set<string>();
let applied = '';
let fails = 0;

const secretsText = (): string => JSON.stringify(fleet.read());

beforeAll(async () => {
  fleet = await Fleet.start();
  engine = await FakeEngine.start(WELL);
  applied = secretsText();
  const applier: Applier = {
    init: async () => {},
    plan: () => Promise.resolve(secretsText() === applied ? [] : [FILES]),
    apply: async () => {
      for (const value of Object.values(fleet.read())) planted.add(value);
      await fleet.roll();
      point();
      if ((fails -= 1) === 0) throw new Error('terraform was killed');
      applied = secretsText();
    },
    forget: async () => {},
    destroy: async () => {},
  };
  const say = (line: string): void => {
    said.push(line);
    if (line.includes('Push the template'))
      fleet.templateSecret = fleet.read()['workspace_claim_secret'] ?? '';
  };
  const props = {
    folder: new PlatformFolder(fleet.folder),
    engine: engine.engine,
    say,
    applierOf: () => applier,
  };
  context = new UpContext(props, undefined, { folder: fleet.folder, adminName: 'a', adminEmail: 'a@b' });
  point();
});
afterAll(async () => {
  engine.close();
  await fleet.close();
  for (const value of planted) if (value.length >= 32) expect(said.join('\n')).not.toContain(value);
});

/** Where the door of the admin listener leads to, as the platform keeps it under one address. */
function point(ownsDatabase = false): void {
  const adminPort = Number(new URL(fleet.all[0]?.adminUrl ?? '').port);
  context.declared = {
    folder: fleet.folder,
    template: { name: 'contractor-workspace', folder: '/template' },
    outline: {
      ...OUTLINE,
      ownsDatabase,
      gateway: { ...OUTLINE.gateway, scheme: 'http', adminPort },
      coder: { ...OUTLINE.coder, isOwn: false },
    },
  };
}

const rotate = (name: Rotated, force?: number): Promise<void> =>
  runSteps([rotateStep(name, force)], context, go, context.say);
const last = (): string => said.at(-1) ?? '';

test.each<Rotated>(['key', 'database'])(
  '%s: nobody has to do anything, and it is done at once',
  async (name) => {
    const { current } = new PlatformSite(context).entriesOf(name);
    const before = fleet.read();
    await rotate(name);
    expect(last()).toMatch(/the former one has ended$/);
    expect(fleet.read()[current]).not.toBe(before[current]);
    expect((await fleet.claim(1)).status).toBe(200);
  },
);

test('master: both are taken until the former one is not used any more', async () => {
  const keys = await Promise.all(WORKSPACES.map(async (each) => (await fleet.claim(each)).json.key));
  const [former = ''] = fleet.masterKeys();
  await rotate('master');
  expect(last()).toMatch(/both are in force$/);
  expect(said.join('\n')).toContain('Run this again later, or with --force 0 to cut them off');
  await fleet.any((gateway) => gateway.request(`${gateway.adminUrl}/key/list`, { key: former }));
  // Whichever process it was, all of them know of it soon.
  await eventually(
    async () => (await fleet.superuser.query('select from secret_uses')).rowCount === 1 || undefined,
  );
  await expect(rotate('master', 0)).rejects.toThrow(
    /--force says 0, and it is 1 kinds of callers .*: look at them, and say --force 1\./,
  );
  expect(said.join('\n')).toMatch(/still on the former one: node \(1 times, last .*\)/);
  await rotate('master', 1);
  expect(last()).toMatch(/the former one has ended$/);
  const refused = await fleet.any((gateway) =>
    gateway.request(`${gateway.adminUrl}/key/list`, { key: former }),
  );
  expect(refused.status).toBe(401);
  expect(await Promise.all(WORKSPACES.map(async (each) => (await fleet.claim(each)).json.key))).toEqual(keys);
});

test('claim: gateways first, then the template; workspaces that are on the former one are named', async () => {
  await Promise.all(WORKSPACES.map((each) => fleet.claim(each)));
  await rotate('claim');
  expect(last()).toMatch(/both are in force$/);
  expect(said.join('\n')).toContain('still on the former one: p6/w6');
  await Promise.all(WORKSPACES.map((each) => fleet.claim(each)));
  await fleet.superuser.query("update secret_prints set since = now() - interval '1 hour'");
  await rotate('claim');
  expect(last()).toMatch(/the former one has ended$/);
});

test('what is stopped within an apply goes on when it is run again', async () => {
  fails = 1;
  await expect(rotate('key')).rejects.toThrow(
    /terraform was killed.*Run this again: it goes on from there\./,
  );
  expect(fleet.read()['rotation_key']).toBe('accept');
  await rotate('key');
  expect(last()).toMatch(/the former one has ended$/);
  expect(fleet.read()['rotation_key']).toBeUndefined();
});

describe('refused before anything is changed', () => {
  const untouched = async (name: Rotated, says: RegExp): Promise<void> => {
    const before = secretsText();
    await expect(rotate(name)).rejects.toThrow(says);
    expect(secretsText()).toBe(before);
  };

  test('a secret that is given again at each "up"', async () => {
    process.env['GATEWAY_MASTER_KEY'] = 'sk-x';
    try {
      await untouched('master', /GATEWAY_MASTER_KEY is set in the environment .*"up" would put it/);
    } finally {
      delete process.env['GATEWAY_MASTER_KEY'];
    }
  });

  test('a change that somebody has begun by hand', async () => {
    fleet.write({ ...fleet.read(), workspace_claim_secret_previous: newSecret('') });
    await untouched(
      'claim',
      /workspace_claim_secret_previous is among the secrets, and no change .* is under way/,
    );
    const others: Record<string, string> = { ...fleet.read() };
    delete others['workspace_claim_secret_previous'];
    fleet.write(others);
  });

  test('a gateway that holds something else than the file', async () => {
    const before = fleet.read();
    writeSecrets(join(fleet.folder, 'secrets.json'), { ...before, workspace_claim_secret: newSecret('') });
    const site = new PlatformSite(context);
    const own = { site, name: 'claim' as const, say: context.say, patienceMs: 0, hasEnded: false };
    await expect(runSteps(stepsOf('claim'), own, go, context.say)).rejects.toThrow(
      /2 of 2 gateway processes hold something else in WORKSPACE_CLAIM_SECRET .* than was written down/,
    );
    expect(fleet.read()['rotation_claim']).toBeUndefined();
    fleet.write(before);
  });

  test('a file that says it is somewhere where nothing is', async () => {
    const before = fleet.read();
    fleet.write({ ...before, rotation_key: 'half' });
    await untouched('key', /rotation_key of the secrets must be one of accept, switch, end, got "half"/);
    fleet.write({ ...before, rotation_key: 'switch' });
    await untouched('key', /is at "switch", and gateway_key_secret_previous is not among the secrets/);
    writeFileSync(join(fleet.folder, 'secrets.json'), '{"a":');
    await expect(rotate('key')).rejects.toThrow(/is no file of secrets/);
    fleet.write(before);
  });
});

test("the platform's own password has the print that its gateways give it", async () => {
  point(true);
  const password = newSecret('');
  // As the stack writes the address.
  const url = `postgresql://gateway:${password}@postgres:5432/gateway?sslmode=disable`;
  const site = new PlatformSite(context);
  expect(site.entriesOf('database')).toEqual({
    current: 'gateway_database_password',
    beside: 'gateway_database_password_previous',
  });
  expect(await site.printOf('database', password)).toBe(await slowPrintOf('database', passwordOf(url)));
  expect(site.newValue('database', password)).toMatch(/^[0-9a-f]{64}$/);
  point();
});
