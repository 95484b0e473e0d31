/** The environment variables that set how long things may take and how large they may be. */
import type { Variable } from './variable';

/** A day: beyond it a number is a mistake, and timers end somewhere beyond it too. */
const LONGEST_SECONDS = 86_400;
const LARGEST_BODY = 1024 * 1024 * 1024;

function seconds(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0 || number > LONGEST_SECONDS)
    throw new Error(`must be a number of seconds above 0 and at most ${LONGEST_SECONDS}, not "${value}"`);
  return number;
}

function bytes(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1024 || number > LARGEST_BODY)
    throw new Error(`must be a whole number of bytes from 1024 to ${LARGEST_BODY}, not "${value}"`);
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
  reportSeconds: limit(
    'GATEWAY_REPORT_TIMEOUT_SECONDS',
    120,
    seconds,
    'Seconds the store may work for one report on spend, or for one piece of the check of the ledger.',
  ),
  bodyBytes: limit(
    'GATEWAY_MAX_BODY_BYTES',
    32 * 1024 * 1024,
    bytes,
    'Bytes a request body may have; 413 beyond it.',
  ),
} as const;
