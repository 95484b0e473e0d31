/**
 * A gateway in a process of its own, with limits that a test can wait for (`GATEWAY_TEST_LIMITS`, JSON), whose main loop
 * and thread are at the test's mercy.
 */
import { stat } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { readSettings } from '../../../gateway/config/environment';
import { startGateway } from '../../../gateway/gateway';
import { createLogger } from '../../../gateway/log';
import type { Limits } from '../../../gateway/services';

/** What it can be told. */
export type Order = { readonly blockMs: number } | { readonly endThreads: true };

const threads = new Set<Worker>();
process.on('worker', (thread) => threads.add(thread));

function block(forMs: number): void {
  const end = performance.now() + forMs;
  while (performance.now() < end);
}

async function main(): Promise<void> {
  const { GATEWAY_TEST_LIMITS, ...environment } = process.env;
  const limits = JSON.parse(GATEWAY_TEST_LIMITS ?? '{}') as Partial<Limits>;
  const logger = createLogger('info');
  const gateway = await startGateway(readSettings(environment), { logger, limits });
  logger.info('listening', { data_url: gateway.dataUrl, admin_url: gateway.adminUrl });
  process.on('message', (order: Order) => {
    if ('blockMs' in order) {
      logger.info('blocking');
      // After the line is out, and as what a caller sends would: what waits is read only after timers that are due.
      stat(__filename, () => {
        block(order.blockMs);
        logger.info('blocked no more');
      });
    } else for (const thread of threads) void thread.terminate();
  });
  process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)));
}

main().catch((fault: unknown) => {
  process.stderr.write(`${String(fault)}\n`);
  process.exit(1);
});
