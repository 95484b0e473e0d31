import { makeClaim, secondsFromNow, signClaim, type Claim } from './support/claims';
import { MASTER_KEY, startTestGateway, type TestGateway } from './support/gateway';

const OTHER_SECRET = 'another-claim-secret-0123456789abcdefghij';
const BOB = { id: 'owner-b', name: 'bob', groups: [] };

describe("a workspace's key", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ env: { WORKSPACE_CLAIM_SECRET_PREVIOUS: OTHER_SECRET } });
  });
  afterAll(() => gateway.close());

  let count = 0;
  const workspace = () => ({ id: `ws-${(count += 1)}`, name: 'dev' });
  const info = (key: string) => gateway.request('/api/v1/keys/info', { key });
  const at = (seconds: number, changes: Partial<Claim>): Partial<Claim> => ({
    ...changes,
    issued_at: secondsFromNow(seconds),
  });

  test('is given for a claim, with its terms, and stored as a hash only', async () => {
    const ws = workspace();
    const answer = await gateway.claimKey({ workspace: ws });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      key: expect.stringMatching(/^sk-[A-Za-z0-9_-]{43}$/) as string,
      reused: false,
      scope: `workspace:${ws.id}`,
      level: 'standard',
      models: [
        'claude-sonnet-4-5',
        'claude-haiku-4-5',
        'claude-opus-4',
        'claude-sonnet-5-5',
        'claude-opus-5-5',
        'bedrock-claude-sonnet',
        'bedrock-claude-haiku',
      ],
      max_budget: 10,
      budget_duration: '1d',
      expires_at: expect.stringMatching(/Z$/) as string,
    });
    const dump = JSON.stringify(await gateway.store.query('select * from keys'));
    expect(dump).not.toContain(answer.json.key.slice(8, 30));
    expect((await info(answer.json.key)).json).toMatchObject({
      scope: `workspace:${ws.id}`,
      owner: { name: 'ann' },
      spend: 0,
      budget_left: 10,
      usage: [],
    });
  });

  test('is the same after a restart and after a lost answer, and follows the newest claim', async () => {
    const ws = workspace();
    const first = await gateway.claimKey(at(-60, { workspace: ws }));
    const again = await gateway.claimKey(at(-60, { workspace: ws }));
    const next = await gateway.claimKey(at(-10, { workspace: ws, level: 'design-first' }));
    expect([again.json.key, next.json.key]).toEqual([first.json.key, first.json.key]);
    expect([first.json.reused, again.json.reused, next.json.reused]).toEqual([false, true, true]);
    expect((await info(first.json.key)).json.level).toBe('design-first');
    await gateway.claimKey(at(-5, { workspace: ws, level: 'unrestricted' }));
    expect((await info(first.json.key)).json.level).toBe('unrestricted');
    await gateway.claimKey(at(-4, { workspace: ws, level: 'whatever' }));
    expect((await info(first.json.key)).json.level).toBe('design-first');
  });

  test('keeps its key under another template, and comes under that template from then on', async () => {
    const ws = workspace();
    const template = (name: string) => ({ id: `id-of-${name}`, name, version: 'v1' });
    const first = await gateway.workspaceKey(at(-60, { workspace: ws, template: template('backend') }));
    expect((await info(first)).json).toMatchObject({ template: 'backend' });
    const next = await gateway.claimKey(at(-10, { workspace: ws, template: template('frontend') }));
    expect(next.json).toMatchObject({ key: first, reused: true });
    expect((await info(first)).json).toMatchObject({ template: 'frontend' });
  });

  test('is not given for a claim older than the newest seen', async () => {
    const ws = workspace();
    await gateway.claimKey(at(-10, { workspace: ws, level: 'design-first' }));
    const replay = await gateway.claimKey(at(-60, { workspace: ws, level: 'unrestricted' }));
    expect(replay.status).toBe(403);
    expect(replay.json.error).toMatchObject({ type: 'claim_superseded', code: '403' });
  });

  test("is another one for another owner, and the former owner's dies for good", async () => {
    const ws = workspace();
    const ann = await gateway.workspaceKey(at(-60, { workspace: ws }));
    const bob = await gateway.workspaceKey(at(-40, { workspace: ws, owner: BOB }));
    expect(bob).not.toBe(ann);
    expect((await info(ann)).status).toBe(401);
    const back = await gateway.workspaceKey(at(-20, { workspace: ws }));
    expect([ann, bob]).not.toContain(back);
    expect((await info(bob)).status).toBe(401);
    expect((await info(ann)).status).toBe(401);
    expect((await info(back)).status).toBe(200);
  });

  test('is one, however many starts ask at once', async () => {
    const ws = workspace();
    const wire = signClaim(makeClaim({ workspace: ws }));
    // As many as a process has connections to the store: who waits for one is refused on a slow machine.
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => gateway.request('/api/v1/keys/workspace', { key: wire, body: {} })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ json }) => json.key)).size).toBe(1);
    expect(answers.filter(({ json }) => !json.reused)).toHaveLength(1);
    expect(await gateway.store.query('select from keys where workspace_id = $1', [ws.id])).toHaveLength(1);
  });

  test('is not given for anything but a claim', async () => {
    const ask = (options: Parameters<TestGateway['request']>[1]) =>
      gateway.request('/api/v1/keys/workspace', { method: 'POST', ...options });
    expect((await ask({})).json.error).toMatchObject({ type: 'claim_missing', code: '401' });
    expect((await ask({ key: MASTER_KEY })).json.error).toMatchObject({ type: 'claim_missing' });
    expect((await ask({ key: signClaim(makeClaim(), 'x'.repeat(40)) })).json.error).toMatchObject({
      type: 'claim_not_authentic',
      code: '401',
    });
    expect((await ask({ headers: { 'x-api-key': signClaim(makeClaim()) } })).status).toBe(401);
    const wishes = await ask({
      key: signClaim(makeClaim({ workspace: workspace() })),
      body: { level: 'unrestricted', workspace_id: 'x' },
    });
    expect(wishes.json.error).toMatchObject({ param: 'level', code: '400' });
    const stop = await gateway.claimKey({ workspace: workspace(), transition: 'stop' });
    expect(stop.json.error).toMatchObject({ type: 'claim_not_a_start', code: '403' });
  });

  test('is given for a claim under the former secret', async () => {
    expect((await gateway.claimKey({ workspace: workspace() }, OTHER_SECRET)).status).toBe(200);
  });

  test('of somebody with a recycled name has nothing of the former holder', async () => {
    const first = await gateway.workspaceKey({
      workspace: workspace(),
      owner: { id: 'owner-1', name: 'carol', groups: [] },
    });
    const second = await gateway.workspaceKey({
      workspace: workspace(),
      owner: { id: 'owner-2', name: 'carol', groups: [] },
    });
    expect((await info(second)).json.owner.id).toBe('owner-2');
    expect((await info(first)).json.owner.id).toBe('owner-1');
    expect(await gateway.store.query('select owner_id from owner_names where name = $1', ['carol'])).toEqual([
      { owner_id: 'owner-1' },
    ]);
  });

  test('is not given while an administrator blocks it, and stays blocked under a new key secret', async () => {
    const ws = workspace();
    const admin = (path: string, body: unknown) =>
      gateway.request(gateway.adminUrl + path, { key: MASTER_KEY, body });
    const key = await gateway.workspaceKey(at(-60, { workspace: ws }));
    expect((await admin('/key/block', { key })).status).toBe(200);
    const refused = await gateway.claimKey(at(-10, { workspace: ws, level: 'design-first' }));
    expect(refused.status).toBe(401);
    expect(refused.json.error.message).toContain('an administrator has blocked this key');
    expect(refused.headers.get('x-should-retry')).toBe('false');
    expect(refused.text).not.toContain(key);

    const other = await startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      env: { GATEWAY_KEY_SECRET: 'a-key-secret-for-tests-0123456789abcdef' },
    });
    expect((await other.claimKey(at(-8, { workspace: ws }))).status).toBe(401);
    // Another person's key is another matter.
    expect((await other.claimKey(at(-6, { workspace: ws, owner: BOB }))).status).toBe(200);
    await other.close();
  });

  test('counts the starts that came while it was blocked', async () => {
    const ws = workspace();
    const admin = (path: string, body: unknown) =>
      gateway.request(gateway.adminUrl + path, { key: MASTER_KEY, body });
    const key = await gateway.workspaceKey(at(-60, { workspace: ws }));
    await admin('/key/block', { key });
    await gateway.claimKey(at(-10, { workspace: ws, level: 'design-first' }));
    await admin('/key/unblock', { key });
    expect((await info(key)).json.level).toBe('design-first');
    expect((await gateway.claimKey(at(-20, { workspace: ws }))).json.error.type).toBe('claim_superseded');
    expect((await gateway.claimKey(at(-5, { workspace: ws }))).json).toMatchObject({ key, reused: true });
  });

  test('is asked for by a loop only so often, which no other workspace and no valid key feels', async () => {
    // Its clock stands still: how fast the machine asks makes no difference.
    let time = Date.now();
    const still = await startTestGateway({
      store: gateway.store,
      standin: gateway.standin,
      now: () => new Date(time),
    });
    const ws = workspace();
    const ask = () => still.claimKey({ workspace: ws });
    const key = await still.workspaceKey({ workspace: ws });
    let asked = await ask();
    for (let again = 0; asked.status === 200 && again < 100; again += 1) asked = await ask();
    expect(asked.status).toBe(429);
    expect(asked.json.error).toMatchObject({ type: 'throttling_error', code: '429' });
    const wait = Number(asked.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(2);
    expect((await still.claimKey({ workspace: workspace() })).status).toBe(200);
    expect((await still.request('/api/v1/keys/info', { key })).status).toBe(200);
    // As long as told, and the set-up has its answer.
    time += wait * 1_000;
    expect((await ask()).status).toBe(200);
    await still.close();
  });

  test('takes nothing off a workspace that others make claims in the name of', async () => {
    const ws = workspace();
    const forge = () => gateway.claimKey({ workspace: ws }, 'a-secret-that-nobody-knows-0123456789abcdef');
    const forged = await Promise.all(Array.from({ length: 60 }, forge));
    expect(new Set(forged.map(({ status }) => status))).toEqual(new Set([401]));
    expect((await gateway.claimKey({ workspace: ws })).status).toBe(200);
  });

  test('stays when the key secret is changed and the former one is named', async () => {
    const ws = workspace();
    const secret = 'a-key-secret-for-tests-0123456789abcdef';
    const share = { store: gateway.store, standin: gateway.standin };
    const one = await startTestGateway({ ...share, env: { GATEWAY_KEY_SECRET: secret } });
    const key = await one.workspaceKey({ workspace: ws });
    await one.close();
    const two = await startTestGateway({
      ...share,
      env: { GATEWAY_KEY_SECRET: `${secret}-new`, GATEWAY_KEY_SECRET_PREVIOUS: secret },
    });
    expect(await two.workspaceKey({ workspace: ws })).toBe(key);
    await two.close();
    const three = await startTestGateway({ ...share, env: { GATEWAY_KEY_SECRET: `${secret}-new` } });
    expect(await three.workspaceKey({ workspace: ws })).not.toBe(key);
    expect((await info(key)).status).toBe(401);
    await three.close();
  });

  test('that another process revokes is dead within two seconds', async () => {
    const key = await gateway.workspaceKey({ workspace: workspace() });
    expect((await info(key)).status).toBe(200);
    await gateway.store.query('update keys set revoked_at = now() where last_four = $1', [key.slice(-4)]);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const refused = await info(key);
    expect(refused.status).toBe(401);
    expect(refused.text).not.toContain(key);
  });

  test('works as x-api-key too; without one, or with a wrong one, the error is that of LiteLLM', async () => {
    const key = await gateway.workspaceKey({ workspace: workspace() });
    expect((await gateway.request('/models', { headers: { 'x-api-key': key } })).status).toBe(200);
    expect((await gateway.request('/v1/models')).json.error).toMatchObject({
      type: 'auth_error',
      param: 'key',
      code: '401',
    });
    const wrong = `sk-${'wrong'.repeat(9)}`;
    const refused = await gateway.request('/v1/models', { key: wrong });
    expect(refused.json.error).toMatchObject({ type: 'token_not_found_in_db', param: 'key', code: '401' });
    expect(refused.json.error.message).toContain('Invalid proxy server token passed');
    expect(refused.text).not.toContain(wrong);
    expect((await gateway.request('/v1/models', { key: MASTER_KEY })).status).toBe(401);
  });

  test('neither key nor claim nor secret is in any log line', async () => {
    const wire = signClaim(makeClaim({ workspace: workspace() }));
    const { json } = await gateway.request('/api/v1/keys/workspace', { key: wire, body: {} });
    await gateway.chat(json.key, { messages: [{ role: 'user', content: 'the-content-of-a-call' }] });
    const logs = gateway.logs.join('');
    expect(logs).toContain('workspace key given out');
    for (const secret of [
      json.key,
      wire,
      wire.split('.')[2],
      MASTER_KEY,
      gateway.standin.apiKey,
      OTHER_SECRET,
      'the-content-of-a-call',
    ])
      expect(logs).not.toContain(secret);
  });
});
