/** Holds the gateway's cost against the figures that are kept beside this file, so that it does not grow unnoticed. */
import type { Arena } from './arena';
import { CASES, type Case } from './cases';
import figures from './guard-figures.json';
import { measureCase } from './measure';
import { median } from './statistics';

/** What is held: little and much to read, whole and streamed, both protocols. */
export const GUARDED: readonly Case[] = ['whole-1k', 'stream-100k', 'messages-stream-1k'].flatMap((name) =>
  CASES.filter((each) => each.name === name),
);

/** How much worse than the kept ratio it may become. Runs of the same code differ by a fifth. */
export const TOLERANCE = 4 / 3;
/** A case that came out worse is measured again: what else the machine does can only make it look worse, or better by chance. */
const MOST_TRIES = 3;
/** For each contestant in each case and try. */
const SECONDS = 2;

export interface Verdict {
  readonly name: string;
  /** CPU time of a call, as a multiple of the bare relay's: of each try. */
  readonly ratios: readonly number[];
  /** What is kept. */
  readonly kept: number;
  readonly isHeld: boolean;
}

export type Ratios = Readonly<Record<string, number>>;
export const KEPT: Ratios = figures.cpu_over_bare_relay;

/** Measures until a ratio is within bounds, or has been out of them each time. */
export async function holdCase(measure: () => Promise<number>, name: string, kept: number): Promise<Verdict> {
  const ratios: number[] = [];
  while (ratios.length < MOST_TRIES) {
    const ratio = await measure();
    ratios.push(ratio);
    if (ratio <= kept * TOLERANCE) return { name, ratios, kept, isHeld: true };
  }
  return { name, ratios, kept, isHeld: false };
}

export const ratioOf = async (arena: Arena, each: Case): Promise<number> => {
  const { figures: measured } = await measureCase(arena, each, {
    seconds: SECONDS,
    rate: undefined,
    profile: false,
  });
  return measured.gateway.cpuPerRequest / measured.bare.cpuPerRequest;
};

/** The ratios to keep from now on: the median of as many tries as a case may have. */
export async function measureRatios(arena: Arena): Promise<Ratios> {
  const ratios: Record<string, number> = {};
  for (const each of GUARDED) {
    const tries: number[] = [];
    for (let count = 0; count < MOST_TRIES; count += 1) tries.push(await ratioOf(arena, each));
    ratios[each.name] = Math.round(median(tries) * 100) / 100;
  }
  return ratios;
}

const times = (ratio: number): string => `${ratio.toFixed(2)} x`;

export function showVerdict({ name, ratios, kept, isHeld }: Verdict): string {
  const measured = ratios.map(times).join(', ');
  const bound = times(kept * TOLERANCE);
  return isHeld
    ? `${name}: ${measured} the bare relay, at most ${bound} (kept: ${times(kept)})\n`
    : `${name}: ${measured} the bare relay, which is more than ${bound} each time (kept: ${times(kept)}). Look at "npm run bench -- --case ${name} --profile"; where it is meant to cost more, "npm run bench:guard -- --write" keeps the new figure\n`;
}
