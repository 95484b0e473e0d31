/** The commands about content logging, as people run them. */
import { LANGFUSE_KEYS, startOtlpStandin, type OtlpStandin } from '../standins/otlp';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { asked, run, type Ran } from './support';

let langfuse: OtlpStandin;
let policy: PolicyFile;
let gateway: TestGateway;
let without: TestGateway;
beforeAll(async () => {
  [langfuse, policy] = await Promise.all([
    startOtlpStandin(),
    policyFile({ teams: { templates: {}, groups: { research: { maxBudget: 1, budgetDuration: '1d' } } } }),
  ]);
  gateway = await startTestGateway({
    env: {
      ...policy.env,
      LANGFUSE_HOST: langfuse.url,
      LANGFUSE_PUBLIC_KEY: LANGFUSE_KEYS.public,
      LANGFUSE_SECRET_KEY: LANGFUSE_KEYS.secret,
    },
  });
  without = await startTestGateway({ store: gateway.store, standin: gateway.standin });
});
afterAll(async () => {
  await without.close();
  await gateway.close();
  await Promise.all([langfuse.close(), policy.remove()]);
});

const logging = (...args: string[]): Promise<Ran> => run(gateway.adminUrl, ['content-logging', ...args]);

test('it is switched on for a team, until a time, shown and switched off', async () => {
  expect((await logging('show')).err).toContain('Content logging is off');
  const on = await logging('on', '--team', 'group/research', '--until', '7d', '--keep-days', '14');
  expect(on.code).toBe(0);
  expect(on.out).toMatch(/group\/research\s.*\s14\s+master/);
  expect(on.err).toContain('tell them why');
  const { on: all } = await asked<{ on: readonly { place: string; until: string }[] }>(
    gateway.adminUrl,
    ...['content-logging', 'on', '--until', '2099-12-31'],
  );
  expect(all).toMatchObject([
    { place: 'gateway', until: '2099-12-31T00:00:00.000Z' },
    { place: 'group/research' },
  ]);
  expect((await logging('off')).out).not.toContain('gateway ');
  const off = await logging('off', '--team', 'group/research');
  expect([off.code, off.out]).toEqual([0, '']);
  expect(off.err).toContain('stays there until it is deleted');
});

test('what cannot be is refused with what can', async () => {
  const nobody = await logging('on', '--team', 'nobody');
  expect(nobody.code).toBe(3);
  expect(nobody.err).toContain('group/research');
  const none = await run(without.adminUrl, ['content-logging', 'on']);
  expect(none.code).toBe(3);
  expect(none.err).toContain('LANGFUSE_HOST');
  for (const args of [
    ['on', '--until', '2020-01-01'],
    ['on', '--until', 'soon'],
    ['on', '--keep-days', '0'],
    ['maybe'],
  ])
    expect((await logging(...args)).code).toBe(2);
});
