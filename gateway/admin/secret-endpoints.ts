/** Which secrets are in use, and what is still on former ones. Never a value. */
import { keySecretsOf } from '../keys/key-derivation';
import { claimsLeft, holdersOf, keysLeft, usesOf, type Holders, type Left } from '../secrets/secret-report';
import type { Services } from '../services';
import { endpoint } from './endpoint';
import { answer, count, flag, input, listOf, orNull, string, time } from './json-schema';

const print = orNull({
  ...string,
  description: 'Tells one value from another, and leads to neither. Null: not set.',
});

const leftSchema = answer({
  on_current: count,
  on_previous: count,
  on_other: { ...count, description: 'On neither of the two, or nobody has written down on which.' },
  names: {
    ...listOf(string),
    description: 'Of those not on the current one: owner/workspace, at most 1,000.',
  },
});

export const secrets = endpoint({
  method: 'GET',
  paths: ['/secrets'],
  tag: 'administrators',
  summary:
    "Which of the gateway's own secrets are in use, in every process, and what is still on former ones. Never a value.",
  role: 'admin',
  input: input({}),
  answer: answer({
    secrets: listOf(
      answer({
        secret: {
          ...string,
          description: 'master, claim, key, database; claim/NAME is the own one of a template.',
        },
        print,
        previous: print,
        since: orNull(time),
        held: listOf(
          answer({ print, previous: print, since: orNull(time), processes: count, on_previous: count }),
        ),
        uses: listOf(answer({ caller: string, uses: count, last_used_at: time })),
        left: orNull(leftSchema),
      }),
    ),
    is_embedded: { ...flag, description: 'Whether the store is the embedded one, which has no password.' },
  }),
  async handle({ services }) {
    const { secretWatch, database, settings } = services;
    await secretWatch.tell();
    const held = await holdersOf(database);
    const claims = await claimsLeft(database, secretWatch.own);
    const keys = await keysLeft(database, keySecretsOf(settings));
    return {
      secrets: await Promise.all(
        [...secretWatch.own.values()].map(async ({ secret, print: current, previous }) => ({
          secret,
          print: current ?? null,
          previous: previous ?? null,
          since: held.get(secret)?.find((each) => each.print === current)?.since ?? null,
          held: held.get(secret) ?? ([] as Holders[]),
          uses: await usesOfFormer(services, secret, previous),
          left: leftOf(secret, keys, claims),
        })),
      ),
      is_embedded: settings.databaseUrl === undefined,
    };
  },
});

const NOTHING: Left = { on_current: 0, on_previous: 0, on_other: 0, names: [] };

function leftOf(secret: string, keys: Left, claims: ReadonlyMap<string, Left>): Left | null {
  if (secret === 'key') return keys;
  return secret.startsWith('claim') ? (claims.get(secret) ?? NOTHING) : null;
}

async function usesOfFormer(
  { database }: Services,
  secret: string,
  previous: string | undefined,
): Promise<Record<string, unknown>[]> {
  if (secret !== 'master' || previous === undefined) return [];
  const uses = await usesOf(database, secret, previous);
  return uses.map((use) => ({ ...use, uses: Number(use.uses) }));
}
