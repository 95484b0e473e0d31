/** Ids of the accounts that several keys share, by label. An account is made when it is first asked for. */
import type { Database } from '../store/database';

export interface AccountDirectory {
  idsOf(labels: readonly string[]): Promise<readonly string[]>;
  /** Forgets what is remembered, should the store be another one than it was. */
  forget(): void;
}

/** Accounts are never taken away, so this bounds memory only. */
const MOST_REMEMBERED = 50_000;

const FIND = `
with made as (
  insert into accounts (label) select unnest($1::text[]) on conflict (label) do nothing returning id, label
)
select id, label from made union select id, label from accounts where label = any ($1::text[])`;

export function createAccountDirectory(database: Database): AccountDirectory {
  const remembered = new Map<string, string>();
  return {
    async idsOf(labels) {
      const missing = labels.filter((label) => !remembered.has(label));
      if (missing.length > 0) {
        if (remembered.size > MOST_REMEMBERED) remembered.clear();
        // One that another process makes at this very moment is neither made nor seen by the first try.
        for (let tries = 0; tries < 2 && missing.some((label) => !remembered.has(label)); tries += 1)
          for (const { id, label } of await database.run<{ id: string; label: string }>(
            'accounts-find',
            FIND,
            [[...new Set(missing)].sort()],
          ))
            remembered.set(label, id);
      }
      return labels.map((label) => {
        const id = remembered.get(label);
        if (id === undefined) throw new Error(`the account ${label} could not be made`);
        return id;
      });
    },
    forget: () => remembered.clear(),
  };
}
