/**
 * Which calls are asked for. A call is held to it in the store, and in this process as it comes in: both read one table,
 * so that a list and the news of it speak of the same calls.
 */
import type { ListedCall } from './call-row';

export interface CallFilter {
  /** Id of the owner. */
  readonly person?: string | undefined;
  /** Name of the template. */
  readonly team?: string | undefined;
  /** Id or name. */
  readonly workspace?: string | undefined;
  /** The key's account: its calls, and those of the keys it took the place of. */
  readonly accountId?: string | undefined;
  readonly model?: string | undefined;
  readonly deployment?: string | undefined;
  readonly scope?: string | undefined;
  readonly client?: string | undefined;
  readonly session?: string | undefined;
  /** Type of the error. */
  readonly error?: string | undefined;
  /** `failed`, `answered` or a status. */
  readonly status?: string | undefined;
  /** Calls that ended then or later. */
  readonly from?: Date | undefined;
  /** Calls that ended before. */
  readonly until?: Date | undefined;
}

export type FilterWord = Exclude<keyof CallFilter, 'from' | 'until'>;

interface Rule {
  readonly sql: (parameter: string) => string;
  readonly holds: (call: ListedCall, word: string) => boolean;
}

/** Statuses from here on are failures. */
const FIRST_FAILURE = 400;

const equals = (column: string, valueOf: (call: ListedCall) => string | null): Rule => ({
  sql: (parameter) => `${column} = ${parameter}`,
  holds: (call, word) => valueOf(call) === word,
});

export const FILTER_RULES: Readonly<Record<FilterWord, Rule>> = {
  person: equals('owner_id', ({ ownerId }) => ownerId),
  accountId: {
    sql: (parameter) => `account_id = ${parameter}::bigint`,
    holds: ({ accountId }, word) => accountId === word,
  },
  team: equals('template_name', ({ team }) => team),
  workspace: {
    sql: (parameter) => `(workspace_id = ${parameter} or workspace_name = ${parameter})`,
    holds: ({ workspaceId, workspaceName }, word) => workspaceId === word || workspaceName === word,
  },
  model: equals('model', ({ model }) => model),
  deployment: equals('deployment', ({ deployment }) => deployment),
  scope: equals('scope', ({ scope }) => scope),
  client: equals('client', ({ client }) => client),
  session: equals('session', ({ session }) => session),
  error: equals('error_type', ({ errorType }) => errorType),
  status: {
    sql: (parameter) =>
      `case ${parameter} when 'failed' then status >= ${FIRST_FAILURE} when 'answered' then status < ${FIRST_FAILURE}
        else status::text = ${parameter} end`,
    holds: ({ status }, word) =>
      word === 'failed'
        ? status >= FIRST_FAILURE
        : word === 'answered'
          ? status < FIRST_FAILURE
          : String(status) === word,
  },
};

export const FILTER_WORDS = Object.keys(FILTER_RULES) as readonly FilterWord[];

/** Whether a call is one of them. */
export function isAskedFor(call: ListedCall, filter: CallFilter): boolean {
  if (filter.from !== undefined && call.finishedAt < filter.from) return false;
  if (filter.until !== undefined && call.finishedAt >= filter.until) return false;
  return FILTER_WORDS.every((name) => {
    const word = filter[name];
    return word === undefined || FILTER_RULES[name].holds(call, word);
  });
}
