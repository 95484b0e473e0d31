/** A completion at each level, with a key that is made for it and ended after it. */
import { policy as ownPolicy } from '../../src/policy';
import { startExaminedSite, type ExaminedSite } from './site';
import { examine, standBetween } from './support';

let site: ExaminedSite;
beforeAll(async () => {
  site = await startExaminedSite();
});
afterAll(() => site.close());

const keys = () =>
  site.store.query("select alias, revoked_at from keys where alias like 'doctor-%' and revoked_at is null");

test('asks at each level by a key of its own that ends with it, and says what it cost', async () => {
  const { of } = await site.look('--completions');
  expect(of('completions').map(({ severity, says }) => [severity, says.replace(/\d+ ms/, 'n ms')])).toEqual([
    ['ok', 'at unrestricted: answered after n ms, without a prompt, as it should be'],
    ['ok', 'at standard: answered after n ms, with its prompt exactly once'],
    ['ok', 'at design-first: answered after n ms, with its prompt exactly once'],
    ['note', expect.stringMatching(/^3 completions of claude-haiku-4-5 cost \$0\.00[1-9]/)],
  ]);
  expect(await keys()).toEqual([]);
  const [made] = await site.store.query<{ n: string }>(
    "select count(*) as n from keys where alias like 'doctor-%' and expires_at < now() + interval '11 minutes'",
  );
  expect(made?.n).toBe('3');
  const audit = await site.store.query(
    "select from admin_audit where action in ('key/generate', 'key/delete')",
  );
  expect(audit).toHaveLength(6);
});

test('the header counts what is really sent', () => {
  const sent = JSON.stringify(site.gateway.standin.requests.at(-1)?.body);
  const text = site.gateway.gateway.services.prompts.textOf('design-first') ?? '';
  expect(sent.split(JSON.stringify(text).slice(1, -1))).toHaveLength(2);
});

test.each([
  ['standard=2, design-first=0', /the prompts went out as standard 2 times/],
  ['standard=0, design-first=0', /the prompts went out as standard 0 times/],
])('a gateway that sends %s is taken at its word', async (header, says) => {
  const between = await standBetween(site.gateway.dataUrl, {
    headers: (headers): Record<string, string> =>
      headers.get('x-gateway-level') === 'standard' ? { 'x-gateway-prompts': header } : {},
  });
  try {
    const { of, code } = await examine(site.gateway.adminUrl, ['--data-url', between.url, '--completions']);
    expect(of('completions').filter(({ severity }) => severity === 'fault')).toEqual([
      expect.objectContaining({ says: expect.stringMatching(says) as string }),
    ]);
    expect(code).toBe(1);
    expect(await keys()).toEqual([]);
  } finally {
    await between.close();
  }
});

test('a floor that raises a level is said', async () => {
  await site.write({ floors: { ...ownPolicy.floors, everyone: 'standard' } });
  const { of } = await site.look('--completions');
  await site.write({});
  expect(of('completions').map(({ says }) => says)).toContain(
    'a key at unrestricted is held to standard by a floor',
  );
});

test('a call that is refused is a fault, and its key is ended all the same', async () => {
  const { of, code } = await site.look('--completions', '--model', 'local');
  expect(of('completions').filter(({ severity }) => severity === 'fault')).toHaveLength(3);
  expect(code).toBe(1);
  expect(await keys()).toEqual([]);
});
