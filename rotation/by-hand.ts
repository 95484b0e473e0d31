/**
 * Changes a secret of a gateway that somebody else starts: makes the new one, says what to set where, and asks the
 * gateway how far that is. Run again and again, it says the next step until there is none.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AdminClient } from '../administration/admin-client';
import { passwordOf } from '../gateway/config/database-url';
import { materialOf, pinnedKeySecret } from '../gateway/keys/key-derivation';
import { printOf, slowPrintOf } from '../gateway/secrets/secret-print';
import { replaceFile } from '../platform/folder';
import { fromEnvironment, newSecret } from '../platform/secrets';
import { CliError, EXIT } from '../terminal/fault';
import { changePassword, withNewPassword } from './database-password';
import { previousOf, ROTATED_SECRETS, type Phase, type Rotated } from './rotated-secrets';
import { secretIn, stillNeeded, type Held, type ShownSecret, type ShownSecrets } from './shown-secrets';

/** Unless `--to` names another one; git passes it by. */
export const DEFAULT_HAND_FOLDER = '.data/rotation';

export interface HandWords {
  readonly to: string;
  readonly force?: number | undefined;
}

interface UnderWay {
  /** File of the new value. */
  readonly file: string;
  /** File of the key secret that was derived from the master key until now. */
  readonly pin?: string;
}

type Say = (line: string) => Promise<void> | void;

export async function rotateByHand(
  client: AdminClient,
  name: Rotated,
  words: HandWords,
  say: Say,
): Promise<void> {
  const all = await client.get<ShownSecrets>('/secrets');
  if (name === 'database' && all.is_embedded)
    throw new CliError(
      'This gateway keeps its data in the embedded Postgres, which takes its own system user and has no password: there is nothing to change.',
    );
  const shown = secretIn(all, name);
  const { variable, meaning } = ROTATED_SECRETS[name];
  if (shown?.print == null)
    throw new CliError(`The gateway has no ${meaning} (${variable} is not set): there is nothing to change.`);
  const folder = resolve(words.to);
  const state = join(folder, `${name}.json`);
  const underWay = existsSync(state) ? readState(state) : await begin(folder, state, name, all, say);
  const next = readValue(underWay.file);
  const print = await printFor(name, next);
  const phase = phaseOf(shown.held, print);
  await sayHeld(shown.held, print, say);
  if (name === 'database' && phase === 'accept')
    await say(`Password at the server: ${await changePassword(givenDatabase(shown), next)}.`);
  if (phase === 'end') {
    rmSync(state, { force: true });
    await say(`Done: every process holds the new ${meaning} alone. Its value is in ${underWay.file}.`);
    return;
  }
  const { phases } = ROTATED_SECRETS[name];
  const following = phases[phase === undefined ? 0 : phases.indexOf(phase) + 1] ?? 'end';
  if (following === 'end' && !(await mayEnd(name, shown, underWay, words.force, say))) return;
  for (const line of instructions(name, following, underWay)) await say(line);
  await say('Then run this again: it asks every process.');
}

/** The least that any process has got to; nothing: somebody knows nothing of the new one. */
function phaseOf(held: readonly Held[], print: string): Phase | undefined {
  const order: readonly (Phase | undefined)[] = [undefined, 'accept', 'switch', 'end'];
  const reached = held.map((each) => order.indexOf(phaseIn(each, print)));
  return order[Math.min(...reached)];
}

const phaseIn = ({ print: current, previous }: Held, print: string): Phase | undefined =>
  current === print ? (previous === null ? 'end' : 'switch') : previous === print ? 'accept' : undefined;

const HOLDS: Readonly<Record<Phase | 'former', string>> = {
  former: 'the former one alone',
  accept: 'the former one, with the new one beside it',
  switch: 'the new one, with the former one beside it',
  end: 'the new one alone',
};

async function sayHeld(held: readonly Held[], print: string, say: Say): Promise<void> {
  for (const each of held)
    await say(
      `${each.processes} ${each.processes === 1 ? 'process holds' : 'processes hold'} ${HOLDS[phaseIn(each, print) ?? 'former']}.`,
    );
}

function instructions(name: Rotated, phase: Phase, { file, pin }: UnderWay): string[] {
  const { variable } = ROTATED_SECRETS[name];
  const beside = previousOf(variable);
  const lines: Readonly<Record<Phase, readonly string[]>> = {
    accept: [`leave ${variable} as it is`, `set ${beside} to what is in ${file}`],
    switch: [
      ...(pin !== undefined && name === 'master'
        ? [`set GATEWAY_KEY_SECRET to what is in ${pin}, for good: workspaces keep their keys by it`]
        : []),
      pin !== undefined && name === 'key'
        ? `set ${beside} to what is in ${pin}`
        : `set ${beside} to what ${variable} is now`,
      `set ${variable} to what is in ${file}`,
    ],
    end: [`take ${beside} out`],
  };
  return [
    'In every gateway process, one after the other, so that one always answers:',
    ...lines[phase].map((line) => `  - ${line}`),
    '  - start it anew',
  ];
}

