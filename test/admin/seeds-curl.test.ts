/** The calls that people's documents and scripts make, with the headers that curl sends. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { noonDay } from '../gateway/support/calendar';
import { MASTER_KEY, startTestGateway, type TestGateway } from '../gateway/support/gateway';

const run = promisify(execFile);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const FORM = 'application/x-www-form-urlencoded';

/** `curl URL -H "Authorization: …" [-H "Content-Type: …"] [-d BODY]`: POST and a form as soon as there is a body. */
async function curl(
  path: string,
  options: { key?: string; data?: string; type?: string; admin?: boolean } = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  const { key, data, type = FORM, admin = true } = options;
  const answer = await gateway.request((admin ? gateway.adminUrl : gateway.dataUrl) + path, {
    method: data === undefined ? 'GET' : 'POST',
    headers: {
      'user-agent': 'curl/8.5.0',
      accept: '*/*',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(data === undefined ? {} : { 'content-type': type }),
    },
    ...(data === undefined ? {} : { body: data }),
  });
  return { status: answer.status, json: answer.json as unknown as Record<string, unknown> };
}

const JSON_TYPE = 'application/json';
const master = { key: MASTER_KEY };

test('setup-litellm-keys.sh: a key for each user, by name', async () => {
  for (const [name, budget, rpm] of [
    ['contractor1', 10, 60],
    ['contractor2', 10, 60],
    ['admin', 50, 200],
  ] as const) {
    const data = `{
      "key_alias": "${name}",
      "user_id": "${name}",
      "max_budget": ${budget.toFixed(2)},
      "rpm_limit": ${rpm},
      "metadata": {
        "workspace_user": "${name}",
        "created_by": "setup-script"
      }
    }`;
    const { status, json } = await curl('/key/generate', { ...master, data, type: JSON_TYPE });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      key: expect.stringMatching(/^sk-/) as string,
      user_id: name,
      max_budget: budget,
      rpm_limit: rpm,
      metadata: { workspace_user: name },
    });
  }
});

test('the key of the walkthrough works at the data listener', async () => {
  const data =
    '{\n    "user_id": "contractor1",\n    "max_budget": 10.00,\n    "tpm_limit": 100000,\n    "rpm_limit": 60\n  }';
  const { json } = await curl('/key/generate', { ...master, data, type: JSON_TYPE });
  const key = String(json['key']);
  const answer = await gateway.chat(key, {
    model: 'claude-sonnet',
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 100,
  });
  expect(answer.status).toBe(200);
  expect((await curl('/v1/models', { key, admin: false })).status).toBe(200);
  const own = await curl('/key/info', { key, admin: false });
  expect(own.json).toMatchObject({ info: { metadata: { enforcement_level: 'standard' } } });
  const usage = await curl('/user/info', { key, admin: false });
  expect(usage.json).toMatchObject({ user_id: 'contractor1', user_info: { max_budget: 20 } });
  await gateway.ledger(1);
});

test.each([FORM, JSON_TYPE])(
  'asking about a key or a person with a JSON body, announced as %s',
  async (type) => {
    const { json } = await curl('/key/generate', {
      ...master,
      data: '{"user_id": "asked"}',
      type: JSON_TYPE,
    });
    const key = String(json['key']);
    const found = await curl('/key/info', { ...master, data: `{"key": "${key}"}`, type });
    expect([found.status, found.json]).toMatchObject([200, { info: { user_id: 'asked' } }]);
    const person = await curl('/user/info', { ...master, data: '{"user_id": "contractor1"}', type });
    expect([person.status, person.json]).toMatchObject([200, { user_id: 'contractor1' }]);
  },
);

test('a real form is read as well', async () => {
  const found = await curl('/user/info', { ...master, data: 'user_id=contractor1' });
  expect(found.json).toMatchObject({ user_id: 'contractor1' });
  expect((await curl('/user/info', { ...master, data: '{"user_id":' })).status).toBe(400);
});

test('/budget/update with a user lifts what refuses that user', async () => {
  const data = '{"user_id": "contractor1", "max_budget": 20.00}';
  expect((await curl('/budget/update', { ...master, data, type: JSON_TYPE })).json).toMatchObject({
    max_budget: 20,
  });
  const found = await curl('/key/info', { ...master, data: '{"key_alias": "contractor1"}' });
  expect(found.json).toMatchObject({ info: { max_budget: 20 } });
});

test('spend logs, of one user and over all', async () => {
  const logs = await curl('/spend/logs', { ...master, data: '{"user_id": "contractor1"}' });
  expect(logs.json).toMatchObject([{ user: 'contractor1', model: 'claude-sonnet-5-5', status: 'success' }]);
  const today = noonDay();
  const data = `{"start_date": "${today}", "end_date": "${today}"}`;
  const days = await curl('/global/spend/logs', { ...master, data });
  expect(days.json).toMatchObject([{ date: today, spend: expect.any(Number) as number }]);
  const summary = await curl(`/spend/logs?start_date=${today}&end_date=${today}`, master);
  expect(summary.json).toMatchObject([
    { startTime: today, users: { contractor1: expect.any(Number) as number } },
  ]);
});

test('the provisioner’s calls: by alias, in the metadata’s scope', async () => {
  const data = JSON.stringify({
    key_alias: 'ci-frontend',
    max_budget: 5,
    rpm_limit: 30,
    budget_duration: '1d',
    metadata: { scope: 'ci:frontend', key_type: 'ci', enforcement_level: 'standard' },
    models: ['claude-haiku-4-5'],
  });
  expect((await curl('/key/generate', { ...master, data, type: JSON_TYPE })).json).toMatchObject({
    scope: 'ci:frontend',
  });
  const found = await curl('/key/info', { ...master, data: '{"key_alias":"ci-frontend"}', type: JSON_TYPE });
  expect(found.json).toMatchObject({ info: { key_alias: 'ci-frontend' } });
  const reset = await curl('/user/update', {
    ...master,
    data: '{"user_id":"contractor1","spend":0}',
    type: JSON_TYPE,
  });
  expect(reset.json).toMatchObject({ data: { spend: 0 } });
  const gone = await curl('/key/delete', { ...master, data: '{"key_alias":"ci-frontend"}', type: JSON_TYPE });
  expect(gone.json['deleted_keys']).toHaveLength(1);
});

test('test-enforcement.sh finds the hook, and readiness says connected', async () => {
  const hook = await curl('/get/config/callbacks', master);
  expect(JSON.stringify(hook.json)).toContain('enforcement_hook.proxy_handler_instance');
  for (const path of ['/health', '/health/readiness'])
    expect((await curl(path, { admin: false })).json).toMatchObject({ status: 'connected' });
});

test('the master key is no key of the data listener: what the documents ask there, says where it is asked now', async () => {
  const { status, json } = await curl('/spend/logs', { ...master, data: '{}', admin: false });
  expect([status, JSON.stringify(json)]).toEqual([404, expect.stringContaining('admin listener') as string]);
  expect((await curl('/v1/models', { ...master, admin: false })).status).toBe(401);
});

test('curl itself', async () => {
  const args = [
    '-s',
    `${gateway.adminUrl}/user/info`,
    '-H',
    `Authorization: Bearer ${MASTER_KEY}`,
    '-d',
    '{"user_id": "contractor1"}',
  ];
  const out = await run('curl', args).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  });
  if (out) expect(JSON.parse(out.stdout)).toMatchObject({ user_id: 'contractor1' });
});
