/** GitHub, as far as comments of a pull request go: REST, and threads by GraphQL. */
import {
  BOT,
  linkOf,
  pageOf,
  startForge,
  TOKEN,
  type Asked,
  type ForgeStandin,
  type ForgeState,
  type Given,
  type StandinComment,
  type StandinProps,
} from './server';

const REPOSITORY = '/repos/acme/shop';

const user = (id: number): unknown =>
  id === BOT ? { login: 'github-actions[bot]', id, type: 'Bot' } : { login: 'somebody', id, type: 'User' };

const shown = (comment: StandinComment): unknown => ({
  id: comment.id,
  node_id: `C_${comment.id}`,
  user: user(comment.author),
  body: comment.body,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  author_association: 'NONE',
  ...(comment.path === undefined
    ? {}
    : { path: comment.path, line: comment.line, side: 'RIGHT', commit_id: 'c' }),
});

const list = (items: readonly StandinComment[], path: string): Given => ({
  status: 200,
  json: pageOf(items, path, 'per_page').map(shown),
  headers: linkOf(items, path, 'per_page'),
});

const invalid = (message: string): Given => ({
  status: 422,
  json: {
    message: 'Validation Failed',
    errors: [message],
    documentation_url: 'https://docs.github.com/rest',
  },
});
const notFound: Given = { status: 404, json: { message: 'Not Found' } };
const forbidden = { type: 'FORBIDDEN', message: 'Resource not accessible by integration' };

function answer(asked: Asked, state: ForgeState): Given {
  const { method, path, body } = asked;
  const where = path.split('?')[0] ?? '';
  if (where === '/graphql') return graphql(body, state);
  // Tokens of Actions are no person's.
  if (where === '/user') return { status: 403, json: { message: forbidden.message } };
  const text = typeof body['body'] === 'string' ? body['body'] : '';
  if (text.length > state.longest) return invalid('body is too long (maximum is 65536 characters)');
  if (method === 'GET' && where === `${REPOSITORY}/pulls/7`)
    return {
      status: 200,
      json: { number: 7, state: 'open', head: { sha: state.head, ref: 'change' }, base: { ref: 'main' } },
    };
  if (where === `${REPOSITORY}/issues/7/comments`) {
    if (method === 'GET') return list(state.comments, path);
    const comment = { id: state.nextId(), author: BOT, body: text };
    state.comments.push(comment);
    return { status: 201, json: shown(comment) };
  }
  if (where === `${REPOSITORY}/pulls/7/comments`) {
    if (method === 'GET') return list(state.inline, path);
    const { path: file, line, start_line: start = line, side, commit_id: commit } = body;
    if (commit !== state.head || side !== 'RIGHT' || !state.isLine(file, line) || !state.isLine(file, start))
      return invalid('pull_request_review_thread.line must be part of the diff');
    const id = state.nextId();
    const comment = {
      id,
      author: BOT,
      body: text,
      path: String(file),
      line: Number(line),
      thread: `T_${id}`,
    };
    state.inline.push(comment);
    return { status: 201, json: shown(comment) };
  }
  if (method === 'POST' && where === `${REPOSITORY}/code-scanning/sarifs`)
    return { status: 202, json: { id: 'a', url: 'https://api.github.com/a' } };
  const [, kind, id] = /^\/repos\/acme\/shop\/(issues|pulls)\/comments\/(\d+)$/.exec(where) ?? [];
  const found = state.find(kind === 'issues' ? state.comments : state.inline, id);
  if (method !== 'PATCH' || found === undefined) return notFound;
  if (found.author !== BOT) return { status: 403, json: { message: forbidden.message } };
  found.body = text;
  return { status: 200, json: shown(found) };
}

function graphql({ query, variables }: Record<string, unknown>, state: ForgeState): Given {
  const text = String(query);
  const { id, after } = (variables ?? {}) as { id?: string; after?: string | null };
  if (text.includes('viewer'))
    return { status: 200, json: { data: { viewer: { login: 'github-actions[bot]', databaseId: BOT } } } };
  if (text.includes('reviewThreads')) {
    const from = Number(after ?? 0);
    const nodes = state.inline.slice(from, from + 100).map((comment) => ({
      id: comment.thread,
      isResolved: comment.isResolved ?? false,
      comments: { nodes: [{ databaseId: comment.id }] },
    }));
    const pageInfo = { hasNextPage: from + 100 < state.inline.length, endCursor: String(from + 100) };
    return {
      status: 200,
      json: { data: { repository: { pullRequest: { reviewThreads: { pageInfo, nodes } } } } },
    };
  }
  if (!state.mayResolve) return { status: 200, json: { data: null, errors: [forbidden] } };
  const found = state.inline.find(({ thread }) => thread === id);
  if (found === undefined)
    return { status: 200, json: { data: null, errors: [{ type: 'NOT_FOUND', message: 'no such node' }] } };
  found.isResolved = !text.includes('unresolveReviewThread');
  return {
    status: 200,
    json: { data: { resolveReviewThread: { thread: { id, isResolved: found.isResolved } } } },
  };
}

export const startGitHub = (props: Pick<StandinProps, 'beside'> = {}): Promise<ForgeStandin> =>
  startForge({ answer, authorization: ['authorization', `Bearer ${TOKEN}`], ...props });

/** Variables as Actions sets them for a pull request. */
export const gitHubVariables = (url: string): Record<string, string> => ({
  GITHUB_ACTIONS: 'true',
  GITHUB_API_URL: url,
  GITHUB_GRAPHQL_URL: `${url}/graphql`,
  GITHUB_SERVER_URL: url,
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_TOKEN: TOKEN,
});
