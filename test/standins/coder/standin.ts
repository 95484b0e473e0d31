/**
 * Stands in for Coder's API as far as a key gateway asks it: who a token belongs to, users, workspaces. With the
 * shapes, the words and the traps of the real one: rows that are dropped from pages, deleted workspaces that only a
 * direct question shows, troubles of its own that look like a bad token.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { patientServer } from '../patient-server';

export interface StandinUser {
  readonly id: string;
  readonly username: string;
  status: 'active' | 'dormant' | 'suspended';
}

export interface StandinWorkspace {
  readonly id: string;
  readonly name: string;
  owner_id: string;
  transition: 'start' | 'stop' | 'delete';
  status: string;
  /** Of the newest build. @default 'roo-code' */
  assistant?: string;
  isDeleted?: boolean;
  /** Left out of every page, as rows are whose template cannot be read. */
  isHidden?: boolean;
}

export interface StandinGroup {
  readonly name: string;
  /** Ids of users. */
  readonly members: string[];
}

export interface Token {
  readonly userId: string;
  readonly scopes: readonly string[];
  /** Sees other people and their workspaces. */
  readonly isWide: boolean;
}

export interface CoderStandin {
  readonly url: string;
  readonly users: StandinUser[];
  readonly workspaces: StandinWorkspace[];
  readonly groups: StandinGroup[];
  /** Groups need a licence; a Coder that is built without them does not know their paths. */
  groupsFeature: 'licensed' | 'unlicensed' | 'not-built';
  /** Paths with the queries, and the header the token came in. */
  readonly requests: { readonly path: string; readonly token: string }[];
  /** What every answer is instead: an outage, a proxy's page. */
  trouble: 'none' | 'outage-as-401' | 'outage' | 'html' | 'limited' | 'silent';
  /** Of the build; told to everybody, as the date is. */
  version: string;
  /** Seconds by which its clock is ahead. */
  clockAhead: number;
  /** A Coder whose search does not know what is asked for. */
  hasNoParameterSearch: boolean;
  /** Called before each answer of a list is made. */
  onList: (() => void) | undefined;
  token(userId: string, options?: { scopes?: readonly string[]; isWide?: boolean }): string;
  close(): Promise<void>;
}

const SIGNED_OUT = 'You are signed out or your session has expired. Please sign in again to continue.';
const NOT_FOUND = 'Resource not found or you do not have access to this resource';

type Send = (status: number, body: unknown, headers?: Record<string, string>) => void;

