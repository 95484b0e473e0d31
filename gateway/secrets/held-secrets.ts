/** Tells the store, as long as the process lives, which secrets it holds: every process is asked about all of them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describeFault, type Logger } from '../log';
import type { Database } from '../store/database';
import type { OwnSecret } from './own-secrets';
import type { SecretUses } from './secret-uses';

/** Milliseconds between two signs of life. */
export const SEEN_EVERY_MS = 10_000;
/** Seconds after the last one until a process counts as gone. */
export const GONE_AFTER_SECONDS = 45;
/** Days until what a killed process held is forgotten. */
const FORGOTTEN_DAYS = 1;

const HOLD = `
  with forgotten as (
    delete from held_secrets where seen_at < clock_timestamp() - make_interval(days => $6)
  ), known as (
    insert into secret_prints (secret, print)
    select s, p from unnest($2::text[], $3::text[]) as t (s, p) where p is not null
    on conflict do nothing
  )
  insert into held_secrets (process, secret, print, previous_print, is_on_previous)
  select $1, s, p, q, s = 'database' and $5 from unnest($2::text[], $3::text[], $4::text[]) as t (s, p, q)
  on conflict (process, secret) do update set seen_at = clock_timestamp(), print = excluded.print,
    previous_print = excluded.previous_print, is_on_previous = excluded.is_on_previous`;

export interface HeldSecrets {
  /** Tells it now, with the uses counted so far. */
  tell(): Promise<void>;
  close(): Promise<void>;
}

export function holdSecrets(
  database: Database,
  logger: Logger,
  own: readonly OwnSecret[],
  uses: SecretUses,
): HeldSecrets {
  const process = randomUUID();
  const closing = new AbortController();
  const names = own.map(({ secret }) => secret);
  const prints = own.map(({ print }) => print ?? null);
  const previous = own.map((each) => each.previous ?? null);

  async function tell(): Promise<void> {
    const isOnPrevious = database.isOnPrevious?.() ?? false;
    await database.run('secrets-hold', HOLD, [
      process,
      names,
      prints,
      previous,
      isOnPrevious,
      FORGOTTEN_DAYS,
    ]);
    await uses.write();
  }

  async function live(): Promise<void> {
    while (!closing.signal.aborted) {
      await tell().catch((fault: unknown) =>
        logger.warn('could not say which secrets are in use', { ...describeFault(fault), stack: undefined }),
      );
      await delay(SEEN_EVERY_MS, undefined, { ref: false, signal: closing.signal }).catch(() => {});
    }
  }
  const life = live();

  return {
    tell,
    async close() {
      closing.abort();
      await life;
      // Without it, the store learns it a little later.
      await uses.write().catch(() => {});
      await database
        .run('secrets-let-go', 'delete from held_secrets where process = $1', [process])
        .catch(() => {});
    },
  };
}
