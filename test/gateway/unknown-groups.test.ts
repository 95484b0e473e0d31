/** What binds a key of somebody whose groups no workspace's claim has told yet. */
import { startCoderStandin, type CoderStandin } from '../standins/coder';
import { noonPolicy as policy } from './support/calendar';
import { eventually, MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { policyFile, type PolicyFile } from './support/policy-file';

const idOf = (letter: string) => `00000000-0000-4000-8000-0000000000${letter.repeat(2)}`;
const FLOORS = { ...policy.floors, groups: { contractors: 'design-first' as const } };
const TEAMS = {
  templates: {},
  groups: { contractors: { maxBudget: 0.0001, budgetDuration: '1d' as const } },
};

let gateway: TestGateway;
let coder: CoderStandin;
let file: PolicyFile;
beforeAll(async () => {
  coder = await startCoderStandin();
  for (const [letter, username] of [
    ['a', 'ann'],
    ['b', 'bob'],
    ['c', 'carl'],
    ['d', 'dora'],
    ['e', 'eve'],
  ] as const)
    coder.users.push({ id: idOf(letter), username, status: 'active' });
  coder.groups.push({ name: 'contractors', members: [idOf('a')] }, { name: 'Everyone', members: [] });
  file = await policyFile({ floors: FLOORS, teams: TEAMS });
  gateway = await startTestGateway({ env: { CODER_URL: coder.url, ...file.env } });
});
afterAll(async () => {
  await gateway.close();
  await coder.close();
  await file.remove();
});
beforeEach(() => {
  coder.groupsFeature = 'licensed';
});

const askFor = (letter: string, scopes?: readonly string[]) =>
  gateway.request('/api/v1/keys/self', {
    method: 'POST',
    body: {},
    headers: { 'coder-session-token': coder.token(idOf(letter), scopes && { scopes }) },
  });
const chat = (key: string) =>
  gateway.chat(key, { model: 'claude-haiku', messages: [{ role: 'user', content: 'hello' }] });

test('Coder is asked before a first start: floor and budget of the group bind the key', async () => {
  const { status, json } = await askFor('a');
  expect([status, json.level]).toEqual([200, 'design-first']);
  const refused = await chat(json.key);
  expect([refused.status, refused.json.error.message]).toEqual([
    402,
    expect.stringContaining('Team=group contractors'),
  ]);
});

test('who is in none of them is bound by none', async () => {
  const { status, json } = await askFor('b');
  expect([status, json.level]).toEqual([200, 'standard']);
  expect((await chat(json.key)).status).toBe(200);
});

test('a token that may not read groups gets no key, until a workspace has told them', async () => {
  const refused = await askFor('c', ['user:read']);
  expect([refused.status, refused.json.error.type]).toEqual([403, 'groups_unknown']);
  expect(await gateway.store.query(`select from keys where owner_id = '${idOf('c')}'`)).toHaveLength(0);
  await gateway.workspaceKey({
    workspace: { id: 'workspace-of-carl', name: 'w' },
    owner: { id: idOf('c'), name: 'carl', groups: ['contractors'] },
  });
  const { status, json } = await askFor('c', ['user:read']);
  expect([status, json.level]).toEqual([200, 'design-first']);
});

test.each(['unlicensed', 'not-built'] as const)(
  'a Coder without groups (%s) says so: there are none',
  async (feature) => {
    coder.groupsFeature = feature;
    const { status, json } = await askFor('d');
    expect([status, json.level]).toEqual([200, 'standard']);
  },
);

test("an administrator's key for somebody never seen is held to the strictest floor of all groups", async () => {
  const made = await gateway.request(`${gateway.adminUrl}/key/generate`, {
    key: MASTER_KEY,
    body: { user_id: 'frank' },
  });
  const levelOf = async () => (await gateway.request('/api/v1/keys/info', { key: made.json.key })).json.level;
  expect(await levelOf()).toBe('design-first');
  await gateway.workspaceKey({
    workspace: { id: 'workspace-of-frank', name: 'w' },
    owner: { id: idOf('f'), name: 'frank', groups: [] },
  });
  gateway.gateway.services.keys.forget();
  expect(await levelOf()).toBe('standard');
});

test('a policy that begins to name groups binds keys that were given before it did', async () => {
  const askedFor = async (level: string) => {
    const { json } = await askFor('e', ['user:read']);
    return json.level === level ? json.key : undefined;
  };
  await file.write({ floors: policy.floors });
  const key = await eventually(() => askedFor('standard'));
  await file.write({ floors: FLOORS });
  await eventually(async () => {
    const { json } = await gateway.request('/api/v1/keys/info', { key });
    return json.level === 'design-first' || undefined;
  });
});
