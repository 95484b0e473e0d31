/** Processes as people start them, on the embedded store: one alone, which is started anew at each step. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSecret } from '../../platform/secrets';
import { run } from '../administration/support';
import { makeClaim, secondsFromNow, signClaim } from '../gateway/support/claims';
import { runGateway, urlOf, type Run } from '../gateway/support/gateway-run';
import { pinnedKeySecret } from '../../gateway/keys/key-derivation';

let folder: string;
let gateway: Run | undefined;
const said: string[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotation-'));
  // Run by root, the store runs as another user and has to pass.
  chmodSync(folder, 0o711);
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  gateway?.child.kill(signal);
  await gateway?.code;
  if (gateway !== undefined) said.push(gateway.out(), gateway.err());
  gateway = undefined;
}

/** Secrets by files, as a unit or a container gives them. */
async function start(secrets: Readonly<Record<string, string>>): Promise<{ data: string; admin: string }> {
  const files = Object.entries(secrets).map(([name, value]) => {
    const path = join(folder, name);
    writeFileSync(path, `${value}\n`, { mode: 0o600 });
    return [`${name}_FILE`, path];
  });
  gateway = runGateway({
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
    GATEWAY_DATA_DIR: join(folder, 'data'),
    ...(Object.fromEntries(files) as Record<string, string>),
  });
  return { data: await urlOf(gateway, 'data_url'), admin: await urlOf(gateway, 'admin_url') };
}

async function claim(
  data: string,
  secret: string,
  seconds: number,
): Promise<{ status: number; key: string }> {
  const answer = await fetch(`${data}/api/v1/keys/workspace`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${signClaim(makeClaim({ issued_at: secondsFromNow(seconds) }), secret)}`,
    },
  });
  return { status: answer.status, key: ((await answer.json()) as { key: string }).key };
}

test('master key and claim secret are changed, over a process that was killed', async () => {
  const [old, next] = [newSecret('gateway_master_key'), newSecret('gateway_master_key')];
  const [oldClaim, nextClaim] = [newSecret(''), newSecret('')];
  const ask = async (admin: string, key: string) => {
    const shown = await run(admin, ['secrets', 'show'], { GATEWAY_MASTER_KEY: key });
    said.push(shown.out, shown.err);
    return shown;
  };

  const before = await start({ GATEWAY_MASTER_KEY: old, WORKSPACE_CLAIM_SECRET: oldClaim });
  const { key } = await claim(before.data, oldClaim, 0);
  const shown = await ask(before.admin, old);
  expect(shown.out).toContain('The store is the embedded Postgres: it has no password.');
  const refused = await run(before.admin, ['secrets', 'rotate', 'database', '--by-hand', '--to', folder], {
    GATEWAY_MASTER_KEY: old,
  });
  expect([refused.code, refused.err]).toEqual([
    1,
    'This gateway keeps its data in the embedded Postgres, which takes its own system user and has no password: there is nothing to change.\n',
  ]);
  await stop('SIGKILL');

  const both = await start({
    GATEWAY_MASTER_KEY: next,
    GATEWAY_MASTER_KEY_PREVIOUS: old,
    GATEWAY_KEY_SECRET: pinnedKeySecret(old),
    WORKSPACE_CLAIM_SECRET: nextClaim,
    WORKSPACE_CLAIM_SECRET_PREVIOUS: oldClaim,
  });
  expect(await claim(both.data, oldClaim, 1)).toEqual({ status: 200, key });
  expect((await ask(both.admin, old)).out).toContain('Not on the claim secret in force:\n  ann/dev\n');
  expect(await claim(both.data, nextClaim, 2)).toEqual({ status: 200, key });
  const after = await ask(both.admin, next);
  expect(after.out).not.toContain('ann/dev');
  expect(after.out).toMatch(/Who has used the former master key:\n {2}contractor-workspace: 1 times/);
  await stop();

  const ended = await start({
    GATEWAY_MASTER_KEY: next,
    GATEWAY_KEY_SECRET: pinnedKeySecret(old),
    WORKSPACE_CLAIM_SECRET: nextClaim,
  });
  expect(await claim(ended.data, nextClaim, 3)).toEqual({ status: 200, key });
  expect((await claim(ended.data, oldClaim, 4)).status).toBe(401);
  const none = await ask(ended.admin, old);
  expect([none.code, none.err]).toEqual([
    3,
    'The gateway does not take the key of GATEWAY_MASTER_KEY: it is neither its master key nor an admin key that holds.\n',
  ]);
  await stop();
  for (const value of [old, next, oldClaim, nextClaim, pinnedKeySecret(old), key])
    expect(said.join('\n')).not.toContain(value);
});