/** Says what is still on the former one. */
async function mayEnd(
  name: Rotated,
  shown: ShownSecret,
  { file }: UnderWay,
  force: number | undefined,
  say: Say,
): Promise<boolean> {
  const { count, names, mayEnd: may } = stillNeeded(name, shown, Date.now());
  if (may) return true;
  if (force === count) return true;
  const { counted } = ROTATED_SECRETS[name];
  if (force !== undefined)
    throw new CliError(
      `--force says ${force}, and it is ${count} ${counted}: look at them, and say --force ${count}.`,
      EXIT.refused,
    );
  if (name === 'claim')
    await say(
      `Push every template with the variable workspace_claim_secret set to what is in ${file} (coder templates push NAME --variables-file FILE), and have the workspaces updated and started.`,
    );
  if (name === 'master') await say(`Give administrators the new one, which is in ${file}.`);
  await say(`Not to be ended yet: ${count} ${counted}${names.length > 0 ? ':' : '.'}`);
  for (const each of names.slice(0, MOST_NAMES)) await say(`  ${each}`);
  await say(`Run this again later, or with --force ${count} to cut them off.`);
  return false;
}

const MOST_NAMES = 20;

async function begin(
  folder: string,
  state: string,
  name: Rotated,
  all: ShownSecrets,
  say: Say,
): Promise<UnderWay> {
  const shown = secretIn(all, name);
  if (shown?.held.some(({ previous }) => previous !== null))
    throw new CliError(
      `A gateway process has ${previousOf(ROTATED_SECRETS[name].variable)} set, and no change is under way in ${folder}: end that one first, or name its folder by --to.`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pin = name === 'master' || name === 'key' ? pinIn(folder, all) : undefined;
  const value =
    name === 'database'
      ? withNewPassword(givenDatabase(await withPrint(shown)))
      : newSecret(name === 'master' ? 'gateway_master_key' : name);
  const { variable, meaning } = ROTATED_SECRETS[name];
  // A name of its own: what a gateway reads by a file must not change under it.
  const file = join(folder, `${variable}-${randomBytes(4).toString('hex')}`);
  replaceFile(file, `${value}\n`);
  const underWay: UnderWay = { file, ...(pin !== undefined && { pin }) };
  replaceFile(state, `${JSON.stringify(underWay, null, 2)}\n`);
  await say(`A new ${meaning} is in ${file} (mode 0600).`);
  return underWay;
}

/** The key secret that is derived from the master key until now, as a setting. @returns nothing when one is set by itself */
function pinIn(folder: string, all: ShownSecrets): string | undefined {
  const master = fromEnvironment('gateway_master_key') ?? fromEnvironment('litellm_master_key');
  if (master === undefined || printOf('master', master) !== secretIn(all, 'master')?.print)
    throw new CliError(
      'Set GATEWAY_MASTER_KEY (or GATEWAY_MASTER_KEY_FILE) to the master key of the gateway: workspace keys may be derived from it, and have to be kept.',
    );
  const pinned = pinnedKeySecret(master);
  if (printOf('key', materialOf(pinned)) !== secretIn(all, 'key')?.print) return undefined;
  const file = join(folder, 'GATEWAY_KEY_SECRET-derived');
  replaceFile(file, `${pinned}\n`);
  return file;
}

function givenDatabase(shown: ShownSecret): string {
  const url = fromEnvironment('database_url') ?? fromEnvironment('litellm_database_url');
  if (url === undefined)
    throw new CliError(
      'Set DATABASE_URL (or DATABASE_URL_FILE) to the address that the gateway has: its password is changed by itself.',
    );
  return shown.print === null ? '' : url;
}

async function withPrint(shown: ShownSecret | undefined): Promise<ShownSecret> {
  const url = fromEnvironment('database_url') ?? fromEnvironment('litellm_database_url');
  if (shown === undefined || (url !== undefined && (await printFor('database', url)) !== shown.print))
    throw new CliError(
      'DATABASE_URL has another user or password here than in the gateway: give the one it has.',
    );
  return shown;
}

const printFor = (name: Rotated, value: string): Promise<string> =>
  name === 'database'
    ? slowPrintOf('database', passwordOf(value))
    : Promise.resolve(printOf(name, name === 'key' ? materialOf(value) : value));

function readState(path: string): UnderWay {
  try {
    const { file, pin } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    if (typeof file === 'string' && (pin === undefined || typeof pin === 'string'))
      return { file, ...(pin !== undefined && { pin }) };
  } catch {
    // Said below.
  }
  throw new CliError(
    `${path} does not say how far the change is: put it back, or remove it to begin anew once no gateway process has a former value beside the one in force.`,
  );
}

function readValue(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (fault) {
    throw new CliError(
      `The new value in ${path} cannot be read (${(fault as NodeJS.ErrnoException).code ?? 'no reason'}): put the file back.`,
    );
  }
}
