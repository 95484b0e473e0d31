/**
 * Looks keys up by hash.
 *
 * What was found is remembered for one second: an agent's burst of calls costs one look-up, and a revocation or a
 * changed level holds after a second at most, also when another gateway process made it.
 */
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

export function createKeyStore(database: Database): KeyStore {
  const remembered = new Map<string, { readonly key: KeyRecord; readonly until: number }>();
  /** Look-ups under way: whoever asks for the same meanwhile gets the same answer. */
  const asked = new Map<string, Promise<KeyRecord | undefined>>();
  let epoch = 0;

  async function look(hash: string): Promise<KeyRecord | undefined> {
    const before = epoch;
    // Counted from before the question, so that a change made meanwhile is not remembered longer than said.
    const until = performance.now() + REMEMBERED_MS;
    const rows = await database.run<KeyRow>('key-find', `select ${KEY_COLUMNS} from keys where hash = $1`, [
      hash,
    ]);
    remembered.delete(hash);
    if (rows[0] === undefined) return undefined;
    const found = toKeyRecord(rows[0]);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    if (before === epoch) remembered.set(hash, { key: found, until });
    return found;
  }

  return {
    async find(key) {
      const hash = hashKey(key);
      const known = remembered.get(hash);
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
      asked.clear();
    },
  };
}
