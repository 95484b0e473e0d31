/**
 * Measures a case: short slices of each contestant, one after the other and over again, so that whatever else the
 * machine does hits all of them. What is told is the median over the rounds.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Arena } from './arena';
import { CONTESTANTS, type Case, type Contestant } from './cases';
import { openLoad, type Load } from './load';
import { median, percentile } from './statistics';
import type { PartShare } from './where-time-goes';
import { checkWhole } from './whole-answer';

export interface Figures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the measured process's own CPU time. */
  readonly cpuPerRequest: number;
  /** Of the embedded Postgres; undefined for the relays, for another store and where the system does not tell. */
  readonly storeCpuPerRequest: number | undefined;
}

export interface CaseResult {
  readonly case: Case;
  readonly figures: Readonly<Record<Contestant, Figures>>;
  /** Of the gateway, from a slice of its own with the profiler on; undefined when none was asked for. */
  readonly parts: readonly PartShare[] | undefined;
}

export interface MeasureOptions {
  /** For each contestant in each case. */
  readonly seconds: number;
  /** Calls a second of each contestant; undefined: as many as it answers. */
  readonly rate: number | undefined;
  readonly profile: boolean;
}

const LONGEST_SLICE = 0.5;
/** Calls that are not counted: all of the gateway is compiled after so many. */
const WARM_UP_REQUESTS = 6_000;
/** They end, however few they were, after so many times what is then measured. */
const LONGEST_WARM_UP = 2.5;
/** Milliseconds after the last answer in which the gateway books the calls that ended together. */
const AFTERMATH_MS = 50;

interface Round {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly cpuPerRequest: number;
  readonly latencies: readonly number[];
}

export async function measureCase(arena: Arena, each: Case, options: MeasureOptions): Promise<CaseResult> {
  const call = await arena.prepare(each);
  const loads = Object.fromEntries(
    CONTESTANTS.map((name) => [
      name,
      openLoad(arena.contestants[name].url, (text) => checkWhole(text, each)),
    ]),
  ) as Record<Contestant, Load>;
  const { gateway } = arena.contestants;

  const runSlice = async (name: Contestant, seconds: number, rate?: number): Promise<Round> => {
    const { child } = arena.contestants[name];
    const before = await child.ask<number>('cpu');
    const slice = await Promise.race([loads[name].run(call, seconds, rate), arena.failure]);
    await delay(AFTERMATH_MS);
    const cpu = (await child.ask<number>('cpu')) - before;
    const { requests, latencies } = slice;
    return {
      requests,
      latencies,
      requestsPerSecond: requests / slice.seconds,
      cpuPerRequest: cpu / requests,
    };
  };

  try {
    const rounds = Math.max(1, Math.ceil(options.seconds / LONGEST_SLICE));
    const seconds = options.seconds / rounds;
    for (const name of CONTESTANTS) await warmUp((slice) => runSlice(name, slice), options.seconds);
    const results: Record<Contestant, Round[]> = { bare: [], json: [], gateway: [] };
    let storeCpu: number | undefined;
    for (let round = 0; round < rounds; round += 1)
      for (const name of CONTESTANTS) {
        const before =
          name === 'gateway' ? await gateway.child.ask<number | undefined>('store-cpu') : undefined;
        results[name].push(await runSlice(name, seconds, options.rate));
        if (before !== undefined)
          storeCpu = (storeCpu ?? 0) + (await gateway.child.ask<number>('store-cpu')) - before;
      }
    let parts: PartShare[] | undefined;
    if (options.profile) {
      await gateway.child.ask('start-profile');
      await runSlice('gateway', Math.max(seconds, options.seconds / 2), options.rate);
      parts = await gateway.child.ask<PartShare[]>('stop-profile');
    }
    const figures = {
      bare: summarize(results.bare, undefined),
      json: summarize(results.json, undefined),
      gateway: summarize(results.gateway, storeCpu),
    };
    return { case: each, figures, parts };
  } finally {
    await Promise.all(CONTESTANTS.map((name) => loads[name].close()));
  }
}

async function warmUp(run: (seconds: number) => Promise<Round>, measured: number): Promise<void> {
  const slice = Math.min(LONGEST_SLICE, measured);
  const end = performance.now() + LONGEST_WARM_UP * measured * 1_000;
  for (let requests = 0; requests < WARM_UP_REQUESTS && performance.now() < end;)
    requests += (await run(slice)).requests;
}

function summarize(rounds: readonly Round[], storeCpu: number | undefined): Figures {
  const requests = rounds.reduce((sum, each) => sum + each.requests, 0);
  const latencies = rounds.flatMap((each) => each.latencies);
  return {
    requests,
    requestsPerSecond: median(rounds.map((each) => each.requestsPerSecond)),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuPerRequest: median(rounds.map((each) => each.cpuPerRequest)),
    storeCpuPerRequest: storeCpu === undefined ? undefined : storeCpu / requests,
  };
}
