/** The environment variables that set how long things may take and how large they may be. */
import type { Variable } from './variable';

/** A day: beyond it a number is a mistake, and timers end somewhere beyond it too. */
const LONGEST_SECONDS = 86_400;
const LARGEST_BODY = 1024 * 1024 * 1024;
const MOST_MEMORY = 64 * LARGEST_BODY;
const MIN_TIMES = 10;
const MOST_TIMES = 1_000_000;

function seconds(value: string, least = 'above 0'): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0 || number > LONGEST_SECONDS)
    throw new Error(`must be a number of seconds ${least} and at most ${LONGEST_SECONDS}, not "${value}"`);
  return number;
}

const secondsOrNone = (value: string): number =>
  value.trim() === '0' ? 0 : seconds(value, 'above 0, or 0,');

const bytesTo =
  (most: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 1024 || number > most)
      throw new Error(`must be a whole number of bytes from 1024 to ${most}, not "${value}"`);
    return number;
  };
const bytes = bytesTo(LARGEST_BODY);
const memory = bytesTo(MOST_MEMORY);

function times(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < MIN_TIMES || number > MOST_TIMES)
    throw new Error(`must be a whole number from ${MIN_TIMES} to ${MOST_TIMES}, not "${value}"`);
  return number;
}

const limit = (
  name: string,
  fallback: number,
  parse: (text: string) => number,
  meaning: string,
): Variable<number> => ({ name, fallback, parse, meaning });

export const LIMIT_VARIABLES = {
  keepAliveSeconds: limit(
    'GATEWAY_KEEP_ALIVE_SECONDS',
    15,
    seconds,
    'Seconds of silence in a streamed answer after which its client gets a sign of life. The first one fixes the status: what fails later is an error inside the stream.',
  ),
  idleSeconds: limit(
    'GATEWAY_IDLE_TIMEOUT_SECONDS',
    120,
    seconds,
    'Seconds a provider may be silent, before a streamed answer begins or while any answer comes.',
  ),
  answerSeconds: limit(
    'GATEWAY_ANSWER_TIMEOUT_SECONDS',
    600,
    seconds,
    'Seconds a provider may take until an answer begins that is not streamed: it comes when it is whole.',
  ),
  totalSeconds: limit(
    'GATEWAY_TOTAL_TIMEOUT_SECONDS',
    1_800,
    seconds,
    'Seconds one call may take, with every attempt.',
  ),
  coolDownSeconds: limit(
    'GATEWAY_COOL_DOWN_SECONDS',
    5,
    seconds,
    'Seconds a deployment that failed is left alone while another can answer; longer where the provider says so.',
  ),
  drainSeconds: limit(
    'GATEWAY_DRAIN_SECONDS',
    30,
    seconds,
    'Seconds a provider is heard out after the client has gone, so that the usage gets known.',
  ),
  slowReaderSeconds: limit(
    'GATEWAY_SLOW_READER_SECONDS',
    60,
    seconds,
    'Seconds a client may leave unread what was sent to it, before it is cut off.',
  ),
  shutdownSeconds: limit(
    'GATEWAY_SHUTDOWN_SECONDS',
    30,
    seconds,
    'Seconds that calls under way get when the gateway is told to stop.',
  ),
  lingerSeconds: limit(
    'GATEWAY_LINGER_SECONDS',
    0,
    secondsOrNone,
    'Seconds in which a gateway that is told to stop still answers on open connections, each for the last time: for one whose successor is there.',
  ),
  reportSeconds: limit(
    'GATEWAY_REPORT_TIMEOUT_SECONDS',
    120,
    seconds,
    'Seconds the store may work for one report on spend, or for one piece of the check of the ledger.',
  ),
  budgetWaitSeconds: limit(
    'GATEWAY_BUDGET_WAIT_SECONDS',
    20,
    secondsOrNone,
    'Seconds a call waits, before anything of its answer is sent, for calls under way to give back what they hold of its budget; 429 after that. 0: it does not wait.',
  ),
  bodyBytes: limit(
    'GATEWAY_MAX_BODY_BYTES',
    32 * 1024 * 1024,
    bytes,
    'Bytes a request body may have; 413 beyond it.',
  ),
  bodiesBytes: limit(
    'GATEWAY_MAX_BODIES_BYTES',
    128 * 1024 * 1024,
    memory,
    'Bytes that the bodies of requests under way may hold in one process; 503 beyond it.',
  ),
  keyBodiesBytes: limit(
    'GATEWAY_MAX_KEY_BODIES_BYTES',
    64 * 1024 * 1024,
    memory,
    'Bytes of them that are of one key, and no more than half of what the others leave; 429 beyond it.',
  ),
  keylessBodiesBytes: limit(
    'GATEWAY_MAX_KEYLESS_BODIES_BYTES',
    1024 * 1024,
    memory,
    'Bytes that the bodies of requests for a key may hold in one process.',
  ),
  countsAMinute: limit(
    'GATEWAY_COUNTS_PER_MINUTE',
    1_200,
    times,
    'Token counts a key may ask for in a minute, half of them at once; a body counts once for each 64 KiB.',
  ),
  refusalsAMinute: limit(
    'GATEWAY_REFUSALS_PER_MINUTE',
    3_000,
    times,
    'Requests of a key a minute that are read and refused, a fifth of them at once; a body counts once for each 64 KiB. Beyond it the next ones are refused unread.',
  ),
} as const;
