/** Starts the gateway from the environment; `--help` lists the variables. */
import { onStopSignal } from '../terminal/stop-signals';
import { DocumentError } from '../gateway/config/document-check';
import { EnvironmentError, readSettings } from '../gateway/config/environment';
import { describeVariables } from '../gateway/config/variables-help';
import { SettingsFileError, startGateway } from '../gateway/gateway';
import { ListenError } from '../gateway/http/server';
import { createLogger, describeFault } from '../gateway/log';
import { MigrationError } from '../gateway/store/migrate';

const USAGE = `Usage: npm run gateway [-- --help]

The AI gateway: holds the provider keys, decides who may call what, and accounts for every token.
It is set up by environment variables:

${describeVariables()}
`;

/** Errors that are about the set-up, so the message is all there is to say. */
const EXPECTED = [ListenError, MigrationError, SettingsFileError];

function explain(fault: unknown): string {
  if (fault instanceof EnvironmentError || fault instanceof DocumentError)
    return [fault.message, ...fault.faults.map((line) => `  - ${line}`)].join('\n');
  if (EXPECTED.some((kind) => fault instanceof kind)) return (fault as Error).message;
  return `The gateway could not start: ${fault instanceof Error ? fault.message : String(fault)}`;
}

// Whoever reads the log may end first, as the other side of a pipe does at Ctrl-C: calls under way are still finished.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return;
  }
  if (args.length > 0) throw new EnvironmentError([`"${args[0]}" is not an option; it knows only --help.`]);
  const settings = readSettings(process.env);
  const logger = createLogger(settings.logLevel);
  const starting = startGateway(settings, { logger });
  let isStopping = false;
  // Asked twice, it goes at once: reservations of cut calls stay, so the budget errs on the safe side.
  onStopSignal((signal) => {
    isStopping = true;
    logger.info('stopping', { signal });
    // What has begun to start is ended in order, too: the embedded store is a process of its own.
    starting
      .then((gateway) => gateway.close())
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
  const gateway = await starting;
  if (isStopping) return;
  logger.info('listening', {
    data_url: gateway.dataUrl,
    data_address: gateway.dataAddress,
    admin_url: gateway.adminUrl,
    admin_address: gateway.adminAddress,
  });
}

main(process.argv.slice(2)).catch((fault: unknown) => {
  process.stderr.write(`${explain(fault)}\n`);
  process.exitCode = 1;
});
