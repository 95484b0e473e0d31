/** Asks Coder's API. Answers are checked as far as they are used; whatever else comes back means "not known". */
import { GatewayError } from '../errors';
import { CoderFault, type CoderState } from './standing';

export interface CoderUser {
  readonly id: string;
  readonly username: string;
  readonly status: string;
}

export interface CoderWorkspace {
  readonly id: string;
  readonly owner_id: string;
  readonly is_prebuild: boolean;
  readonly transition: string;
  readonly status: string;
  readonly job: string;
}

export type Reply = { readonly status: number; readonly body: unknown };

export interface CoderClient {
  /** Whose token that is. Throws an error of the table when Coder does not say so. */
  whose(token: string): Promise<CoderUser>;
  /** One page, with how many there are in all. */
  users(token: string, offset: number): Promise<Page<CoderUser>>;
  /**
   * @param query in the words of Coder's own search; one that a Coder does not understand finds nothing
   * @default all
   */
  workspaces(token: string, offset: number, query?: string): Promise<Page<CoderWorkspace>>;
  /** `gone` only when Coder says that it was deleted; unknown and forbidden look alike, and are undefined. */
  workspace(token: string, id: string): Promise<CoderWorkspace | 'gone' | undefined>;
  userByName(token: string, name: string): Promise<CoderUser | undefined>;
  /** Names of the groups a person is in. Undefined: Coder does not say, as with a token that may not read them. */
  groupsOf(token: string, userId: string): Promise<readonly string[] | 'not-offered' | undefined>;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly count: number;
}

/** The bound of newer Coder versions; older ones take it as well. */
export const PAGE = 100;
const LIMIT_MS = 10_000;
const LONGEST_ANSWER = 32 * 1024 * 1024;
/** As many as a claim may have. */
const MOST_GROUPS = 256;
const LONGEST_NAME = 128;

const TOKEN = /^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/;

/** Whether it can be a token of Coder's at all; what cannot be is not sent there. */
export const isTokenShaped = (token: string): boolean => TOKEN.test(token);

const RESOURCE_NOT_FOUND = 'Resource not found or you do not have access to this resource';

// Coder answers 401 to its own troubles, too; only these words are a verdict about the token.
const VERDICTS = [
  /^You are signed out or your session has expired\./,
  /^User is not active \(status = "suspended"\)/,
];

