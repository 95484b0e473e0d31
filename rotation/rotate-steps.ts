/**
 * Changes a secret, step by step: each phase is written down, then every gateway process gets it, then all of them are
 * asked whether they have it, and only then does the next one begin. Stopped anywhere, it goes on from there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pinnedKeySecret } from '../gateway/keys/key-derivation';
import type { Say, Step } from '../platform/steps';
import { CliError, EXIT } from '../terminal/fault';
import { enter, finish, phaseOf, valuesOf } from './rotation-state';
import { pairOf, previousOf, ROTATED_SECRETS, type Phase, type Rotated } from './rotated-secrets';
import { secretIn, stillNeeded, type Held } from './shown-secrets';
import type { Site } from './site';

export interface Rotation {
  readonly site: Site;
  readonly name: Rotated;
  /** How many of those who need the former one may be cut off. @default - nobody */
  readonly force?: number | undefined;
  readonly say: Say;
  /** Milliseconds in which processes that ended are still spoken of. @default 90000 */
  readonly patienceMs?: number;
  /** Whether the former one has ended. */
  hasEnded: boolean;
}

const AGAIN = 'Run this again: it goes on from there.';
const LOOK_MS = 1_000;
/** Longer than a process counts that was killed. */
const PATIENCE_MS = 90_000;
const MOST_NAMES = 20;

const SAYS: Readonly<Record<Phase, string>> = {
  accept: 'Letting every gateway take the one that is to come',
  switch: 'Putting the new one in force, with the former one beside it',
  end: 'Ending the former one',
};

/** From the first to the last. */
export function stepsOf(name: Rotated): readonly Step<Rotation>[] {
  return [BEGIN, ...ROTATED_SECRETS[name].phases.map((phase) => (phase === 'end' ? END : stepOf(phase)))];
}

const BEGIN: Step<Rotation> = {
  name: 'Reading how far it is',
  ifItFails: 'Nothing was changed.',
  run: async (rotation, stop) => {
    const { site, name } = rotation;
    const secrets = site.read();
    const phase = phaseOf(secrets, name);
    if (phase !== undefined) return `it goes on at "${phase}"`;
    const { current, beside } = site.entriesOf(name);
    if ((secrets[beside] ?? '') !== '')
      throw new CliError(
        `${beside} is among the secrets, and no change of the ${ROTATED_SECRETS[name].meaning} is under way: somebody has begun one by hand. Take the entry out when the former value is needed no more.`,
      );
    const more: Record<string, string> = {};
    // What is derived from the master key must not change with it, nor be derived a second time when it changes itself.
    if ((name === 'master' || name === 'key') && (secrets[site.keySecret] ?? '') === '')
      more[site.keySecret] = pinnedKeySecret(secrets[site.entriesOf('master').current] ?? '');
    const former = more[current] ?? secrets[current] ?? '';
    if (former === '') throw new CliError(`${current} is not among the secrets: there is nothing to change.`);
    // Before anything is written: the gateway has to be there, and to hold what is to be changed.
    await allHold(rotation, 'end', { former: '', next: former }, stop);
    const [first = 'end'] = ROTATED_SECRETS[name].phases;
    enter(site, name, first, { former, next: site.newValue(name, former) }, more);
    return 'a new one is made';
  },
};

const stepOf = (phase: Exclude<Phase, 'end'>): Step<Rotation> => ({
  name: SAYS[phase],
  ifItFails: AGAIN,
  skips: ({ site, name }) => isPast(phaseOf(site.read(), name), phase, name),
  run: (rotation, stop) => reach(rotation, phase, stop),
});

const END: Step<Rotation> = {
  name: SAYS.end,
  ifItFails: AGAIN,
  run: async (rotation, stop) => {
    const { site, name } = rotation;
    if (phaseOf(site.read(), name) !== 'end') {
      const waiting = await refuseToCut(rotation, stop);
      if (waiting !== undefined) return waiting;
    }
    const came = await reach(rotation, 'end', stop);
    finish(site, name);
    rotation.hasEnded = true;
    return came;
  },
};

/** Whether a phase is behind what is written down. */
function isPast(at: Phase | undefined, phase: Phase, name: Rotated): boolean {
  const { phases } = ROTATED_SECRETS[name];
  return at !== undefined && phases.indexOf(at) > phases.indexOf(phase);
}

async function reach(rotation: Rotation, phase: Phase, stop: AbortSignal): Promise<string> {
  const { site, name } = rotation;
  const secrets = site.read();
  const at = phaseOf(secrets, name) ?? phase;
  const values = valuesOf(secrets, name, at, site.entriesOf(name));
  const said = [at === phase ? undefined : await site.before?.(name, phase, stop)];
  if (at !== phase) enter(site, name, phase, values);
  said.push(await site.roll(stop));
  said.push(await allHold(rotation, phase, { former: values.former, next: values.next }, stop));
  said.push(await site.after?.(name, phase, stop));
  return said.filter((each) => each !== undefined && each !== '').join('; ');
}

/** @throws CliError when processes hold something else for longer than those that ended are spoken of */
async function allHold(
  rotation: Rotation,
  phase: Phase,
  { former, next }: { readonly former: string; readonly next: string },
  stop: AbortSignal,
): Promise<string> {
  const { site, name, patienceMs = PATIENCE_MS } = rotation;
  const print = async (value: string | undefined): Promise<string | null> =>
    value === undefined || value === '' ? null : site.printOf(name, value);
  const pair = pairOf(phase, former, next);
  const [current, beside] = [await print(pair.current), await print(pair.beside)];
  const end = performance.now() + patienceMs;
  for (;;) {
    const held = secretIn(await site.shown(stop), name)?.held ?? [];
    const isAsWanted = (each: Held): boolean => each.print === current && each.previous === beside;
    const count = (some: readonly Held[]): number => some.reduce((sum, { processes }) => sum + processes, 0);
    const wanted = held.filter(isAsWanted);
    if (wanted.length > 0 && wanted.length === held.length)
      return `${count(wanted)} ${count(wanted) === 1 ? 'process holds it' : 'processes hold it'}`;
    if (performance.now() > end) {
      const { variable } = ROTATED_SECRETS[name];
      throw new CliError(
        `${count(held) - count(wanted)} of ${count(held)} gateway processes hold something else in ${variable} and ${previousOf(variable)} than was written down for them: another set-up may use the same store, or one of them was not started anew.`,
      );
    }
    await delay(LOOK_MS, undefined, { signal: stop });
  }
}

/** @returns why it does not end yet, where that is in order; nothing when it may @throws CliError when --force names another number */
async function refuseToCut(rotation: Rotation, stop: AbortSignal): Promise<string | undefined> {
  const { site, name, force, say } = rotation;
  const shown = secretIn(await site.shown(stop), name);
  if (shown === undefined) throw new CliError('The gateway says nothing of this secret.');
  const { count, names, mayEnd } = stillNeeded(name, shown, Date.now());
  if (mayEnd) return undefined;
  const { counted } = ROTATED_SECRETS[name];
  for (const each of names.slice(0, MOST_NAMES)) say(`  still on the former one: ${each}`);
  if (names.length > MOST_NAMES) say(`  … "secrets show --json" names more of them`);
  if (force === undefined)
    return `not yet: ${count} ${counted}. Run this again later, or with --force ${count} to cut them off`;
  if (force !== count)
    throw new CliError(
      `--force says ${force}, and it is ${count} ${counted}: look at them, and say --force ${count}.`,
      EXIT.refused,
    );
  return undefined;
}
