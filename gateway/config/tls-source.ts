/** Holds the listeners' certificate and key in force: files that are re-read when they change. */
import { describeFault, type Logger } from '../log';
import { readTlsFiles, SettingsFileError, type TlsFiles } from './tls-files';
import { watchFiles } from './watched-file';

export interface TlsSource {
  /** What holds now. */
  readonly current: TlsFiles;
  /** Calls back when others hold: connections from then on get them. */
  whenChanged(take: (files: TlsFiles) => void): void;
  /** Looks for a change at once instead of at the next poll. */
  poll(): void;
  close(): void;
}

const DAY_MS = 86_400_000;

const said = (fault: unknown): Readonly<Record<string, unknown>> =>
  fault instanceof SettingsFileError ? { fault: fault.message } : describeFault(fault);

/** Reads the files and keeps them current. @throws SettingsFileError when the first ones are bad */
export function openTls(
  certPath: string,
  keyPath: string,
  logger: Logger,
  pollIntervalMs: number,
  now: () => Date,
): TlsSource {
  const read = (): TlsFiles =>
    readTlsFiles(certPath, keyPath, now(), (message, ends) =>
      logger.warn(message, { settings: ['GATEWAY_TLS_CERT'], ends }),
    );
  const takers: ((files: TlsFiles) => void)[] = [];
  const watch = watchFiles([certPath, keyPath], pollIntervalMs, () => {
    try {
      current = read();
      for (const take of takers) take(current);
      logger.info('certificate of the listeners re-read', { ends: current.ends });
    } catch (fault) {
      // Half of a pair must not lock everybody out: what held before still holds.
      logger.error(
        'changed certificate of the listeners refused, the former one stays in force',
        said(fault),
      );
    }
  });
  let current: TlsFiles;
  try {
    current = read();
  } catch (fault) {
    watch.close();
    throw fault;
  }
  // A process may run for longer than a certificate holds.
  const daily = setInterval(() => {
    try {
      read();
    } catch (fault) {
      logger.error('certificate of the listeners is not good any more', said(fault));
    }
  }, DAY_MS);
  daily.unref();
  return {
    get current() {
      return current;
    },
    whenChanged: (take) => void takers.push(take),
    poll: () => watch.poll(),
    close() {
      clearInterval(daily);
      watch.close();
    },
  };
}
