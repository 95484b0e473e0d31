/** A site with something in every table, and what there is to compare. */
import { setTimeout as delay } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEPT } from '../../backup/tables';
import { openWhichStore, type WhichStore } from '../../backup/which-store';
import { adminOf, ASK } from '../admin/support';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../gateway/support/gateway';
import type { TestStore } from '../gateway/support/store';

export const ANN = { id: '7f3a0000-0000-4000-8000-00000000000a', name: 'ann', groups: ['staff'] };
export const BOB = { id: '7f3a0000-0000-4000-8000-00000000000b', name: 'bob', groups: [] };

export interface Site {
  readonly gateway: TestGateway;
  /** Of ann's workspace. */
  readonly key: string;
  /** That an administrator gave out. */
  readonly issued: string;
  /** An administrator's. */
  readonly adminKey: string;
  close(): Promise<void>;
}

/** Calls of every living key, older than any budget's window. The sums that follow calls have passed them by. */
export async function bookLate(store: TestStore, rows: number, daysAgo = 60): Promise<void> {
  await store.query(
    `insert into calls (request_id, finished_at, key_id, account_id, account_ids, account_windows, scope, owner_id, owner_name,
       workspace_id, workspace_name, template_name, level, protocol, model, model_asked, provider, deployment, attempts,
       streamed, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_nano, estimated, latency_ms,
       status, error_type, client)
     select gen_random_uuid(), now() - make_interval(days => $2, secs => n % 80000), k.id, k.account_id,
       array[k.account_id], case when n % 97 = 0 then array[now() - make_interval(days => $2 + 1)] end, k.scope, k.owner_id, k.owner_name, k.workspace_id, k.workspace_name,
       k.template_name, 'standard', 'openai-chat', 'model-' || n % 3, E'odd\\t"name"\\n\\\\ of ☃', nullif('p' || n % 2, 'p1'),
       nullif('d' || n % 4, 'd3'), 1, true, n, 2 * n, 3 * n, 5 * n, n * 7919::bigint, n % 97 = 0, n,
       case when n % 5 = 0 then 500 else 200 end, case when n % 7 = 0 then '' end, 'other'
     from (select * from keys where revoked_at is null order by id limit 1) k, generate_series(1, $1) n`,
    [rows, daysAgo],
  );
}

/** The same; the sums begin anew, as if they had been there by then. */
export async function bookOld(store: TestStore, rows: number, daysAgo?: number): Promise<void> {
  await bookLate(store, rows, daysAgo);
  await store.query('select restart_sums()');
}

/** Until nothing lies beyond the sums, so that they stay as they are. */
export async function followAll({ gateway, store }: TestGateway): Promise<void> {
  while ((await store.query('select from calls_beyond_sums limit 1')).length > 0) {
    await gateway.services.sums.follow();
    await delay(50);
  }
}

export async function startSite(options: TestGatewayOptions = {}): Promise<Site> {
  const gateway = await startTestGateway(options);
  const admin = adminOf(gateway);
  const post = async (path: string, body: unknown) => {
    const answer = await admin(path, body);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
    return answer.json;
  };
  const key = await gateway.workspaceKey({ owner: ANN });
  await gateway.workspaceKey({
    owner: BOB,
    workspace: { id: '5b1c7d0e-0000-4000-8000-000000000002', name: 'b' },
  });
  await post('/budget/new', { budget_id: 'team', max_budget: 20 });
  await post('/user/update', {
    user_id: 'ann',
    user_email: 'ann@example.com',
    metadata: { desk: 'a"b\\c\n4' },
  });
  const { key: issued } = await post('/key/generate', {
    key_alias: 'laptop',
    user_id: 'ann',
    budget_id: 'team',
  });
  const { key: adminKey } = await post('/admin/key/new', { name: 'ops', role: 'admin' });
  for (const each of [key, issued]) await gateway.chat(each, ASK);
  await gateway.settled();
  await post('/user/update', { user_id: 'ann', spend: 0 });
  await gateway.chat(key, ASK);
  await gateway.settled();
  return { gateway, key, issued, adminKey, close: () => gateway.close() };
}

/** Every row of every table that is kept, as text. */
export async function everyRow(
  query: (text: string) => Promise<readonly { row: string }[]>,
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const { name } of KEPT)
    found[name] = (await query(`select t::text as row from "${name}" t order by 1`)).map(({ row }) => row);
  return found;
}

export const openUrl = (url: string, use: 'read' | 'write'): Promise<WhichStore> =>
  openWhichStore({ DATABASE_URL: url }, use);

export interface Folder {
  readonly path: string;
  file(name: string): string;
  remove(): void;
}

export function newFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'backup-'));
  return {
    path,
    file: (name) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
  };
}
