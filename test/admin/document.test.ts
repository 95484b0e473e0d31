import { renderGatewayDocument } from '../../src/gateway-document';
import type { GatewayDocument } from '../../gateway/config/document';
import { eventually, startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { noonPolicy } from '../gateway/support/calendar';
import { lastingCatalog } from '../gateway/support/lasting-catalog';
import { ownDocument } from '../gateway/support/policy-file';
import { startStore, type TestStore } from '../gateway/support/store';
import { adminOf, type Admin, type AdminAnswer } from './support';

const HELLO = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };

let store: TestStore;
let gateway: TestGateway;
let other: TestGateway;
let admin: Admin;
beforeAll(async () => {
  store = await startStore();
  // What is published holds where no file does.
  const shared = { env: { GATEWAY_CONFIG: '' }, store };
  gateway = await startTestGateway(shared);
  other = await startTestGateway({ ...shared, standin: gateway.standin });
  admin = adminOf(gateway);
});
afterAll(async () => {
  await other.close();
  await gateway.close();
  await gateway.standin.close();
  await store.remove();
});

const { scopes, ...rest } = renderGatewayDocument(lastingCatalog, noonPolicy);
const document: GatewayDocument = {
  ...rest,
  scopes: Object.fromEntries(
    Object.entries(scopes).map(([name, scope]) => [
      name,
      { ...scope, rpm_limit: 1_000_000, tpm_limit: 1_000_000_000 },
    ]),
  ),
};
const withBudget = (dollars: number): GatewayDocument => ({
  ...document,
  owner: { ...document.owner, max_budget: dollars },
});
const inForceAt = ({ gateway: { services } }: TestGateway): number =>
  services.documents.current.document.owner.max_budget;
const publish = (dollars: number, more: Record<string, unknown> = {}): Promise<AdminAnswer> =>
  admin('/document/publish', { document: withBudget(dollars), ...more });

test('until something is published, what the gateway is built with holds', async () => {
  const { json } = await admin('/document');
  expect(json).toMatchObject({ origin: 'built-in', publication: null });
  const nothing = await admin('/document/take-back', {});
  expect([nothing.status, nothing.json.error.message]).toEqual([
    404,
    'Nothing was published before the document in force. Publish the one that is to hold.',
  ]);
});

test('what is published holds here at once, in every other process after a moment, and for calls', async () => {
  const key = await gateway.workspaceKey();
  expect((await gateway.chat(key, { model: 'claude-haiku', ...HELLO })).status).toBe(200);
  const { status, json } = await admin('/document/publish', {
    document: {
      ...withBudget(7),
      scopes: { ...document.scopes, workspace: { ...document.scopes['workspace'], models: ['claude-opus'] } },
    },
    note: 'less',
  });
  expect([status, json]).toMatchObject([
    200,
    {
      changed: true,
      origin: 'published',
      publication: { published_by: 'master', note: 'less', copy_of: null },
    },
  ]);
  expect(inForceAt(gateway)).toBe(7);
  expect((await gateway.chat(key, { model: 'claude-haiku', ...HELLO })).status).toBe(403);
  await eventually(() => (inForceAt(other) === 7 ? true : undefined), 10_000);
  const { json: shown } = await adminOf(other)('/document');
  expect(shown).toMatchObject({ origin: 'published', sha256: json['sha256'] });
});

test('one that breaks rules changes nothing, and every fault is said', async () => {
  const before = (await admin('/document')).text;
  const { status, json } = await admin('/document/publish', {
    document: { ...withBudget(9), time_zone: 'Mars/Olympus', budget: 1 },
  });
  expect([status, json.error.type, json.error.message]).toEqual([
    400,
    'document_invalid',
    expect.stringMatching(/has an unknown field "budget"/),
  ]);
  const many = await admin('/document/publish', {
    document: {
      ...withBudget(9),
      ...Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, 1])),
    },
  });
  expect(many.json.error.message).toMatch(/\nand 4980 more$/);
  expect((await admin('/document')).text).toBe(before);
});

test('the same document once more, and a dry run, change nothing', async () => {
  const { json } = await publish(11);
  const list = async () => (await admin('/document/list')).json['total_count'];
  const before = await list();
  expect((await publish(11)).json).toMatchObject({ changed: false, sha256: json['sha256'] });
  expect((await publish(12, { dry_run: true })).json).toMatchObject({
    changed: false,
    sha256: json['sha256'],
  });
  expect(await list()).toBe(before);
});

