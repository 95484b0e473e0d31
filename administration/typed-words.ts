/** What the admin API calls by the names of its fields and paths, in the words that were typed. */
import { forTerminal, withoutKeys } from '../terminal/terminal-text';

/** Fields to flags: the one table of them. What a command calls otherwise, it says itself. */
const FLAGS: Readonly<Record<string, string>> = {
  max_budget: '--budget',
  budget_duration: '--window',
  rpm_limit: '--rpm',
  tpm_limit: '--tpm',
  max_parallel_requests: '--parallel',
  key_alias: '--alias',
  budget_id: '--named-budget',
  user_email: '--email',
  models: '--models',
  level: '--level',
  duration: '--duration',
  grace_period: '--grace',
  temp_budget_increase: '--by',
  temp_budget_expiry: '--for',
  start_date: '--from',
  end_date: '--to',
  since: '--from',
  until: '--to',
  actor: '--who',
  target: '--target',
  group_by: '--by',
  idle_days: '--idle',
  page_size: '--size',
  page: '--page',
  size: '--size',
  role: '--role',
  user_id: 'the user',
  scope: 'what the key is for',
  key: 'the key',
  name: 'the name',
};

/** Commands that do what a path does, longest path first. */
const COMMANDS: readonly (readonly [path: string, command: string])[] = [
  ['/admin/key/list', '"admins list"'],
  ['/budget/list', '"budgets list"'],
  ['/budget/update', '"budgets set"'],
  ['/key/list', '"keys list"'],
  ['/spend/report', '"spend report"'],
  ['/user/list', '"people list"'],
  ['/user/update', '"people update"'],
];

/** UTF-16 units; what is longer is no message of ours. */
const LONGEST = 600;

export type OwnFlags = Readonly<Record<string, string>>;

/**
 * A message of the listener's on one line, without anything a terminal obeys and without a key.
 *
 * @param field the field it is about
 * @param own what this command calls fields, where that is not what the table says
 */
export function inTypedWords(message: string, field: string | undefined, own: OwnFlags = {}): string {
  const flags = { ...FLAGS, ...own };
  const flagOf = (name: string): string => (Object.hasOwn(flags, name) ? (flags[name] ?? name) : name);
  let text = withoutKeys(forTerminal(message.slice(0, LONGEST)));
  // A field of one word is a word of the language as well: only where the sentence is about it.
  if (field !== undefined && text.startsWith(`${field} `)) text = flagOf(field) + text.slice(field.length);
  text = text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, flagOf);
  for (const [path, command] of COMMANDS) text = text.replaceAll(path, command);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
