/** A gateway in a process of its own, with limits that a test can wait for. */
import { readSettings } from '../../gateway/config/environment';
import { startGateway } from '../../gateway/gateway';
import { createLogger } from '../../gateway/log';
import type { Limits } from '../../gateway/services';

async function main(): Promise<void> {
  const { MONEY_LIMITS, ...environment } = process.env;
  const limits = JSON.parse(MONEY_LIMITS ?? '{}') as Partial<Limits>;
  const gateway = await startGateway(readSettings(environment), { logger: createLogger('warn'), limits });
  const logger = createLogger('info');
  logger.info('listening', { data_url: gateway.dataUrl });
  process.on('message', (message) => {
    if (message === 'usage') process.send?.(process.cpuUsage());
    if (message === 'waiting') process.send?.(gateway.services.budgetQueues.size);
  });
  process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
}

main().catch((fault: unknown) => {
  process.stderr.write(`${String(fault)}\n`);
  process.exit(1);
});
