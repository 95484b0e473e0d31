/** Gitea and Forgejo, as far as comments of a pull request go: comments at lines belong to reviews. */
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

const REPOSITORY = '/api/v1/repos/acme/shop';
/** What an instance gives on a page at most. */
const MOST = 20;

const user = (id: number): unknown => ({ id, login: id === BOT ? 'gitea-actions' : 'somebody' });

const shown = (comment: StandinComment): unknown => ({
  id: comment.id,
  user: user(comment.author),
  body: comment.body,
  ...(comment.path === undefined
    ? {}
    : { path: comment.path, position: comment.line, pull_request_review_id: comment.id }),
});

function answer({ method, path, body }: Asked, state: ForgeState): Given {
  const where = path.split('?')[0] ?? '';
  if (where === '/api/v1/user') return { status: 200, json: user(BOT) };
  if (method === 'GET' && where === `${REPOSITORY}/pulls/7`)
    return { status: 200, json: { number: 7, state: 'open', head: { sha: state.head } } };
  if (where === `${REPOSITORY}/issues/7/comments`) {
    if (method === 'GET') return { status: 200, json: state.comments.map(shown) };
    const comment = { id: state.nextId(), author: BOT, body: String(body['body']) };
    state.comments.push(comment);
    return { status: 201, json: shown(comment) };
  }
  if (where === `${REPOSITORY}/pulls/7/reviews`) {
    if (method === 'POST') return addReview(body, state);
    const reviews = pageOf(state.inline, path, 'limit', MOST).map(({ id, author }) => ({
      id,
      user: user(author),
      state: 'COMMENT',
      body: '',
      comments_count: 1,
    }));
    return { status: 200, json: reviews, headers: linkOf(state.inline, path, 'limit', MOST) };
  }
  const [, review] = /\/pulls\/7\/reviews\/(\d+)\/comments$/.exec(where) ?? [];
  if (review !== undefined)
    return { status: 200, json: state.inline.filter(({ id }) => String(id) === review).map(shown) };
  const [, id] = /\/issues\/comments\/(\d+)$/.exec(where) ?? [];
  const found = state.find([...state.comments, ...state.inline], id);
  if (method !== 'PATCH' || found === undefined) return { status: 404, json: { message: 'not found' } };
  if (found.author !== BOT) return { status: 403, json: { message: 'user should have permission to edit' } };
  found.body = String(body['body']);
  return { status: 200, json: shown(found) };
}

function addReview(
  { comments, commit_id: commit, event }: Record<string, unknown>,
  state: ForgeState,
): Given {
  const [first] = comments as Record<string, unknown>[];
  const { path, new_position: line, body } = first ?? {};
  if (event !== 'COMMENT' || commit !== state.head || !state.isLine(path, line))
    return { status: 422, json: { message: 'no such line in the diff' } };
  const comment = {
    id: state.nextId(),
    author: BOT,
    body: String(body),
    path: String(path),
    line: Number(line),
  };
  state.inline.push(comment);
  return { status: 200, json: { id: comment.id, user: user(BOT), state: 'COMMENT', comments_count: 1 } };
}

export const startGitea = (props: Pick<StandinProps, 'beside'> = {}): Promise<ForgeStandin> =>
  startForge({ answer, authorization: ['authorization', `token ${TOKEN}`], ...props });

/** Variables as a runner sets them for a pull request: GitHub's, and one of its own. */
export const giteaVariables = (url: string): Record<string, string> => ({
  GITHUB_ACTIONS: 'true',
  GITEA_ACTIONS: 'true',
  GITHUB_API_URL: `${url}/api/v1`,
  GITHUB_SERVER_URL: url,
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_REF: 'refs/pull/7/head',
  GITEA_TOKEN: TOKEN,
});
