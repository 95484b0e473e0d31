/** The key that somebody means: by alias, by hash or the first digits of it, or by whose it is when that tells one. */
import { CliError, EXIT, UsageError } from '../terminal/fault';
import type { AdminClient } from './admin-client';
import { shortHash, type KeyRow } from './key-row';

/** Hexadecimal digits of a hash that are enough. */
const HASH = /^[0-9a-f]{6,64}$/i;
const LONGEST = 256;
/** Candidates that are named. */
const MOST_NAMED = 10;

interface Page {
  readonly keys: readonly KeyRow[];
  readonly total_count: number;
}

/** Four questions at most, however many keys there are. */
export async function findKey(client: AdminClient, word: string): Promise<KeyRow> {
  if (word === '' || word.length > LONGEST)
    throw new UsageError(`Which key: an alias, a hash or an owner, of 1 to ${LONGEST} characters.`);
  const exact = await exactly(client, word);
  if (exact) return exact;

  const pageOf = (filter: Readonly<Record<string, string>>): Promise<Page> =>
    client.get<Page>('/key/list', { return_full_object: true, size: 100, ...filter });

  if (HASH.test(word)) {
    const found = await pageOf({ key_hash: word.toLowerCase(), status: 'all' });
    if (found.keys[0] !== undefined) return only(found, `hashes that begin with "${word}"`, word);
  }
  const owned = await pageOf({ user_id: word });
  // A key that has been replaced works on for a while, but is not what anybody means.
  const current = owned.keys.filter(({ status }) => status !== 'replaced');
  const removed = owned.keys.length - current.length;
  if (current[0] !== undefined)
    return only({ keys: current, total_count: owned.total_count - removed }, `keys of "${word}"`, word);
  if (word.startsWith('workspace:')) {
    const found = await pageOf({ workspace_id: word.slice('workspace:'.length) });
    if (found.keys[0] !== undefined) return only(found, `keys of "${word}"`, word);
  }
  throw new CliError(
    `There is no key with the alias, the hash or the owner "${word}". "keys list" shows those there are.`,
    EXIT.refused,
    404,
  );
}

async function exactly(client: AdminClient, key: string): Promise<KeyRow | undefined> {
  try {
    return (await client.get<{ info: KeyRow }>('/key/info', { key, include_deleted: true })).info;
  } catch (fault) {
    if (fault instanceof CliError && fault.status === 404) return undefined;
    throw fault;
  }
}

function only({ keys, total_count }: Page, what: string, word: string): KeyRow {
  const [key] = keys;
  if (key !== undefined && total_count === 1) return key;
  const named = keys
    .slice(0, MOST_NAMED)
    .map((each) => `  ${shortHash(each)}  ${each.key_alias ?? '-'}  ${each.scope}  ${each.status}`);
  const rest = total_count - named.length;
  throw new UsageError(
    [
      `There are ${total_count} ${what}: name one by its hash or alias.`,
      ...named,
      ...(rest > 0 ? [`  and ${rest} more: "keys list --search ${word}"`] : []),
    ].join('\n'),
  );
}