test('of many who publish at once what they compared with the same one, one does', async () => {
  const { json } = await publish(20);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      adminOf(n % 2 === 0 ? gateway : other)('/document/publish', {
        document: withBudget(21 + n),
        expect: json['sha256'],
      }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
  const winner = answers.findIndex(({ status }) => status === 200);
  expect(inForceAt(winner % 2 === 0 ? gateway : other)).toBe(21 + winner);
  expect(answers.find(({ status }) => status === 409)?.json.error.type).toBe('document_changed');
});

test('one word takes back what was published, and a second one takes that back', async () => {
  const first = await publish(30);
  await publish(31);
  const back = await admin('/document/take-back', {});
  expect([back.json, inForceAt(gateway)]).toMatchObject([
    { changed: true, sha256: first.json['sha256'], publication: { copy_of: idOf(first) } },
    30,
  ]);
  await admin('/document/take-back', { note: 'no, that one' });
  expect(inForceAt(gateway)).toBe(31);
  await admin('/document/take-back', { to: idOf(first) });
  expect(inForceAt(gateway)).toBe(30);
  expect((await admin('/document/take-back', { to: 999_999 })).status).toBe(404);
});

test('former ones are kept whole, and the trail says who did what', async () => {
  const published = await publish(40);
  await publish(41);
  const { json } = await admin(`/document/info?id=${idOf(published)}`);
  expect(json).toMatchObject({ id: idOf(published), document: withBudget(40) });
  const { json: trail } = await admin(`/audit?target=${idOf(published)}`);
  expect(trail.entries).toMatchObject([
    { actor: 'master', action: 'document/publish', after: { sha256: published.json['sha256'] } },
  ]);
});

test('one of another version is refused by processes that run, and keeps a new one from beginning', async () => {
  const id = idOf(await publish(50));
  await store.query(
    `insert into published_documents (published_by, sha256, document)
     select 'newer', 'x', jsonb_set(document::jsonb, '{version}', '2')::text from published_documents where id = ${id}`,
  );
  await eventually(
    () => gateway.logs.find((line) => line.includes('published gateway document refused')),
    10_000,
  );
  expect(inForceAt(gateway)).toBe(50);
  await expect(
    startTestGateway({ env: { GATEWAY_CONFIG: '' }, store, standin: gateway.standin }),
  ).rejects.toMatchObject({
    faults: [expect.stringMatching(/version must be 1/), expect.stringMatching(/run that one/)],
  });
  // The way out is to publish.
  await publish(51);
  await eventually(() => (inForceAt(other) === 51 ? true : undefined), 10_000);
});

test('calls that go on all the while are all answered', async () => {
  const key = await gateway.workspaceKey();
  let isOver = false;
  const statuses = new Set<number>();
  const calling = Array.from({ length: 4 }, async () => {
    while (!isOver) statuses.add((await gateway.chat(key, { model: 'claude-haiku', ...HELLO })).status);
  });
  for (let n = 0; n < 20; n += 1) await publish(60 + (n % 2), { note: 'again' });
  isOver = true;
  await Promise.all(calling);
  expect([...statuses]).toEqual([200]);
});

test('where a file says what holds, nothing is published', async () => {
  const file = await ownDocument();
  const alone = await startTestGateway({ env: file.env, store, standin: gateway.standin });
  try {
    const ask = adminOf(alone);
    expect((await ask('/document')).json).toMatchObject({ origin: 'file', publication: null });
    for (const [path, body] of [
      ['/document/publish', { document }],
      ['/document/take-back', {}],
    ] as const)
      expect([(await ask(path, body)).status, (await ask(path, body)).json.error.type]).toEqual([
        409,
        'document_in_file',
      ]);
  } finally {
    await alone.close();
    await file.remove();
  }
});

test('a first document is published once, however many processes begin with it', async () => {
  const file = await ownDocument();
  const fresh = await startStore();
  const options = {
    env: { GATEWAY_CONFIG: '', GATEWAY_FIRST_DOCUMENT: file.env.GATEWAY_CONFIG },
    store: fresh,
    standin: gateway.standin,
  };
  const started = await Promise.all([1, 2, 3].map(() => startTestGateway(options)));
  try {
    const [one] = started;
    if (one === undefined) throw new Error('none was started');
    const ask = adminOf(one);
    expect((await ask('/document/list')).json).toMatchObject({
      total_count: 1,
      documents: [{ published_by: 'first-document' }],
    });
    await ask('/document/publish', { document: withBudget(3) });
    const late = await startTestGateway(options);
    started.push(late);
    expect(inForceAt(late)).toBe(3);
  } finally {
    for (const each of started) await each.close();
    await fresh.remove();
    await file.remove();
  }
});

const idOf = ({ json }: AdminAnswer): number => (json['publication'] as { id: number }).id;
