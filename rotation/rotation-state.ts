/** How far a change of a secret is: written down beside the secrets, so that it goes on wherever it was stopped. */
import type { Secrets } from '../platform/secrets';
import { CliError } from '../terminal/fault';
import { pairOf, ROTATED_SECRETS, type Phase, type Rotated } from './rotated-secrets';
import type { Entries, Site } from './site';

const entryOf = (name: Rotated): string => `rotation_${name}`;

/** @returns the phase that is written down; nothing when none is under way @throws CliError when it is no phase */
export function phaseOf(secrets: Secrets, name: Rotated): Phase | undefined {
  const phase = secrets[entryOf(name)];
  if (phase === undefined) return undefined;
  const known = ROTATED_SECRETS[name].phases.find((each) => each === phase);
  if (known === undefined)
    throw new CliError(
      `The entry ${entryOf(name)} of the secrets must be one of ${ROTATED_SECRETS[name].phases.join(', ')}, got "${phase.slice(0, 40)}": put back the file that was there.`,
    );
  return known;
}

/** The former value and the next one, whichever phase they are in. @throws CliError when one of them is missing */
export function valuesOf(
  secrets: Secrets,
  name: Rotated,
  phase: Phase,
  entries: Entries,
): { readonly former: string; readonly next: string } {
  const current = secrets[entries.current] ?? '';
  const beside = secrets[entries.beside] ?? '';
  if (current === '' || (phase !== 'end' && beside === ''))
    throw new CliError(
      `The change of the ${ROTATED_SECRETS[name].meaning} is at "${phase}", and ${current === '' ? entries.current : entries.beside} is not among the secrets: put back the file that was there.`,
    );
  return phase === 'accept' ? { former: current, next: beside } : { former: beside, next: current };
}

/** Writes down that a phase holds from now on, with the two values where it wants them: all at once. */
export function enter(
  site: Site,
  name: Rotated,
  phase: Phase,
  { former, next }: { readonly former: string; readonly next: string },
  more: Secrets = {},
): void {
  const { current, beside } = site.entriesOf(name);
  const pair = pairOf(phase, former, next);
  const secrets: Record<string, string> = {
    ...site.read(),
    ...more,
    [current]: pair.current,
    [entryOf(name)]: phase,
  };
  if (pair.beside === undefined) delete secrets[beside];
  else secrets[beside] = pair.beside;
  site.write(secrets);
}

/** Nothing is under way any more. */
export function finish(site: Site, name: Rotated): void {
  const secrets: Record<string, string> = { ...site.read() };
  delete secrets[entryOf(name)];
  site.write(secrets);
}
