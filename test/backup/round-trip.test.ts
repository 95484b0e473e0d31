import { readFile, stat } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { writeBackup } from '../../backup/backup-file';
import { checkFile } from '../../backup/check-file';
import { restore } from '../../backup/restore';
import { KEPT, LEFT_OUT } from '../../backup/tables';
import { adminOf, ASK } from '../admin/support';
import { secondsFromNow } from '../gateway/support/claims';
import { eventually, startTestGateway } from '../gateway/support/gateway';
import { startStore, type TestStore } from '../gateway/support/store';
import {
  ANN,
  bookOld,
  everyRow,
  type Folder,
  followAll,
  newFolder,
  openUrl,
  type Site,
  startSite,
} from './support';

let site: Site;
let other: TestStore;
let folder: Folder;
beforeAll(async () => {
  folder = newFolder();
  site = await startSite();
  other = await startStore();
});
afterAll(async () => {
  await site.close();
  await other.remove();
  folder.remove();
});
const empty = () => other.query('drop schema public cascade; create schema public');
beforeEach(async () => {
  await empty();
});

const here = () => everyRow((text) => site.gateway.store.query<{ row: string }>(text));
const there = () => everyRow((text) => other.query<{ row: string }>(text));

async function backUp(name: string) {
  const store = await openUrl(site.gateway.store.url, 'read');
  try {
    return await writeBackup(store, folder.file(name));
  } finally {
    await store.close();
  }
}

async function putBack(name: string) {
  const store = await openUrl(other.url, 'write');
  try {
    return await restore(store, await checkFile(folder.file(name)));
  } finally {
    await store.close();
  }
}

test('every table of the store is kept, or left out for a reason', async () => {
  const tables = await site.gateway.store.query<{ name: string }>(
    "select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
  );
  expect(tables.map(({ name }) => name).sort()).toEqual(
    [...KEPT.map(({ name }) => name), ...Object.keys(LEFT_OUT)].sort(),
  );
});

test('what comes back is row for row what was there, the account adds up, and new ids are new', async () => {
  // More than one piece, on more than one day, and sums of older ones.
  await bookOld(site.gateway.store, 25_000);
  await bookOld(site.gateway.store, 3_000, 400);
  await site.gateway.gateway.services.retention.run();
  await bookOld(site.gateway.store, 25_000);
  await followAll(site.gateway);
  const written = await backUp('whole.backup');
  const rows = await here();
  expect(rows['calls']?.length).toBeGreaterThan(25_000);
  expect(rows['daily_sums']?.length).toBeGreaterThan(3);
  expect(written.end.tables['calls']?.rows).toBe(rows['calls']?.length);
  expect((await stat(written.file)).mode & 0o777).toBe(0o600);

  const check = await putBack('whole.backup');
  expect(check).toMatchObject({ ok: true, findings: [] });
  const found = await there();
  for (const [name, list] of Object.entries(rows)) {
    if (name === 'site' || name === 'gateway_processes') continue;
    expect([name, found[name]?.length]).toEqual([name, list.length]);
    expect(found[name]).toEqual(list);
  }
  const [name] = await other.query<{ name: string }>('select name from site');
  expect(name?.name).toBe(written.manifest.site);
  for (const table of ['keys', 'accounts', 'admin_audit', 'spend_resets', 'gateway_processes']) {
    const next = `select nextval(pg_get_serial_sequence('${table}', 'id'))::int as id`;
    const [[mine], [theirs]] = [await site.gateway.store.query(next), await other.query(next)];
    expect([table, theirs]).toEqual([table, mine]);
  }
});

test('keys work on the other host, a claim older than one that was seen is refused, and a newer one holds', async () => {
  await backUp('keys.backup');
  await putBack('keys.backup');
  const again = await startTestGateway({ store: other, standin: site.gateway.standin });
  try {
    for (const key of [site.key, site.issued]) expect((await again.chat(key, ASK)).status).toBe(200);
    const admin = adminOf(again);
    expect((await admin('/user/list', undefined, { key: site.adminKey })).status).toBe(200);
    expect((await again.claimKey({ owner: ANN, issued_at: secondsFromNow(-600) })).json.error.type).toBe(
      'claim_superseded',
    );
    const newer = await again.claimKey({ owner: ANN });
    expect([newer.status, newer.json.key]).toEqual([200, site.key]);
    expect((await admin('/spend/verify')).json).toMatchObject({ ok: true });
  } finally {
    await again.close();
  }
});

test('calls under way come along, and are booked in full by the first gateway, as those of a killed one are', async () => {
  let answer: () => void = () => {};
  site.gateway.standin.answer({ until: new Promise<void>((done) => (answer = done)) });
  const call = site.gateway.chat(site.key, ASK);
  await eventually(async () => (await site.gateway.store.query('select from reservations'))[0]);
  await backUp('open.backup');
  answer();
  await call;
  const check = await putBack('open.backup');
  expect(check).toMatchObject({ ok: true, reservations: { open: 1 } });
  const [open] = await other.query<{ request_id: string; amount_nano: string }>('select * from reservations');
  const again = await startTestGateway({ store: other, standin: site.gateway.standin });
  try {
    await again.settled();
    const [booked] = await other.query('select * from calls where request_id = $1', [open?.request_id]);
    expect(booked).toMatchObject({
      cost_nano: open?.amount_nano,
      estimated: true,
      error_type: 'gateway_died',
    });
    expect((await adminOf(again)('/spend/verify')).json).toMatchObject({ ok: true });
  } finally {
    await again.close();
  }
});

test('under load the account adds up at whatever moment it is taken', async () => {
  let isOver = false;
  const callers = Array.from({ length: 6 }, async () => {
    while (!isOver) await site.gateway.chat(site.key, ASK);
  });
  try {
    for (let turn = 0; turn < 3; turn += 1) {
      await backUp(`load-${turn}.backup`);
      await empty();
      expect(await putBack(`load-${turn}.backup`)).toMatchObject({ ok: true, findings: [] });
    }
  } finally {
    isOver = true;
    await Promise.all(callers);
  }
});

test('there is no secret in it', async () => {
  const file = await backUp('secrets.backup');
  const bytes = await readFile(file.file);
  // Frame by frame, as the format has it.
  let plain = '';
  for (let at = bytes.indexOf(0x0a) + 1; at < bytes.length;) {
    const stored = bytes.readUInt32BE(at + 1);
    plain += inflateSync(bytes.subarray(at + 9, at + 9 + stored)).toString();
    at += 9 + stored + 32;
  }
  expect(plain).toContain('ann@example.com');
  for (const secret of [site.key, site.issued, site.adminKey, 'sk-master', 'a-claim-secret'])
    expect(plain).not.toContain(secret);
});
