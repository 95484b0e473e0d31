/** GitLab, as far as notes and discussions of a merge request go. */
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

const MERGE = '/api/v4/projects/12/merge_requests/7';
const REFS = { base_sha: 'a'.repeat(40), start_sha: 'b'.repeat(40) };

const shown = (comment: StandinComment): unknown => ({
  id: comment.id,
  type: comment.path === undefined ? null : 'DiffNote',
  body: comment.body,
  author: {
    id: comment.author,
    username: comment.author === BOT ? 'project_12_bot_1' : 'somebody',
    state: 'active',
  },
  system: false,
  noteable_type: 'MergeRequest',
  resolvable: comment.path !== undefined,
  resolved: comment.isResolved ?? false,
});

const discussion = (comment: StandinComment): unknown => ({
  id: comment.thread ?? `single${comment.id}`,
  individual_note: comment.path === undefined,
  notes: [shown(comment)],
});

const page = (
  items: readonly StandinComment[],
  path: string,
  show: (comment: StandinComment) => unknown,
): Given => ({
  status: 200,
  json: pageOf(items, path, 'per_page').map(show),
  headers: linkOf(items, path, 'per_page'),
});

function answer({ method, path, body }: Asked, state: ForgeState): Given {
  const where = path.split('?')[0] ?? '';
  const text = typeof body['body'] === 'string' ? body['body'] : '';
  if (text.length > 1_000_000)
    return { status: 400, json: { message: { note: ['is too long (maximum is 1000000 characters)'] } } };
  if (where === '/api/v4/user')
    return { status: 200, json: { id: BOT, username: 'project_12_bot_1', bot: true } };
  if (method === 'GET' && where === MERGE)
    return {
      status: 200,
      json: { iid: 7, state: 'opened', sha: state.head, diff_refs: { ...REFS, head_sha: state.head } },
    };
  if (where === `${MERGE}/notes`) {
    if (method === 'GET') return page([...state.comments, ...state.inline], path, shown);
    const comment = { id: state.nextId(), author: BOT, body: text };
    state.comments.push(comment);
    return { status: 201, json: shown(comment) };
  }
  if (where === `${MERGE}/discussions`) {
    if (method === 'GET') return page([...state.comments, ...state.inline], path, discussion);
    return addDiscussion(body, text, state);
  }
  const [, thread, note] = /\/discussions\/([^/]+)(?:\/notes\/(\d+))?$/.exec(where) ?? [];
  const [, single] = /\/notes\/(\d+)$/.exec(where) ?? [];
  const found =
    thread === undefined
      ? state.find(state.comments, single)
      : state.inline.find(
          (comment) => comment.thread === thread && (note === undefined || String(comment.id) === note),
        );
  if (method !== 'PUT' || found === undefined) return { status: 404, json: { message: '404 Not found' } };
  if (thread !== undefined && note === undefined) {
    if (!state.mayResolve) return { status: 403, json: { message: '403 Forbidden' } };
    found.isResolved = body['resolved'] === true;
    return { status: 200, json: discussion(found) };
  }
  if (found.author !== BOT) return { status: 403, json: { message: '403 Forbidden' } };
  found.body = text;
  return { status: 200, json: shown(found) };
}

/** A line that has not changed has both numbers, an added one only the new. */
function addDiscussion({ position }: Record<string, unknown>, body: string, state: ForgeState): Given {
  const {
    new_path: path,
    new_line: line,
    old_line: old = null,
    old_path: oldPath,
    position_type: type,
    ...refs
  } = (position ?? {}) as Record<string, unknown>;
  const own = state.lines[String(path)]?.[Number(line)];
  const isRight =
    own === old &&
    own !== undefined &&
    type === 'text' &&
    typeof oldPath === 'string' &&
    refs['base_sha'] === REFS.base_sha &&
    refs['start_sha'] === REFS.start_sha &&
    refs['head_sha'] === state.head;
  if (!isRight)
    return {
      status: 400,
      json: {
        message: '400 Bad request - Note {:line_code=>["can\'t be blank", "must be a valid line code"]}',
      },
    };
  const id = state.nextId();
  const comment = { id, author: BOT, body, path: String(path), line: Number(line), thread: `d${id}` };
  state.inline.push(comment);
  return { status: 201, json: discussion(comment) };
}

export const startGitLab = (props: Pick<StandinProps, 'beside'> = {}): Promise<ForgeStandin> =>
  startForge({ answer, authorization: ['private-token', TOKEN], ...props });

/** Variables as GitLab sets them in a pipeline of a merge request. */
export const gitLabVariables = (url: string): Record<string, string> => ({
  GITLAB_CI: 'true',
  CI_API_V4_URL: `${url}/api/v4`,
  CI_SERVER_URL: url,
  CI_MERGE_REQUEST_PROJECT_ID: '12',
  CI_MERGE_REQUEST_IID: '7',
  GITLAB_TOKEN: TOKEN,
});
