/** Structured logs: one JSON object a line on stdout. Never given keys, claims or content. */
import { types } from 'node:util';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts of one event. The three names every line has are not free. */
export type LogFields = Readonly<Record<string, unknown>> & {
  readonly time?: never;
  readonly level?: never;
  readonly msg?: never;
};

export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
}

type Sink = (line: string) => void;

let waiting = '';

/** Lines of one turn of the event loop are written together: each write takes longer than making its line. */
const toStdout: Sink = (line) => {
  if (waiting === '') setImmediate(writeWaiting);
  waiting += line;
};

function writeWaiting(): void {
  const lines = waiting;
  waiting = '';
  if (lines !== '') process.stdout.write(lines);
}

// What the last turn says is what people look for.
process.on('exit', writeWaiting);

export function createLogger(threshold: LogLevel, sink: Sink = toStdout): Logger {
  const lowest = LOG_LEVELS.indexOf(threshold);
  const writer = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) < lowest) return () => {};
    return (msg: string, fields?: LogFields) =>
      sink(JSON.stringify({ time: new Date().toISOString(), level, msg, ...fields }) + '\n');
  };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

/** What a log line may say about an unexpected fault: its message and code, and the stack for maintainers. */
export function describeFault(fault: unknown): LogFields {
  if (!types.isNativeError(fault)) return { fault: String(fault) };
  const code = (fault as { code?: unknown }).code;
  return {
    fault: fault.message,
    ...(typeof code === 'string' ? { fault_code: code } : {}),
    stack: fault.stack,
  };
}
