/**
 * What exactness costs: calls and statements a second, and CPU a call, with two hundred clients of one key.
 *
 *     node --import tsx test/money/measure.ts [processes] [calls]
 */
import { CLAIM_SECRET, makeClaim, signClaim } from '../gateway/support/claims';
import { MASTER_KEY } from '../gateway/support/gateway';
import { policyFile } from '../gateway/support/policy-file';
import { startBillingProvider } from './billing-provider';
import { callMany } from './clients';
import { startFleet } from './fleet';
import { startKillableStore } from './killable-store';

async function main(): Promise<void> {
  const [processes = 1, calls = 6_000, rpmLimit = 1_000_000] = process.argv.slice(2).map(Number);
  const store = await startKillableStore();
  const file = await policyFile({ workspace: { rpmLimit } });
  const provider = await startBillingProvider(0);
  const fleet = await startFleet(processes, {
    ...file.env,
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
    GATEWAY_MASTER_KEY: MASTER_KEY,
    WORKSPACE_CLAIM_SECRET: CLAIM_SECRET,
    DATABASE_URL: store.url,
    ANTHROPIC_API_KEY: 'sk-ant-money',
    ANTHROPIC_BASE_URL: provider.url,
  });
  const response = await fetch(`${await fleet.url(0)}/api/v1/keys/workspace`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signClaim(makeClaim({ level: 'unrestricted' }))}` },
    body: '{}',
  });
  const { key } = (await response.json()) as { key: string };
  const commits = async (): Promise<number> => {
    // The server's own statistics come up to a second late.
    await new Promise((done) => setTimeout(done, 1_500));
    const [row] = await store.query<{ n: string }>(
      "select sum(xact_commit) as n from pg_stat_database where datname = 'gateway'",
    );
    return Number(row?.n);
  };
  await callMany(fleet, key, 500, 200);
  const before = await commits();
  const cpu = await fleet.cpu();
  const start = performance.now();
  const outcomes = await callMany(fleet, key, calls, 200);
  const seconds = (performance.now() - start) / 1_000;
  const spent = (await fleet.cpu()) - cpu;
  const statements = (await commits()) - before;
  process.stdout.write(
    `${processes} processes, ${calls} calls (${[...outcomes].map(([status, n]) => `${n} × ${status}`).join(', ')}): ` +
      `${Math.round(calls / seconds)} calls/s, ${Math.round(statements / seconds)} statements/s, ` +
      `${(statements / calls).toFixed(3)} statements a call, ${Math.round(spent / calls)} µs CPU a call\n`,
  );
  await fleet.close();
  await provider.close();
  await store.remove();
  await file.remove();
}

void main();
