/** What an import would do, without doing it. */
import { EXIT } from '../terminal/fault';
import type { Column, Output } from '../terminal/output';
import type { KeyRow } from './key-row';
import { changesOf, conflictOf, termsOf, type TermChange } from './listed-terms';
import type { ListedUser } from './user-list';

interface Preview {
  readonly name: string;
  readonly state: 'would create' | 'would change' | 'would keep' | 'would fail';
  readonly changes: Readonly<Record<string, TermChange>>;
  readonly because: string | null;
}

const textOf = (value: unknown): string =>
  value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value);

const COLUMNS: readonly Column<Preview>[] = [
  { name: 'user', value: ({ name }) => name },
  { name: 'state', value: ({ state }) => state },
  {
    name: 'what',
    value: ({ state, changes, because }) =>
      because ??
      Object.entries(changes)
        .map(([field, { from, to }]) =>
          state === 'would create' ? `${field} ${textOf(to)}` : `${field} ${textOf(from)} to ${textOf(to)}`,
        )
        .join(', '),
    shown: (preview) => String(COLUMNS[2]?.value(preview) ?? ''),
  },
];

function previewOf(user: ListedUser, known: KeyRow | undefined): Preview {
  const { name } = user;
  if (known === undefined) {
    const given = { ...termsOf(user), ...(user.spent === undefined ? {} : { spend: user.spent }) };
    const terms = Object.entries(given).map(([field, to]) => [field, { from: null, to }]);
    return { name, state: 'would create', changes: Object.fromEntries(terms) as never, because: null };
  }
  const because = conflictOf(user, known) ?? null;
  if (because !== null) return { name, state: 'would fail', changes: {}, because };
  const changes = changesOf(user, known);
  const state = Object.keys(changes).length === 0 ? 'would keep' : 'would change';
  return { name, state, changes, because };
}

/** @returns the exit code: failed when a row could not be taken over */
export async function previewImport(
  output: Output,
  users: readonly ListedUser[],
  knownOf: (user: ListedUser) => KeyRow | undefined,
): Promise<number> {
  const previews = users.map((user) => previewOf(user, knownOf(user)));
  await output.result(previews, COLUMNS, previews);
  const count = (state: Preview['state']): number => previews.filter((each) => each.state === state).length;
  output.say(
    `Nothing was done. It would create ${count('would create')}, change ${count('would change')}, keep ${count('would keep')}; ${count('would fail')} would fail.`,
  );
  return count('would fail') > 0 ? EXIT.failed : EXIT.done;
}