export async function startCoderStandin(): Promise<CoderStandin> {
  const tokens = new Map<string, Token>();
  const server = patientServer((request, response) => answer(request, response));
  const standin: CoderStandin = {
    url: '',
    users: [],
    workspaces: [],
    groups: [],
    groupsFeature: 'licensed',
    requests: [],
    trouble: 'none',
    version: 'v2.36.1+c9f5e5c',
    clockAhead: 0,
    hasNoParameterSearch: false,
    onList: undefined,
    token(userId, { scopes = ['coder:all'], isWide = false } = {}) {
      const number = String(tokens.size);
      const token = `${number.padStart(10, 'k')}-${number.padStart(22, 's')}`;
      tokens.set(token, { userId, scopes, isWide });
      return token;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://coder');
    const given = tokenOf(request, url);
    standin.requests.push({ path: url.pathname + url.search, token: given });
    const send: Send = (status, body, headers = {}) => {
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        'x-coder-build-version': standin.version,
        date: new Date(Date.now() + standin.clockAhead * 1_000).toUTCString(),
        ...headers,
      });
      response.end(JSON.stringify(body));
    };
    switch (standin.trouble) {
      case 'silent':
        return void request.socket.destroy();
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' });
        return void response.end('<html>Sign in</html>');
      case 'outage':
        return send(500, { message: 'An internal error occurred.' });
      case 'outage-as-401':
        return send(401, {
          message: 'An internal error occurred. Please try again or contact the system administrator.',
        });
      case 'limited':
        return send(
          429,
          { message: "You've been rate limited for sending more than 512 requests in 1m0s." },
          { 'retry-after': '60' },
        );
      case 'none':
    }
    if (url.pathname === '/healthz') return send(200, 'OK');
    if (url.pathname === '/api/v2/buildinfo')
      return send(200, { version: standin.version, dashboard_url: standin.url });
    const token = tokens.get(given);
    const owner = standin.users.find(({ id }) => id === token?.userId);
    if (token === undefined || owner === undefined)
      return send(401, { message: SIGNED_OUT, detail: 'API key is invalid.' });
    if (owner.status === 'suspended')
      return send(401, {
        message: 'User is not active (status = "suspended"). Contact an admin to reactivate your account.',
      });
    route(url, token, send);
  }

  function route(url: URL, token: Token, send: Send): void {
    const may = (scope: string) => token.scopes.includes('coder:all') || token.scopes.includes(scope);
    const parts = url.pathname.replace('/api/v2/', '').split('/');
    if (parts[0] === 'groups') return sendGroups(url, token, send);
    const limit = Number(url.searchParams.get('limit') ?? 0);
    const offset = Number(url.searchParams.get('offset') ?? 0);
    if (parts.length === 1 && (limit < 1 || limit > 100))
      return send(400, { message: 'Query parameter limit' });
    const page = <T>(items: readonly T[]) => items.slice(offset, offset + limit);
    const [kind = '', id] = parts;
    if (kind === 'users' && id === undefined) {
      standin.onList?.();
      const seen = may('user:read')
        ? standin.users.filter((user) => token.isWide || user.id === token.userId)
        : [];
      return send(200, { users: page(seen).map(viewUser), count: seen.length });
    }
    if (kind === 'users') {
      const user = standin.users.find(
        (each) => each.id === (id === 'me' ? token.userId : id) || each.username === id,
      );
      return user && may('user:read') ? send(200, viewUser(user)) : send(404, { message: NOT_FOUND });
    }
    if (kind === 'workspaces' && id === undefined) {
      standin.onList?.();
      const terms = (url.searchParams.get('q') ?? '').split(' ').filter((term) => term !== '');
      const isUnknown = (term: string): boolean =>
        !/^(param:ai_assistant=|status:)/.test(term) ||
        (term.startsWith('param:') && standin.hasNoParameterSearch);
      if (terms.some(isUnknown)) return send(400, { message: 'Invalid workspace search query.' });
      const all = standin.workspaces.filter(
        (each) =>
          terms.every((term) =>
            [`param:ai_assistant=${each.assistant ?? 'roo-code'}`, `status:${each.status}`].includes(term),
          ) &&
          !each.isDeleted &&
          (token.isWide || each.owner_id === token.userId) &&
          may('workspace:read'),
      );
      const shown = page(all).filter((each) => !each.isHidden && may('template:read'));
      return send(200, { workspaces: shown.map(viewWorkspace), count: all.length });
    }
    if (kind === 'workspaces') {
      const found = standin.workspaces.find((each) => each.id === id && may('workspace:read'));
      if (found === undefined || found.isHidden) return send(404, { message: NOT_FOUND });
      if (found.isDeleted)
        return send(410, {
          message: `Workspace "${id}" was deleted, you can view this workspace by specifying '?deleted=true' and trying again.`,
        });
      return send(200, viewWorkspace(found));
    }
    send(404, { message: 'Route not found.' });
  }

  function sendGroups(url: URL, { userId, scopes, isWide }: Token, send: Send): void {
    if (standin.groupsFeature === 'not-built') return send(404, { message: 'Route not found.' });
    if (standin.groupsFeature === 'unlicensed')
      return send(403, { message: 'Template RBAC is a Premium feature. Contact sales!' });
    // No scope reads groups; a person sees those they are in.
    if (!scopes.includes('coder:all')) return send(403, { message: 'Forbidden.' });
    const member = url.searchParams.get('has_member');
    const seen = standin.groups.filter(
      ({ members }) => (isWide || members.includes(userId)) && (member === null || members.includes(member)),
    );
    send(
      200,
      seen.map(({ name }) => ({ id: `group-${name}`, name, display_name: '', members: [], source: 'user' })),
    );
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(standin, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** In Coder's order: a stray cookie beats the header. */
function tokenOf({ headers }: IncomingMessage, url: URL): string {
  const cookie = /(?:^|; )coder_session_token=([^;]+)/.exec(headers.cookie ?? '')?.[1];
  const header = headers['coder-session-token'];
  return (
    cookie ??
    url.searchParams.get('coder_session_token') ??
    (typeof header === 'string' ? header : undefined) ??
    /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ??
    ''
  );
}

const viewUser = ({ id, username, status }: StandinUser) => ({
  id,
  username,
  name: '',
  email: `${username}@example.com`,
  created_at: '2026-01-01T00:00:00.123456Z',
  last_seen_at: '0001-01-01T00:00:00Z',
  status,
  login_type: 'oidc',
  organization_ids: [],
  roles: [],
});

const viewWorkspace = ({ id, name, owner_id, transition, status }: StandinWorkspace) => ({
  id,
  name,
  owner_id,
  owner_name: '',
  template_id: 't',
  template_name: 'contractor-workspace',
  is_prebuild: false,
  dormant_at: null,
  latest_build: {
    id: 'b',
    build_number: 3,
    transition,
    status,
    created_at: '2026-01-01T00:00:00.123456Z',
    job: { id: 'j', status: ['starting', 'stopping'].includes(status) ? 'running' : 'succeeded' },
    resources: [],
  },
});
