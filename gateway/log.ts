/** Structured logs: one JSON object a line on stdout. Never given keys, claims or content. */
import { types } from 'node:util';
import { cut } from './model/cut';

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

/** One whose least level can be changed while it is written to. */
export interface AdjustableLogger extends Logger {
  threshold: LogLevel;
}

export function createLogger(threshold: LogLevel, sink: Sink = toStdout): AdjustableLogger {
  let least = threshold;
  let lowest = LOG_LEVELS.indexOf(least);
  const writer = (level: LogLevel) => {
    const rank = LOG_LEVELS.indexOf(level);
    return (msg: string, fields?: LogFields) => {
      if (rank >= lowest) sink(lineOf(level, msg, fields));
    };
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    get threshold() {
      return least;
    },
    set threshold(level) {
      least = level;
      lowest = LOG_LEVELS.indexOf(level);
    },
  };
}

/** Characters of a line beyond which what is long in it is cut. */
const LONGEST_LINE = 16_384;
/** Characters of each text, and entries of each list or object, in such a line. */
const LONGEST_TEXT = 1_024;
const MOST_ENTRIES = 32;

/**
 * What JSON leaves as it is and some reader of logs does not: line breaks of Unicode's, controls that terminals obey, marks
 * that turn around what is shown.
 */
const UNSAFE = /[\u007f-\u009f\u061c\u2028-\u202e\u200e\u200f\u2066-\u2069]/;
// bounded: as it is written above
const EVERY_UNSAFE = new RegExp(UNSAFE, 'g');

function lineOf(level: LogLevel, msg: string, fields: LogFields | undefined): string {
  const entry = { time: new Date().toISOString(), level, msg, ...fields };
  let line = JSON.stringify(entry);
  if (line.length > LONGEST_LINE) line = JSON.stringify(entry, shortener());
  // bounded: so long at most, six times over where all of it had to be escaped
  if (UNSAFE.test(line)) line = line.replace(EVERY_UNSAFE, escape);
  return `${line}\n`;
}

/** Leaves of a line that is too long its beginning, and the beginnings of what is in it. */
function shortener(): (name: string, value: unknown) => unknown {
  let left = LONGEST_LINE;
  return (name, value) => {
    left -= name.length + 1;
    if (left <= 0) return undefined;
    if (typeof value === 'string') {
      const shown = cut(value, Math.min(LONGEST_TEXT, left));
      left -= shown.length;
      return shown === value ? value : `${shown}…`;
    }
    if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES) as unknown[];
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).slice(0, MOST_ENTRIES));
  };
}

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

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