export function createCoderClient(url: string): CoderClient {
  async function ask(token: string, path: string): Promise<Reply> {
    try {
      const response = await fetch(`${url}/api/v2${path}`, {
        headers: { 'coder-session-token': token, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      const { status, headers } = response;
      if (Number(headers.get('content-length') ?? 0) > LONGEST_ANSWER)
        throw new CoderFault('not_coder', `an answer of more than ${LONGEST_ANSWER} bytes`);
      const text = await response.text();
      // Proxies and Coder's own dashboard answer with pages.
      const isJson = /^application\/json\b/i.test(headers.get('content-type') ?? '');
      if (!isJson || text.length > LONGEST_ANSWER)
        throw new CoderFault(status >= 500 ? 'troubled' : 'not_coder', `status ${status}, and no JSON`);
      return { status, body: parse(text, status) };
    } catch (fault) {
      throw new GatewayError('coder_unavailable', { cause: faultOf(fault) });
    }
  }

  async function page<T>(
    token: string,
    path: string,
    offset: number,
    name: string,
    read: (item: unknown) => T | undefined,
    query?: string,
  ): Promise<Page<T>> {
    const search = query === undefined ? '' : `&q=${encodeURIComponent(query)}`;
    const { status, body } = await ask(token, `${path}?limit=${PAGE}&offset=${offset}${search}`);
    if (status === 400 && query !== undefined) return { items: [], count: 0 };
    const fields = fieldsOf(body);
    const items = fields[name];
    if (status !== 200 || !Array.isArray(items) || typeof fields['count'] !== 'number')
      throw unavailable(status, body);
    return {
      items: items.map(read).filter((item): item is NonNullable<typeof item> => item !== undefined),
      count: fields['count'],
    };
  }

  return {
    async whose(token) {
      const { status, body } = await ask(token, '/users/me');
      const message = fieldsOf(body)['message'];
      if (status === 200) {
        const user = readUser(body);
        if (user) return user;
      }
      if (status === 401 && VERDICTS.some((verdict) => typeof message === 'string' && verdict.test(message)))
        throw new GatewayError('coder_token_refused');
      if (status === 403 || status === 404) throw new GatewayError('coder_token_too_narrow');
      throw unavailable(status, body);
    },
    users: (token, offset) => page(token, '/users', offset, 'users', readUser),
    workspaces: (token, offset, query) =>
      page(token, '/workspaces', offset, 'workspaces', readWorkspace, query),
    async workspace(token, id) {
      const { status, body } = await ask(token, `/workspaces/${encodeURIComponent(id)}`);
      if (status === 410) return 'gone';
      if (status === 200) return readWorkspace(body);
      if (status === 404 || status === 403) return undefined;
      throw unavailable(status, body);
    },
    async userByName(token, name) {
      const { status, body } = await ask(token, `/users/${encodeURIComponent(name)}`);
      if (status === 200) return readUser(body);
      if (status === 404) return undefined;
      throw unavailable(status, body);
    },
    async groupsOf(token, userId) {
      const { status, body } = await ask(token, `/groups?has_member=${encodeURIComponent(userId)}`);
      const message = fieldsOf(body)['message'];
      // The words of a Coder without the licence, and of one that is built without the feature.
      if (status === 403 && typeof message === 'string' && message.includes('is a Premium feature'))
        return 'not-offered';
      if (status === 404 && message === 'Route not found.') return 'not-offered';
      if (status === 200 && Array.isArray(body)) return body.slice(0, MOST_GROUPS).flatMap(readGroup);
      if (status === 401 || status === 403 || status === 404) return undefined;
      throw unavailable(status, body);
    },
  };
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CoderFault('not_coder', `status ${status}, and no JSON`);
  }
}

/** What kept an answer from coming, by the name of the system's error. */
function faultOf(fault: unknown): CoderFault {
  if (fault instanceof CoderFault) return fault;
  const { name, message, cause } = fault as { name?: string; message?: string; cause?: unknown };
  const { code, message: reason } = fieldsOf(cause) as { code?: unknown; message?: unknown };
  if (name === 'TimeoutError') return new CoderFault('unreachable', `no answer within ${LIMIT_MS / 1_000} s`);
  if (reason === 'unexpected redirect') return new CoderFault('not_coder', 'a redirect');
  return new CoderFault('unreachable', typeof code === 'string' ? code : (message ?? 'no answer'));
}

const unavailable = (status: number, body: unknown): GatewayError =>
  new GatewayError('coder_unavailable', { cause: new CoderFault(stateBy(status, body), `status ${status}`) });

/** What an answer says that is none to what was asked. */
function stateBy(status: number, body: unknown): CoderState {
  const message = fieldsOf(body)['message'];
  if (status === 401)
    return typeof message === 'string' && message.startsWith('An internal error')
      ? 'troubled'
      : 'token_refused';
  if (status === 403) return 'token_forbidden';
  // Coder says so, too, of what a token may not see; of a path that it does not have it says something else.
  if (status === 404) return message === RESOURCE_NOT_FOUND ? 'token_too_narrow' : 'not_coder';
  return status === 429 || status >= 500 ? 'troubled' : 'not_coder';
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};

const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(value);

function readUser(value: unknown): CoderUser | undefined {
  const { id, username, status } = fieldsOf(value);
  if (!isId(id) || typeof username !== 'string' || !/^[\w.-]{1,128}$/.test(username)) return undefined;
  return typeof status === 'string' ? { id, username, status } : undefined;
}

function readGroup(value: unknown): string[] {
  const { name } = fieldsOf(value);
  return typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME ? [name] : [];
}

function readWorkspace(value: unknown): CoderWorkspace | undefined {
  const { id, owner_id, is_prebuild, latest_build } = fieldsOf(value);
  const { transition, status, job } = fieldsOf(latest_build);
  const jobStatus = fieldsOf(job)['status'];
  if (!isId(id) || !isId(owner_id)) return undefined;
  if (typeof transition !== 'string' || typeof status !== 'string') return undefined;
  return {
    id,
    owner_id,
    is_prebuild: is_prebuild === true,
    transition,
    status,
    job: typeof jobStatus === 'string' ? jobStatus : '',
  };
}
