/** What administrators did. */
import { CliError, UsageError } from '../terminal/fault';
import { localTime } from '../terminal/figures';
import type { Column } from '../terminal/output';
import type { AdminClient } from './admin-client';
import { findKey } from './found-key';
import { pageText, type PageWords } from './pages';
import { begin } from './session';

interface Entry {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly request_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

export interface AuditWords extends PageWords {
  readonly from?: string;
  readonly to?: string;
  readonly who?: string;
  readonly action?: string;
  readonly target?: string;
}

const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** The list shows the first digits of a hash: they are taken as well. */
async function wholeTarget(client: AdminClient, target: string): Promise<string> {
  if (!/^[0-9a-f]{6,63}$/.test(target)) return target;
  try {
    return (await findKey(client, target)).token;
  } catch (fault) {
    if (fault instanceof CliError && fault.status === 404) return target;
    throw fault;
  }
}

const COLUMNS: readonly Column<Entry>[] = [
  { name: 'at', value: ({ at }) => at, shown: ({ at }) => localTime(at), isWhole: true },
  { name: 'who', value: ({ actor }) => actor },
  { name: 'action', value: ({ action }) => action },
  {
    name: 'target',
    value: ({ target }) => target,
    shown: ({ target }) => (isHash(target) ? target.slice(0, 12) : target),
  },
  { name: 'changed', value: (entry) => changesOf(entry).join('; ') },
  { name: 'request', value: ({ request_id }) => request_id, shown: null },
];

/** Fields that have another value after than before: "rpm_limit 30 to 60". */
function changesOf({ before, after }: Entry): string[] {
  const [was, is] = [fieldsIn(before), fieldsIn(after)];
  return Object.keys({ ...was, ...is })
    .map((name) => [name, textOf(was[name]), textOf(is[name])] as const)
    .filter(([, from, to]) => from !== to)
    .slice(0, MOST_CHANGES)
    .map(([name, from, to]) => (before == null ? `${name} ${to}` : `${name} ${from} to ${to}`));
}

const MOST_CHANGES = 12;
const LONGEST_VALUE = 40;

const fieldsIn = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};

const textOf = (value: unknown): string => {
  const text =
    value === undefined || value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
};

export async function list(words: AuditWords): Promise<void> {
  const { page = 1, size = 50, who, action, target } = words;
  const since = words.from === undefined ? undefined : beginOf(words.from);
  const until = words.to === undefined ? undefined : endOf(words.to);
  if (since && until && since >= until)
    throw new UsageError(`--from ${words.from} comes after --to ${words.to}: name the earlier one first.`);
  const { client, output } = begin(words);
  const found = await client.get<{ entries: Entry[]; total_count: number }>('/audit', {
    since: since?.toISOString(),
    until: until?.toISOString(),
    actor: who,
    action,
    target: target === undefined ? undefined : await wholeTarget(client, target),
    page,
    size,
  });
  await output.result(found.entries, COLUMNS, found.entries);
  const says = pageText({ page, size, shown: found.entries.length, total: found.total_count });
  if (says !== undefined) output.say(says);
}

/** Of a day, its midnight by this machine's clock. */
const beginOf = (text: string): Date => (text.length > 10 ? new Date(text) : midnight(text, 0));
/** Of a day, the midnight after it. */
const endOf = (text: string): Date => (text.length > 10 ? new Date(text) : midnight(text, 1));

function midnight(day: string, later: number): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later);
}
