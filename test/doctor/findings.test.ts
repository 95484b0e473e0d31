/** Each finding of `doctor` on a running gateway is provoked once, and goes away with its reason. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '../../src/catalog';
import { policy as ownPolicy } from '../../src/policy';
import { runProgram } from '../cli/run';
import { MASTER_KEY, startTestGateway } from '../gateway/support/gateway';
import type { PolicyChanges } from '../gateway/support/policy-file';
import { deployment, model, SERVED, startExaminedSite, type ExaminedSite } from './site';
import { examine } from './support';

const DAY_MS = 86_400_000;
const day = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

let site: ExaminedSite;
beforeAll(async () => {
  site = await startExaminedSite();
});
afterAll(() => site.close());

test('a site that is well has neither fault nor warning, and no secret is shown', async () => {
  const { findings, out, code, of } = await site.look();
  expect(findings.filter(({ severity }) => ['fault', 'warning'].includes(severity))).toEqual([]);
  expect(code).toBe(0);
  expect(of('versions').map(({ says }) => says)).toEqual([
    expect.stringMatching(/^gateway 0\.1\.0 on Node .*, Postgres \d+/),
    'Coder 2.36.1',
  ]);
  const { settings } = site.gateway.gateway.services;
  for (const secret of [settings.masterKey, settings.keySecret, settings.claimSecret, settings.coderToken])
    expect(out).not.toContain(secret);
});

test('what cannot be looked at is said, with why', async () => {
  const { findings } = await site.look();
  const why = Object.fromEntries(
    findings.filter(({ severity }) => severity === 'not checked').map(({ check, says }) => [check, says]),
  );
  expect(why).toEqual({
    services: expect.stringContaining('no platform') as string,
    "platform's secrets": expect.stringContaining('no platform') as string,
    completions: expect.stringContaining('--completions') as string,
    disk: expect.stringContaining('Postgres of its own') as string,
    growth: expect.stringContaining('less than a day') as string,
  });
});

interface Case {
  readonly check: string;
  readonly severity: string;
  readonly says: RegExp;
  /** @returns takes it back */
  readonly provoke: () => Promise<() => unknown> | (() => unknown);
}

const put = (changes: PolicyChanges) => async () => {
  await site.write(changes);
  return () => site.write({});
};
const sql = (text: string, back: string) => async () => {
  await site.store.query(text);
  return () => site.store.query(back);
};
const answering = (status: number) => () => {
  site.endpointStatus = status;
  return () => (site.endpointStatus = 200);
};
const noted = (name: 'version' | 'clockAhead' | 'groupsFeature', value: string | number) => () => {
  const before = site.coder[name];
  Object.assign(site.coder, { [name]: value });
  return () => Object.assign(site.coder, { [name]: before });
};

const CASES: readonly Case[] = [
  {
    check: 'versions',
    severity: 'fault',
    says: /^Coder is 2\.35\.4; from 2\.36 on/,
    provoke: noted('version', 'v2.35.4'),
  },
  {
    check: 'clocks',
    severity: 'fault',
    says: /^Coder's clock is 9\d s ahead of the gateway's/,
    provoke: noted('clockAhead', 95),
  },
  {
    check: 'groups',
    severity: 'fault',
    says: /name groups \(interns\), and this Coder has none: they bind nobody/,
    provoke: async () => {
      site.coder.groupsFeature = 'unlicensed';
      await site.write({ floors: { ...ownPolicy.floors, groups: { interns: 'standard' } } });
      return () => {
        site.coder.groupsFeature = 'licensed';
        return site.write({});
      };
    },
  },
  {
    check: 'groups',
    severity: 'ok',
    says: /this Coder has groups/,
    provoke: put({ floors: { ...ownPolicy.floors, groups: { interns: 'standard' } } }),
  },
  {
    check: 'looks at Coder',
    severity: 'fault',
    says: /CODER_TOKEN \(401\).*maximum age/,
    provoke: () => {
      const { coderStanding } = site.gateway.gateway.services;
      coderStanding.note('token_refused');
      return () => coderStanding.note('reached');
    },
  },
  {
    check: 'looks at Coder',
    severity: 'fault',
    says: /the last look at Coder was done 180\d\d s ago/,
    provoke: sql(
      "update coder_poll set finished_at = now() - interval '5 hours'",
      'update coder_poll set finished_at = now()',
    ),
  },
  {
    check: 'backup',
    severity: 'warning',
    says: /never backed up/,
    provoke: sql('update site set backed_up_at = null', 'update site set backed_up_at = now()'),
  },
  {
    check: 'backup',
    severity: 'warning',
    says: /from 5 days ago/,
    provoke: sql(
      "update site set backed_up_at = now() - interval '5 days'",
      'update site set backed_up_at = now()',
    ),
  },
  {
    check: 'deployments',
    severity: 'fault',
    says: /local at openai-compatible "local" \(local-1\) refuses: it does not take the key/,
    provoke: answering(401),
  },
  {
    check: 'deployments',
    severity: 'not checked',
    says: /no list of models \(404\)/,
    provoke: answering(404),
  },
  {
    check: 'deployments',
    severity: 'fault',
    says: /claude-9 .*refuses: /,
    provoke: put({
      models: [
        ...SERVED,
        model({
          name: 'claude-9',
          deployments: [
            {
              ...deployment(),
              provider: 'anthropic',
              endpoint: undefined,
              id: 'claude-9',
            } as unknown as Deployment,
          ],
        }),
      ],
    }),
  },
  {
    check: 'deployments',
    severity: 'note',
    says: /nobody serves nowhere/,
    provoke: put({
      models: [...SERVED, model({ name: 'nowhere', deployments: [deployment({ endpoint: 'nowhere' })] })],
    }),
  },
  {
    check: 'retiring models',
    severity: 'warning',
    says: /local .* ends in 20 days, on .*; no other model answers for it/,
    provoke: put({ models: [...SERVED, model({ deployments: [deployment({ retiresOn: day(20) })] })] }),
  },
  {
    check: 'retiring models',
    severity: 'fault',
    says: /local .* was ended on .*no other model/,
    provoke: put({ models: [...SERVED, model({ deployments: [deployment({ retiresOn: day(-3) })] })] }),
  },
  {
    check: 'behaviour prompts',
    severity: 'fault',
    says: /the text of standard cannot be used/,
    provoke: () => {
      renameSync(join(site.prompts, 'standard.md'), join(site.prompts, 'gone'));
      site.gateway.gateway.services.prompts.poll();
      return () => {
        renameSync(join(site.prompts, 'gone'), join(site.prompts, 'standard.md'));
        site.gateway.gateway.services.prompts.poll();
      };
    },
  },
  {
    check: 'growth',
    severity: 'note',
    says: /^9,600 calls a day, 6\.4 MB a day until they become sums after \d+ days.*room is not known/,
    provoke: async () => {
      await site.store.query(
        `insert into call_counts select quarter_of(now() - n * interval '15 minutes'), 100 from generate_series(1, 700) n`,
      );
      return () => site.store.query('delete from call_counts');
    },
  },
];

