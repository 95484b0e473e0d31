/** Administrators beside the master key: named keys with a role. */
import { CliError, EXIT } from '../terminal/fault';
import { fromNow } from '../terminal/figures';
import type { Column, FormatWords } from '../terminal/output';
import { showNew, type QuietWords } from './new-key';
import { begin } from './session';

interface AdminKey {
  readonly name: string;
  readonly role: string;
  readonly key_name: string;
  readonly created_by: string;
  readonly created_at: string;
  readonly expires: string | null;
  readonly revoked: string | null;
}

type NewAdminKey = AdminKey & { readonly key: string };

const statusOf = ({ revoked, expires }: AdminKey): string =>
  revoked !== null ? 'revoked' : expires !== null && Date.parse(expires) <= Date.now() ? 'expired' : 'active';

const COLUMNS: readonly Column<AdminKey>[] = [
  { name: 'name', value: ({ name }) => name },
  { name: 'role', value: ({ role }) => role },
  { name: 'ends in', value: ({ key_name }) => key_name.slice(-4), isWhole: true },
  { name: 'status', value: statusOf },
  {
    name: 'expires',
    value: ({ expires }) => expires,
    shown: ({ expires }) => (expires === null ? '-' : fromNow(expires)),
  },
  { name: 'made by', value: ({ created_by }) => created_by },
  { name: 'made', value: ({ created_at }) => created_at, shown: ({ created_at }) => fromNow(created_at) },
];

export interface CreateWords extends QuietWords {
  readonly role: string;
  readonly duration?: string;
}

export async function create(name: string, words: CreateWords): Promise<void> {
  const { client, output } = begin(words, [name], { name: '<name>' });
  const { role, duration } = words;
  const shown = await client.post<NewAdminKey>('/admin/key/new', {
    name,
    role,
    ...(duration === undefined ? {} : { duration }),
  });
  const columns: readonly Column<NewAdminKey>[] = [
    { name: 'key', value: ({ key }) => key, isWhole: true },
    ...COLUMNS,
  ];
  const again = `admins revoke ${name}" and "admins create ${name} --role ${role}`;
  await showNew(output, words, shown, columns, 'The admin key is shown this once:', again);
}

export async function list(words: FormatWords): Promise<void> {
  const { client, output } = begin(words);
  const { keys } = await client.get<{ keys: AdminKey[] }>('/admin/key/list');
  await output.result(keys, COLUMNS, keys);
}

export async function revoke(name: string, words: FormatWords): Promise<void> {
  const { client, output } = begin(words, [name], { name: '<name>' });
  const key = await client.post<AdminKey>('/admin/key/revoke', { name }).catch((fault: unknown) => {
    if (!(fault instanceof CliError) || fault.status !== 404) throw fault;
    throw new CliError(
      `No admin key that works has the name "${name}". "admins list" shows them.`,
      EXIT.refused,
    );
  });
  await output.result(key, COLUMNS, [key]);
}
