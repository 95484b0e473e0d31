/** What the gateway says of its secrets, and what it comes to. */
import type { Rotated } from './rotated-secrets';

export interface Held {
  readonly print: string | null;
  readonly previous: string | null;
  readonly since: string | null;
  readonly processes: number;
  readonly on_previous: number;
}

export interface ShownSecret {
  readonly secret: string;
  readonly print: string | null;
  readonly previous: string | null;
  readonly since: string | null;
  readonly held: readonly Held[];
  readonly uses: readonly { readonly caller: string; readonly uses: number; readonly last_used_at: string }[];
  readonly left: {
    readonly on_current: number;
    readonly on_previous: number;
    readonly on_other: number;
    readonly names: readonly string[];
  } | null;
}

export interface ShownSecrets {
  readonly secrets: readonly ShownSecret[];
  readonly is_embedded: boolean;
}

/** What would be cut off if the former secret ended now. */
export interface StillNeeded {
  readonly count: number;
  /** For people, some of them. */
  readonly names: readonly string[];
  /** Whether it may end by itself: nothing is left, and enough time has gone by to know that. */
  readonly mayEnd: boolean;
}

const DAY_MS = 86_400_000;
/** Starts that began under the former template are over by then. */
const STARTS_MS = 15 * 60_000;

/** @param now milliseconds since 1970 */
export function stillNeeded(name: Rotated, shown: ShownSecret, now: number): StillNeeded {
  const age = shown.since === null ? 0 : now - Date.parse(shown.since);
  if (name === 'master') {
    const recent = shown.uses.filter(({ last_used_at }) => now - Date.parse(last_used_at) < DAY_MS);
    return {
      count: recent.length,
      names: recent.map(
        ({ caller, uses, last_used_at }) => `${caller} (${uses} times, last ${last_used_at})`,
      ),
      mayEnd: age >= DAY_MS && recent.length === 0,
    };
  }
  if (name === 'claim') {
    const { on_previous = 0, on_other = 0, names = [] } = shown.left ?? {};
    const count = on_previous + on_other;
    return { count, names, mayEnd: age >= STARTS_MS && count === 0 };
  }
  // A key that is there stays its workspace's until that starts again, and gets the next one then.
  if (name === 'key') return { count: 0, names: [], mayEnd: true };
  const count = shown.held.reduce((sum, { on_previous }) => sum + on_previous, 0);
  return { count, names: [], mayEnd: count === 0 };
}

export const secretIn = ({ secrets }: ShownSecrets, name: string): ShownSecret | undefined =>
  secrets.find(({ secret }) => secret === name);
