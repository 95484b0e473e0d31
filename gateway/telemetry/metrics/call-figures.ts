/** Counts every call that has ended. No label comes from the caller: what it named and may not use is "unknown". */
import { toDollars, type NanoDollars } from '../../ledger/money';
import type { CallObserver } from '../call-observers';
import type { Attempt, EndedCall } from '../ended-call';
import type { CounterName, HistogramName } from './metric-list';
import { limitReasonOf } from './limit-reason';
import type { Counter, Histogram } from './series';

export type Counters = Readonly<Record<CounterName, Counter>>;
export type Histograms = Readonly<Record<HistogramName, Histogram>>;

/** Stands for a model that is not known, or not the caller's. */
export const UNKNOWN = 'unknown';
/** Stands for a provider, a deployment or an error that there was none of. */
export const NONE = 'none';

/** Seconds of an answer below which no rate can be told from it. */
const SHORTEST_ANSWER = 0.05;

/** @param teamsOf teams of the call that are counted, if any are */
export function callFigures(
  counters: Counters,
  histograms: Histograms,
  teamsOf: ((call: EndedCall) => Iterable<string>) | undefined,
): CallObserver {
  return (call) => {
    const { model = UNKNOWN, provider = NONE, deployment = NONE, error } = call;
    const code = error?.code ?? NONE;
    counters.calls.add(1, call.protocol, model, provider, deployment, String(call.status), code);
    const reason = error && limitReasonOf(error);
    if (reason !== undefined) counters.refusals.add(1, reason);
    const { attempts } = call;
    for (const attempt of attempts) noteAttempt(attempt, model);
    if (attempts.length > 1) counters.failovers.add(attempts.length - 1, model);
    noteBooking(call, model, provider, deployment);
    if (attempts.length > 0) noteTimes(call, model, provider, deployment);
    if (teamsOf !== undefined) for (const team of teamsOf(call)) noteTeam(call, team, code);
  };

  function noteAttempt(
    { provider, deployment, startedAt, endedAt, error, bookedApart }: Attempt,
    model: string,
  ): void {
    if (bookedApart !== undefined) noteCost(bookedApart, true, model, provider, deployment);
    counters.attempts.add(1, model, provider, deployment, error?.code ?? NONE);
    histograms.attemptDuration.observe((endedAt - startedAt) / 1_000, model, provider, deployment);
  }

  function noteBooking(
    { usage, cost, isEstimated }: EndedCall,
    model: string,
    provider: string,
    deployment: string,
  ): void {
    if (usage !== undefined) {
      counters.tokens.add(usage.input, model, provider, deployment, 'input');
      counters.tokens.add(usage.output, model, provider, deployment, 'output');
      counters.tokens.add(usage.cacheWrite, model, provider, deployment, 'cache_write');
      counters.tokens.add(usage.cacheRead, model, provider, deployment, 'cache_read');
    }
    if (cost !== undefined) noteCost(cost, isEstimated, model, provider, deployment);
  }

  function noteCost(
    cost: NanoDollars,
    isEstimated: boolean,
    model: string,
    provider: string,
    deployment: string,
  ): void {
    counters.cost.add(toDollars(cost), model, provider, deployment);
    if (!isEstimated) return;
    counters.estimated.add(1, model, provider, deployment);
    counters.estimatedCost.add(toDollars(cost), model, provider, deployment);
  }

  function noteTimes(
    { elapsedMs, firstTokenMs, usage, streamed }: EndedCall,
    model: string,
    provider: string,
    deployment: string,
  ): void {
    histograms.duration.observe(elapsedMs / 1_000, model, provider, deployment);
    if (firstTokenMs === undefined || streamed !== true) return;
    histograms.firstToken.observe(firstTokenMs / 1_000, model, provider, deployment);
    const seconds = (elapsedMs - firstTokenMs) / 1_000;
    if (usage === undefined || seconds < SHORTEST_ANSWER) return;
    histograms.outputRate.observe(usage.output / seconds, model, provider, deployment);
  }

  function noteTeam({ usage, cost, attempts }: EndedCall, team: string, code: string): void {
    counters.teamCalls.add(1, team, code);
    if (usage !== undefined) {
      counters.teamTokens.add(usage.input, team, 'input');
      counters.teamTokens.add(usage.output, team, 'output');
      counters.teamTokens.add(usage.cacheWrite, team, 'cache_write');
      counters.teamTokens.add(usage.cacheRead, team, 'cache_read');
    }
    let booked = cost ?? 0;
    for (const { bookedApart = 0 } of attempts) booked += bookedApart;
    counters.teamCost.add(toDollars(booked), team);
  }
}
