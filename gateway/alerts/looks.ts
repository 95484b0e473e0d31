/** What is well or not, and what will not be for long: each look at the store or the document says one thing. */
import { CODER_STATES } from '../coder/standing';
import type { GatewayDocument } from '../config/document';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import type { AlertEvent } from './outbox';
import { ERROR_RATE, LIVENESS } from './subjects';
import { say } from './words';

export interface StateSeen {
  readonly subject: string;
  readonly state: 'well' | 'ill';
  /** @param changed when it became so, as the store has it */
  readonly alertOf: (changed: string) => AlertEvent;
}

const DAY_MS = 86_400_000;

/** Calls within `RATE_MINUTES` below which nothing is concluded. */
const FEWEST_CALLS = 20;
const RATE_MINUTES = 5;
const HIGH_RATE = 0.1;
const NORMAL_RATE = 0.05;

/** Of the calls that were let through, over all processes. In between it stays what it was. */
export async function errorRate(statements: Statements): Promise<StateSeen | undefined> {
  const [row] = await statements.run<{ calls: string; failed: string }>(
    'alert-error-rate',
    `select count(*) as calls, count(*) filter (where status >= 500) as failed from calls
     where finished_at > clock_timestamp() - make_interval(mins => ${RATE_MINUTES})`,
    [],
  );
  const [calls, failed] = [Number(row?.calls ?? 0), Number(row?.failed ?? 0)];
  const isHigh = calls >= FEWEST_CALLS && failed >= calls * HIGH_RATE;
  if (!isHigh && failed >= calls * NORMAL_RATE && calls > 0) return undefined;
  const facts = [['Failed', [`${failed} of ${calls} calls within ${RATE_MINUTES} minutes`]]] as const;
  return {
    subject: ERROR_RATE,
    state: isHigh ? 'ill' : 'well',
    alertOf: (changed) => ({
      event: `error_rate/${changed}`,
      kind: isHigh ? 'error_rate_high' : 'error_rate_normal',
      subject: ERROR_RATE,
      title: [isHigh ? 'Many calls fail.' : 'Hardly a call fails any more.'],
      facts,
    }),
  };
}

/** Milliseconds, at least, without a look at Coder; as many looks at this as that are by default ten minutes. */
const SILENT_LOOKS = 60;
const SILENT_POLLS = 3;

/** @param upMs how long this process runs: who has just started has not looked yet */
export async function liveness(
  {
    database,
    settings,
    limits,
    coderStanding,
    now,
  }: Pick<Services, 'database' | 'settings' | 'limits' | 'coderStanding' | 'now'>,
  upMs: number,
): Promise<StateSeen | undefined> {
  if (settings.coderUrl === undefined || settings.coderToken === undefined) return undefined;
  const [poll] = await database.run<{ silent_ms: string | null }>(
    'alert-liveness',
    'select extract(epoch from clock_timestamp() - finished_at) * 1000 as silent_ms from coder_poll',
    [],
  );
  const limitMs = Math.max(
    settings.coderPollSeconds * 1_000 * SILENT_POLLS,
    limits.alertLookMs * SILENT_LOOKS,
  );
  const silentMs = Math.min(
    poll?.silent_ms == null ? Number.POSITIVE_INFINITY : Number(poll.silent_ms),
    upMs,
  );
  const { current } = coderStanding;
  const isBad =
    current !== undefined &&
    current.state !== 'reached' &&
    now().getTime() - current.since.getTime() > limitMs;
  const isIll = isBad || silentMs > limitMs;
  // A process that has just started knows no better than the one before.
  if (!isIll && (current === undefined || current.state !== 'reached')) return undefined;
  const why = current === undefined ? undefined : CODER_STATES[current.state];
  return {
    subject: LIVENESS,
    state: isIll ? 'ill' : 'well',
    alertOf: (changed) => ({
      event: `liveness/${changed}`,
      kind: isIll ? 'liveness_silent' : 'liveness_back',
      subject: LIVENESS,
      title: [isIll ? 'Workspaces and people are not looked after in Coder.' : 'Coder is looked at again.'],
      facts: isIll && why !== undefined ? [['Why', [why.says]]] : [],
      ...(isIll && why !== undefined && why.remedy !== 'nothing' ? { whatToDo: `${why.remedy}.` } : {}),
    }),
  };
}

/** Days before the end, each of which is told. */
const NOTICE_DAYS = [7, 30];
/** Days after it, in which it is still told to who has not heard of it. */
const LATE_DAYS = 7;

export function endingModels({ models }: GatewayDocument, now: Date): readonly AlertEvent[] {
  return models.flatMap(({ name, successor, deployments }) =>
    deployments.flatMap(({ provider, id, retires_on: day }): AlertEvent[] => {
      if (day === undefined) return [];
      const days = (Date.parse(day) - now.getTime()) / DAY_MS;
      const due = NOTICE_DAYS.filter((notice) => days <= notice);
      if (due.length === 0 || days < -LATE_DAYS) return [];
      return due.map((notice, at) => ({
        event: `model_ends/${provider}/${id}/${day}/${notice}`,
        kind: 'model_ends',
        subject: `model/${name}`,
        title: say`The model ${name} ends on ${day} at ${provider}.`,
        facts: [
          ['Deployment', say`${`${provider}/${id}`}`],
          ['Successor', successor === undefined ? ['none in the catalog'] : say`${successor}`],
        ],
        keepUntil: new Date(Date.parse(day) + 30 * DAY_MS),
        isPassed: at > 0,
      }));
    }),
  );
}
