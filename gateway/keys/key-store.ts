/**
 * Looks keys up by hash.
 *
 * What was found, or not, is remembered for one second: an agent's burst of calls costs one look-up, and a revocation or
 * a changed level holds after a second at most, also when another gateway process made it.
 */
import { createBatches } from '../concurrency/batches';
import type { Database } from '../store/database';
import { hashKey } from './key-derivation';
import { KEY_COLUMNS, toKeyRecord, type KeyRecord, type KeyRow } from './key-record';

export interface KeyStore {
  find(key: string): Promise<KeyRecord | undefined>;
  /** Forgets what is remembered, after a change made by this process. */
  forget(): void;
}

const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 10_000;

interface Remembered<T> {
  readonly key: T;
  readonly until: number;
}

export function createKeyStore(database: Database): KeyStore {
  const remembered = new Map<string, Remembered<KeyRecord>>();
  /** Apart from the others, which it must not push out: anybody can make up as many as they like. */
  const unknown = new Map<string, Remembered<undefined>>();
  /** Look-ups under way: whoever asks for the same meanwhile gets the same answer. */
  const asked = new Map<string, Promise<KeyRecord | undefined>>();
  let epoch = 0;

  const lookUp = createBatches<KeyRow>(async (hashes) => {
    const rows = await database.run<KeyRow>(
      'keys-find',
      `select ${KEY_COLUMNS} from keys where hash = any($1)`,
      [hashes],
    );
    return new Map(rows.map((row) => [row.hash, row]));
  });

  function remember<T>(memory: Map<string, Remembered<T>>, hash: string, key: T, until: number): void {
    if (memory.size >= MOST_REMEMBERED) memory.clear();
    memory.set(hash, { key, until });
  }

  async function look(hash: string): Promise<KeyRecord | undefined> {
    const before = epoch;
    // Counted from before the question, so that a change made meanwhile is not remembered longer than said.
    const until = performance.now() + REMEMBERED_MS;
    const row = await lookUp(hash);
    remembered.delete(hash);
    unknown.delete(hash);
    const found = row && toKeyRecord(row);
    if (before !== epoch) return found;
    if (found === undefined) remember(unknown, hash, undefined, until);
    else remember(remembered, hash, found, until);
    return found;
  }

  return {
    async find(key) {
      const hash = hashKey(key);
      const known = remembered.get(hash) ?? unknown.get(hash);
      if (known && known.until > performance.now()) return known.key;
      const open = asked.get(hash);
      if (open) return open;
      const question: Promise<KeyRecord | undefined> = look(hash).finally(() => {
        if (asked.get(hash) === question) asked.delete(hash);
      });
      asked.set(hash, question);
      return question;
    },
    forget() {
      epoch += 1;
      remembered.clear();
      unknown.clear();
      asked.clear();
    },
  };
}
