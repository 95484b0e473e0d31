/** Runs the gateway of this process: from the environment until it is told to stop. */
import { onStopSignal } from '../terminal/stop-signals';
import { DocumentError } from './config/document-check';
import { EnvironmentError, readSettings, unreadNames, type Environment } from './config/environment';
import { SettingsFileError } from './config/tls-files';
import { startGateway } from './gateway';
import { ListenError } from './http/server';
import { createLogger, describeFault } from './log';
import { StoreError } from './store/connect-fault';
import { MigrationError } from './store/migrate';

/** Errors that are about the set-up, so the message is all there is to say. */
const EXPECTED = [ListenError, MigrationError, SettingsFileError, StoreError];

function explain(fault: unknown): string {
  if (fault instanceof EnvironmentError || fault instanceof DocumentError)
    return [fault.message, ...fault.faults.map((line) => `  - ${line}`)].join('\n');
  if (EXPECTED.some((kind) => fault instanceof kind)) return (fault as Error).message;
  return `The gateway could not start: ${fault instanceof Error ? fault.message : String(fault)}`;
}

/** @throws Error whose message is all there is to say, when the gateway cannot start */
export async function serve(environment: Environment): Promise<void> {
  // Whoever reads the log may end first, as the other side of a pipe does at Ctrl-C: calls under way are still finished.
  for (const stream of [process.stdout, process.stderr])
    stream.removeAllListeners('error').on('error', () => {});
  try {
    await run(environment);
  } catch (fault) {
    throw new Error(explain(fault), { cause: fault });
  }
}

async function run(environment: Environment): Promise<void> {
  const settings = readSettings(environment);
  const logger = createLogger(settings.logLevel);
  for (const remark of unreadNames(environment)) logger.warn('a variable is not read', { remark });
  const starting = startGateway(settings, { logger });
  let isStopping = false;
  // Asked twice, it goes at once: reservations of cut calls stay, so the budget errs on the safe side.
  onStopSignal((signal) => {
    isStopping = true;
    logger.info('stopping', { signal });
    // From who replaces it and has no more patience. Told before it stops, it ends at once, as by any other signal.
    process.on('SIGUSR2', () => void starting.then((gateway) => gateway.cutCalls()).catch(() => {}));
    // What has begun to start is ended in order, too: the embedded store is a process of its own.
    starting
      .then(
        (gateway) => gateway.close(),
        // It has taken itself apart; that it could not start is no news to who has stopped it.
        () => {},
      )
      .then(
        () => {
          logger.info('stopped');
          process.exit(0);
        },
        (fault: unknown) => {
          logger.error('stopping failed', describeFault(fault));
          process.exit(1);
        },
      );
  });
  const gateway = await starting.catch((fault: unknown) => {
    if (!isStopping) throw fault;
  });
  if (gateway === undefined || isStopping) return;
  logger.info('listening', {
    data_url: gateway.dataUrl,
    data_address: gateway.dataAddress,
    ...(gateway.dataWaysIn.length > 0 ? { data_ways_in: gateway.dataWaysIn } : {}),
    admin_url: gateway.adminUrl,
    admin_address: gateway.adminAddress,
    ...(gateway.adminWaysIn.length > 0 ? { admin_ways_in: gateway.adminWaysIn } : {}),
  });
}
