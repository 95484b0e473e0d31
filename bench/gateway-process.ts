/**
 * The gateway as it runs for people, in a process of its own: real store, keys, budgets, limits, prompt, ledger and
 * log. Allowances are those of the policy, made so wide that nobody is refused.
 */
import { rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../gateway/config/environment';
import { startGateway } from '../gateway/gateway';
import { createLogger } from '../gateway/log';
import { catalog } from '../src/catalog';
import { renderGatewayDocument } from '../src/gateway-document';
import { policy, type Allowance } from '../src/policy';
import { answerQuestions, cpuMicros } from './parent';
import { recordProfile } from './profile-recorder';
import { descendantsCpuMicros } from './store-cpu';

const WIDE: Allowance = {
  maxBudget: 1_000_000,
  budgetDuration: '1d',
  rpmLimit: 1_000_000_000,
  tpmLimit: 1_000_000_000,
  maxParallelRequests: 10_000,
};

async function main(): Promise<void> {
  const [folder = ''] = process.argv.slice(2);
  const config = join(folder, 'config.json');
  const { workspace } = policy.scopes;
  const wide = {
    ...policy,
    scopes: { ...policy.scopes, workspace: { ...workspace, ...WIDE } },
    owner: WIDE,
  };
  writeFileSync(config, JSON.stringify(renderGatewayDocument(catalog, wide)));
  const settings = readSettings({
    ...process.env,
    GATEWAY_CONFIG: config,
    GATEWAY_DATA_DIR: join(folder, 'store'),
    GATEWAY_PORT: '0',
    GATEWAY_ADMIN_PORT: '0',
  });
  const gateway = await startGateway(settings, { logger: createLogger('info') });
  const profile = recordProfile();
  answerQuestions(gateway.dataUrl, {
    cpu: cpuMicros,
    memory: () => process.memoryUsage.rss(),
    'admin-url': () => gateway.adminUrl,
    'store-cpu': () => descendantsCpuMicros(process.pid),
    'start-profile': () => profile.start(),
    'stop-profile': () => profile.stop(),
    close: async () => {
      await gateway.close();
      // Also when the process that started this one is gone.
      await rm(folder, { recursive: true, force: true });
      process.exit(0);
    },
  });
}

main().catch((fault: unknown) => {
  process.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`);
  process.exit(1);
});
