/**
 * What a call went through, in the column `trail` of its row: how long it waited, who was asked, at which prices it was
 * booked. It is short and never content: names of the catalog, codes of the table of errors, numbers.
 */
import { cut } from '../model/cut';
import type { NanoDollars, TokenPrices } from './money';

export interface TrailAttempt {
  readonly provider: string;
  readonly deployment: string;
  /** Milliseconds after the call came in. */
  readonly startMs: number;
  readonly tookMs: number;
  /** Code of the error. Undefined: it answered. */
  readonly error: string | undefined;
  /** Booked for it in a row of its own. @default nothing was */
  readonly bookedApart?: NanoDollars | undefined;
}

export interface CallTrail {
  /** Milliseconds after the call came in at which it was ready to be sent. */
  readonly readyMs: number;
  /** Of those up to `admittedMs`, how many it waited for what other calls held of a budget. */
  readonly budgetWaitMs: number;
  /** Milliseconds after the call came in at which it was let through. */
  readonly admittedMs: number;
  /** Undefined: nobody was asked. */
  readonly prices: TokenPrices | undefined;
  /** In the order they were asked. */
  readonly attempts: readonly TrailAttempt[];
  /** Of what was booked for an attempt by itself: the id of its call. */
  readonly partOf: string | undefined;
}

/** More deployments than one model has; what lies beyond is left out. */
export const MOST_ATTEMPTS = 8;
const LONGEST_NAME = 128;
/** Characters of what is read back: a trail as `writeTrail` makes it has less. */
const LONGEST = 4_096;

/** As JSON with names of one letter: there is one in every row. */
export function writeTrail(trail: CallTrail): string {
  const { readyMs, budgetWaitMs, admittedMs, prices, attempts, partOf } = trail;
  return JSON.stringify({
    t: [readyMs, budgetWaitMs, admittedMs],
    p: prices && [prices.input, prices.output, prices.cacheWrite, prices.cacheWriteHour, prices.cacheRead],
    a: attempts
      .slice(0, MOST_ATTEMPTS)
      .map(({ provider, deployment, startMs, tookMs, error, bookedApart }) => [
        cut(provider, LONGEST_NAME),
        cut(deployment, LONGEST_NAME),
        startMs,
        tookMs,
        ...(error === undefined && bookedApart === undefined ? [] : [error ?? null]),
        ...(bookedApart === undefined ? [] : [bookedApart]),
      ]),
    o: partOf,
  });
}

/** Undefined where there is none, or one that another version of the gateway wrote in another way. */
export function readTrail(text: string | null): CallTrail | undefined {
  if (text === null || text.length > LONGEST) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { t, p, a, o } = (json ?? {}) as Readonly<Record<string, unknown>>;
  if (!areNumbers(t, 3) || !Array.isArray(a)) return undefined;
  const attempts = a.map(readAttempt);
  if (attempts.includes(undefined)) return undefined;
  const [readyMs, budgetWaitMs, admittedMs] = t as [number, number, number];
  return {
    readyMs,
    budgetWaitMs,
    admittedMs,
    prices: areNumbers(p, 5) ? readPrices(p) : undefined,
    attempts: attempts as TrailAttempt[],
    partOf: typeof o === 'string' ? o : undefined,
  };
}

const areNumbers = (value: unknown, many: number): value is readonly number[] =>
  Array.isArray(value) && value.length === many && value.every((each) => typeof each === 'number');

function readPrices(list: readonly number[]): TokenPrices {
  const [input, output, cacheWrite, cacheWriteHour, cacheRead] = list as [
    number,
    number,
    number,
    number,
    number,
  ];
  return { input, output, cacheWrite, cacheWriteHour, cacheRead };
}

function readAttempt(value: unknown): TrailAttempt | undefined {
  if (!Array.isArray(value)) return undefined;
  const [provider, deployment, startMs, tookMs, error, bookedApart] = value as unknown[];
  if (typeof provider !== 'string' || typeof deployment !== 'string') return undefined;
  if (typeof startMs !== 'number' || typeof tookMs !== 'number') return undefined;
  return {
    provider,
    deployment,
    startMs,
    tookMs,
    error: typeof error === 'string' ? error : undefined,
    ...(typeof bookedApart === 'number' ? { bookedApart } : {}),
  };
}
