/** Conversations: what clients send of themselves to name them, in the ledger and in what is added up of it. */
import { sessionOf } from '../../gateway/model/session';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';
import { askMessages } from './support/messages';

const CLAUDE = '0f9bd1c2-1111-4222-8333-444455556666';
const OPENCODE = 'ses_68f1c0ffee3Kx9wQ2vTz';

let gateway: TestGateway;
let key: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  key = await gateway.workspaceKey();
});
afterAll(() => gateway.close());
beforeEach(() => gateway.clearLedger());

const chat = (headers: Record<string, string>, body: Record<string, unknown> = {}) =>
  gateway.request('/v1/chat/completions', {
    key,
    headers: { 'content-type': 'application/json', ...headers },
    body: { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'hi' }], ...body },
  });

const sessions = async (rows: number) => (await gateway.ledger(rows)).map(({ session }) => session);

test('each call of a conversation and of its helpers is booked under the id of the one a person began', async () => {
  await askMessages(gateway, key, {}, { headers: { 'x-claude-code-session-id': CLAUDE } });
  await askMessages(
    gateway,
    key,
    {},
    { headers: { 'x-claude-code-session-id': CLAUDE, 'x-claude-code-agent-id': 'a1b2c3d4' } },
  );
  const own = { 'x-session-affinity': OPENCODE, 'x-session-id': OPENCODE };
  await chat(own);
  const child = 'ses_68f1c0ffee3Kx9wQ2vTa';
  await chat({ 'x-session-affinity': child, 'x-session-id': child, 'x-parent-session-id': OPENCODE });
  await chat({});
  expect((await sessions(5)).map(String).sort()).toEqual([CLAUDE, CLAUDE, 'null', OPENCODE, OPENCODE]);
});

test.each([
  ['text', `user_${'a'.repeat(64)}_account__session_${CLAUDE}`],
  ['JSON', JSON.stringify({ device_id: 'd', account_uuid: '', session_id: CLAUDE })],
])('an older Claude Code says it in metadata.user_id, as %s', async (_, user) => {
  await askMessages(gateway, key, { metadata: { user_id: user } });
  expect(await sessions(1)).toEqual([CLAUDE]);
});

test('what is no plain id is a hash: no words and no names get into the ledger', () => {
  for (const odd of [
    'ann.example',
    'ann@example.com',
    '0170 1234567',
    'fix the login page 1',
    `${OPENCODE}, ${OPENCODE}`,
    'x1'.repeat(10_000),
    `abc-${'1'.repeat(80)}`,
  ]) {
    const session = sessionOf({ 'x-session-id': odd }, undefined);
    expect([odd, session?.id]).toEqual([odd, expect.stringMatching(/^hash_[0-9a-f]{32}$/)]);
    expect(sessionOf({ 'x-session-id': odd }, undefined)).toEqual(session);
  }
  for (const none of ['user_x', '{', '{"session_id": 5}', '{}', `{"session_id": "${'a'.repeat(2_000)}"}`])
    expect([none, sessionOf({ 'x-session-id': '' }, none)]).toEqual([none, undefined]);
  expect(sessionOf({ 'x-session-id': OPENCODE, 'x-claude-code-session-id': CLAUDE }, undefined)).toEqual({
    id: CLAUDE,
    agent: undefined,
  });
});

test('spend is added up by conversation, and a single call says its own', async () => {
  for (let call = 0; call < 3; call += 1) await chat({ 'x-session-affinity': OPENCODE });
  await chat({});
  const rows = await gateway.ledger(4);
  const ask = async (path: string) =>
    JSON.parse((await gateway.request(gateway.adminUrl + path, { key: MASTER_KEY })).text) as {
      readonly rows: readonly Record<string, unknown>[];
    };
  const report = await ask('/spend/report?group_by=session');
  const nano = (session: unknown) =>
    rows.filter((row) => row['session'] === session).reduce((sum, row) => sum + Number(row['cost_nano']), 0);
  expect(report.rows).toEqual([
    expect.objectContaining({ id: OPENCODE, name: 'ann', calls: 3, spend: nano(OPENCODE) / 1e9 }),
    expect.objectContaining({ id: '', calls: 1, spend: nano(null) / 1e9 }),
  ]);
  const logs = (await ask('/spend/logs')) as unknown as readonly { metadata: Record<string, unknown> }[];
  expect(logs.filter(({ metadata }) => metadata['session_id'] === OPENCODE)).toHaveLength(3);
});
