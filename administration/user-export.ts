/**
 * Users as LiteLLM lists them: the answer of its `/key/list?return_full_object=true` or `/user/list`, or the list in it.
 * What would limit a key there is taken over or refused, never left out.
 *
 * Source: LiteLLM 1.110, `litellm/proxy/_types.py` (UserAPIKeyAuth, LiteLLM_UserTable).
 */
import { EMAIL, NAME, Names, shown, type Fault, type ListedUser } from './listed-user';

const MOST_ENTRIES = 20_000;
const MOST_MODELS = 100;
const LONGEST_MODEL = 256;
const MOST_DOLLARS = 1_000_000;
const MOST_COUNT = 1_000_000_000;
const WINDOWS = ['1d', '24h', '7d', '30d'];
/** A budget without a window is for good there, and so is what was spent of it. */
const FOR_GOOD = 'none';
/** LiteLLM's words for "no limit of its own". */
const ALL_MODELS = ['all', 'all-proxy-models', 'all-team-models'];
const HOUR_MS = 3_600_000;
/** As exactly as the ledger counts; LiteLLM adds up in floating point. */
const NANO = 1e9;

type Entry = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Entry =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** @param refuse ends the reading: it is no list at all */
export function usersInExport(text: string, fault: Fault, refuse: (says: string) => never): ListedUser[] {
  const entries = listIn(text, refuse);
  if (entries.length > MOST_ENTRIES)
    refuse(`has ${entries.length} entries, at most ${MOST_ENTRIES} are read`);
  const names = new Names('key', 'that of entry');
  return entries.flatMap((entry, at) => {
    const line = at + 1;
    if (!isObject(entry)) {
      fault(line, 'is no object: list whole keys, with return_full_object=true');
      return [];
    }
    const faults: string[] = [];
    const user = userIn(entry, line, (says) => faults.push(says));
    names.note(line, user.name, (_, says) => faults.push(says));
    for (const says of faults) fault(line, says);
    return faults.length === 0 ? [user] : [];
  });
}

function listIn(text: string, refuse: (says: string) => never): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse('is no JSON');
  }
  if (Array.isArray(parsed)) return parsed;
  const list = isObject(parsed) ? (parsed['keys'] ?? parsed['users'] ?? parsed['data']) : undefined;
  return Array.isArray(list)
    ? list
    : refuse('holds no list: it must be one, or have one under keys or users');
}

function userIn(entry: Entry, line: number, fault: (says: string) => void): ListedUser {
  const amount = (field: string, most: number, isWhole: boolean, least: number): number | undefined => {
    const value = entry[field] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value)))
      return value;
    fault(
      `${field} ${shown(typeof value === 'string' ? value : JSON.stringify(value))}: must be ${isWhole ? 'a whole number' : 'US dollars'} from ${least} to ${most}`,
    );
    return undefined;
  };
  const word = (field: string): string | undefined => {
    const value = entry[field] ?? undefined;
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    fault(`${field}: must be text`);
    return undefined;
  };
  const user = word('user_id') ?? '';
  if (!NAME.pattern.test(user)) fault(`user_id ${shown(user)}: must be ${NAME.allowed}`);
  const name = word('key_alias') ?? user;
  if (!/^[^\u0000-\u001f\u007f]{1,256}$/.test(name) || /^sk-/.test(name))
    fault(`key_alias ${shown(name)}: must be the name of a key, of 1 to 256 characters`);
  const email = word('user_email');
  if (email !== undefined && !EMAIL.pattern.test(email))
    fault(`user_email ${shown(email)}: must be ${EMAIL.allowed}`);
  const budget = amount('max_budget', MOST_DOLLARS, false, 0);
  const window = windowIn(word('budget_duration'), fault) ?? (budget === undefined ? undefined : FOR_GOOD);
  const spent = amount('spend', MOST_DOLLARS, false, 0);
  return {
    line,
    name,
    user,
    email,
    budget,
    rpm: amount('rpm_limit', MOST_COUNT, true, 1),
    more: {
      ...some('tpm_limit', amount('tpm_limit', MOST_COUNT, true, 1)),
      ...some('max_parallel_requests', amount('max_parallel_requests', MOST_COUNT, true, 1)),
      ...some('budget_duration', window),
      ...some('models', modelsIn(entry['models'], fault)),
      ...some('duration', durationIn(word('expires'), fault)),
      ...(entry['blocked'] === true ? { blocked: true } : {}),
    },
    ...(window !== undefined && spent !== undefined && spent > 0 && isWindowOpen(entry['budget_reset_at'])
      ? { spent: Math.round(spent * NANO) / NANO }
      : {}),
  };
}

/** What was spent in a window that is over counts no more, though LiteLLM may not have set it back yet. */
const isWindowOpen = (resetAt: unknown): boolean =>
  typeof resetAt !== 'string' || !(Date.parse(resetAt) <= Date.now());

const some = (field: string, value: unknown): Record<string, unknown> =>
  value === undefined ? {} : { [field]: value };

function windowIn(value: string | undefined, fault: (says: string) => void): string | undefined {
  if (value === undefined || WINDOWS.includes(value)) return value;
  fault(`budget_duration ${shown(value)}: must be one of ${WINDOWS.join(', ')}`);
  return undefined;
}

function modelsIn(value: unknown, fault: (says: string) => void): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > MOST_MODELS || !value.every(isModel)) {
    fault(`models: must be a list of at most ${MOST_MODELS} names`);
    return undefined;
  }
  return value.length === 0 || value.some((name) => ALL_MODELS.includes(name)) ? undefined : value;
}

const isModel = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_MODEL;

/** As long as the key there has still to live, in whole hours. */
function durationIn(expires: string | undefined, fault: (says: string) => void): string | undefined {
  if (expires === undefined) return undefined;
  const hours = Math.ceil((Date.parse(expires) - Date.now()) / HOUR_MS);
  if (hours > 0) return `${Math.min(hours, 999_999)}h`;
  fault(`expires ${shown(expires)}: must lie in the future; leave keys out that have ended`);
  return undefined;
}