test.each(CASES)('$check: $says', async ({ check, severity, says, provoke }) => {
  const takeBack = await provoke();
  try {
    const { of, code } = await site.look();
    const found = of(check).find((each) => says.test(each.says));
    expect(found ?? of(check)).toMatchObject({ check, severity });
    if (['fault', 'warning'].includes(severity)) expect(found?.what_to_do).toMatch(/.{10}/);
    expect(code).toBe(severity === 'fault' ? 1 : 0);
  } finally {
    await takeBack();
  }
});

test('all of it goes away with its reason', async () => {
  const { findings, code } = await site.look();
  expect(findings.filter(({ severity }) => ['fault', 'warning'].includes(severity))).toEqual([]);
  expect(code).toBe(0);
});

test.each([
  ['postgres', 'fault', 'the password in DATABASE_URL is one that everybody tries first'],
  ['short-one', 'warning', 'the password in DATABASE_URL has only 9 characters'],
  [MASTER_KEY, 'fault', 'GATEWAY_MASTER_KEY and DATABASE_URL have the same value'],
])('a store whose password is "%s": %s', async (password, severity, says) => {
  // The socket asks for none, and takes any.
  const { store } = site;
  const gateway = await startTestGateway({
    store,
    env: { DATABASE_URL: `${store.url}&password=${password}`, WORKSPACE_CLAIM_SECRET: '' },
  });
  try {
    const { of, out } = await examine(gateway.adminUrl, ['--data-url', gateway.dataUrl]);
    const found = of("gateway's secrets");
    expect(found.find((each) => each.says.startsWith(says))).toMatchObject({ severity });
    expect(found.map((each) => each.says)).toContain('no claim secret is set: workspaces get no keys');
    expect(out).not.toContain(`${password}"`);
    expect(out).not.toContain(MASTER_KEY);
  } finally {
    await gateway.close();
  }
});

test('of an embedded store the disk is looked at', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-data-'));
  const gateway = await startTestGateway({
    store: site.store,
    env: { DATABASE_URL: '', GATEWAY_DATA_DIR: folder },
  });
  try {
    const { of } = await examine(gateway.adminUrl, ['--data-url', gateway.dataUrl]);
    expect(of('disk').map(({ says }) => says)).toEqual([
      expect.stringMatching(/^the store's disk \(.*\) has .* of .* free$/),
    ]);
    expect(of('looks at Coder')).toMatchObject([{ severity: 'warning' }]);
  } finally {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('for people: a line for each finding, and what to do below it', async () => {
  site.coder.version = 'v2.30.0';
  const { out, code } = await runProgram(
    [
      ...['doctor', '--folder', '/nowhere', '--admin-url', site.gateway.adminUrl],
      ...['--data-url', site.gateway.dataUrl],
    ],
    { env: { PATH: process.env['PATH'], GATEWAY_MASTER_KEY: MASTER_KEY } },
  );
  expect(code).toBe(1);
  expect(out).toMatch(/^fault {8}versions: Coder is 2\.30\.0.*\n {13}→ upgrade Coder$/m);
  expect(out).toMatch(/^not checked {2}services, platform's secrets: /m);
  expect(out).toMatch(/\n1 fault, 0 warnings, \d+ notes?, \d+ ok, \d+ not checked\n$/);
});
