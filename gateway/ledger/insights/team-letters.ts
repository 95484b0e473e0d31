/** Teams without their names, and without those that are too small to hide somebody in. */
import { createHash } from 'node:crypto';
import { LEAST_PEOPLE } from './rules';

export interface LetteredTeam {
  readonly team: string;
  readonly letter: string;
  readonly people: number;
}

export interface LetteredTeams {
  readonly shown: readonly LetteredTeam[];
  /** Teams that are not shown. */
  readonly hidden: ReadonlySet<string>;
}

const hashOf = (name: string): string => createHash('sha256').update(`team ${name}`).digest('hex');

/** A to Z, then AA and on. */
export function letterOf(place: number): string {
  const last = String.fromCharCode(65 + (place % 26));
  return place < 26 ? last : letterOf(Math.floor(place / 26) - 1) + last;
}

/**
 * @param people how many made a call, by team
 * @param least fewer are no group
 */
export function letterTeams(people: ReadonlyMap<string, number>, least = LEAST_PEOPLE): LetteredTeams {
  const all = [...people]
    .filter(([, many]) => many > 0)
    .map(([team, many]) => ({ team, people: many, hash: hashOf(team) }))
    .sort((one, other) => one.people - other.people || (one.hash < other.hash ? -1 : 1));
  // The smallest first, so that those are hidden; the sum of all, less what is shown, is what the hidden ones did.
  let hiddenPeople = 0;
  let count = 0;
  while (count < all.length) {
    const next = all[count];
    const isSmall = next !== undefined && next.people < least;
    const isTold = count > 0 && hiddenPeople < least;
    if (next === undefined || !(isSmall || isTold)) break;
    hiddenPeople += next.people;
    count += 1;
  }
  const shown = all.slice(count).sort((one, other) => (one.hash < other.hash ? -1 : 1));
  return {
    shown: shown.map(({ team, people: many }, place) => ({ team, letter: letterOf(place), people: many })),
    hidden: new Set(all.slice(0, count).map(({ team }) => team)),
  };
}
