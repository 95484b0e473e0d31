/** Counts who still uses a former secret, in memory, and adds it to the store soon. */
import { KNOWN_CLIENTS } from '../ledger/known-clients';
import type { Database } from '../store/database';

export interface SecretUses {
  /** @param userAgent what the caller calls itself */
  note(secret: string, print: string, userAgent: string | undefined): void;
  /** Adds what was counted since. */
  write(): Promise<void>;
}

interface Use {
  readonly secret: string;
  readonly print: string;
  readonly caller: string;
  uses: number;
  last: Date;
}

/** Milliseconds in which uses are gathered: whoever asks whether a secret is still used asks another process, perhaps. */
const GATHER_MS = 500;

const OWN_PROGRAM = 'contractor-workspace';

/** What callers write must not decide how many rows there are. */
function callerOf(userAgent = ''): string {
  // bounded: it was cut
  const [name = ''] = userAgent.slice(0, 100).split(/[/ ]/, 1);
  if (name === '') return 'unknown';
  return name === OWN_PROGRAM || KNOWN_CLIENTS.includes(name) ? name : 'other';
}

export function createSecretUses(database: Database, now: () => Date): SecretUses {
  let counted = new Map<string, Use>();
  const add = (use: Use): void => {
    const name = `${use.secret} ${use.print} ${use.caller}`;
    const known = counted.get(name);
    if (known === undefined) return void counted.set(name, use);
    known.uses += use.uses;
    if (use.last > known.last) known.last = use.last;
  };
  let soon: NodeJS.Timeout | undefined;
  return {
    note(secret, print, userAgent) {
      add({ secret, print, caller: callerOf(userAgent), uses: 1, last: now() });
      // What could not be written is written with the next sign of life, which also says why.
      soon ??= setTimeout(() => void this.write().catch(() => {}), GATHER_MS).unref();
    },
    async write() {
      clearTimeout(soon);
      soon = undefined;
      if (counted.size === 0) return;
      const uses = [...counted.values()];
      counted = new Map();
      const of = <K extends keyof Use>(key: K): Use[K][] => uses.map((use) => use[key]);
      try {
        await database.run(
          'secret-uses-add',
          `insert into secret_uses as u (secret, print, caller, uses, last_used_at)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
           on conflict (secret, print, caller) do update set uses = u.uses + excluded.uses,
             last_used_at = greatest(u.last_used_at, excluded.last_used_at)`,
          [of('secret'), of('print'), of('caller'), of('uses'), of('last')],
        );
      } catch (fault) {
        for (const use of uses) add(use);
        throw fault;
      }
    },
  };
}
