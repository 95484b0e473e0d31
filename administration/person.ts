/** People: what is laid down for all of their keys together, and how that stands. */
import { CliError, EXIT, UsageError } from '../terminal/fault';
import { fromNow, money } from '../terminal/figures';
import type { Column } from '../terminal/output';
import type { AdminClient } from './admin-client';
import { budgetText, type KeyRow } from './key-row';

export interface Person {
  readonly user_id: string;
  readonly user_alias: string | null;
  readonly user_email: string | null;
  readonly spend: number;
  readonly max_budget: number | null;
  readonly budget_left: number | null;
  readonly budget_duration: string | null;
  readonly budget_reset_at: string | null;
  readonly raise: KeyRow['raise'];
  readonly budget_id: string | null;
  readonly rpm_limit: number;
  readonly tpm_limit: number;
  readonly max_parallel_requests: number;
  readonly groups: readonly string[];
  readonly suspended: boolean;
}

export interface FoundPerson extends Person {
  readonly keys: readonly KeyRow[];
}

export const statusOf = ({ suspended }: Person): string => (suspended ? 'suspended' : 'active');

export const PERSON_COLUMNS: readonly Column<Person>[] = [
  { name: 'name', value: ({ user_alias, user_id }) => user_alias ?? user_id },
  { name: 'status', value: statusOf },
  { name: 'spent', value: ({ spend }) => spend, shown: ({ spend }) => money(spend) },
  { name: 'budget', value: ({ max_budget }) => max_budget, shown: budgetText },
  { name: 'window', value: ({ budget_duration }) => budget_duration, shown: null },
  {
    name: 'left',
    value: ({ budget_left }) => budget_left,
    shown: ({ budget_left }) => (budget_left === null ? '-' : money(budget_left)),
  },
  {
    name: 'opens anew',
    value: ({ budget_reset_at }) => budget_reset_at,
    shown: ({ budget_reset_at }) => (budget_reset_at === null ? '-' : fromNow(budget_reset_at)),
  },
  { name: 'rpm', value: ({ rpm_limit }) => rpm_limit },
  { name: 'groups', value: ({ groups }) => groups.join(' ') },
  { name: 'id', value: ({ user_id }) => user_id },
];

/** @throws CliError when nobody has that name or id */
export async function findPerson(client: AdminClient, word: string): Promise<FoundPerson> {
  if (word === '' || word.length > 256) throw new UsageError('Who: a user name or a Coder user id.');
  try {
    const { user_info, keys } = await client.get<{ user_info: Person; keys: KeyRow[] }>('/user/info', {
      user_id: word,
    });
    return { ...user_info, keys };
  } catch (fault) {
    if (!(fault instanceof CliError) || fault.status !== 404) throw fault;
    throw new CliError(
      `Nobody has the name or the id "${word}". "people list" shows those the gateway knows.`,
      EXIT.refused,
      404,
    );
  }
}
