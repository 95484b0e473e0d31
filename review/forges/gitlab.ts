/**
 * GitLab.
 *
 * Sources: GitLab's API (notes of merge requests, discussions: a position has both numbers of a line that has not changed,
 * and only the new one of an added line; 1,000,000 characters), and the list of what a job token may do, which has neither.
 */
import { connectApi, type ApiProps } from './api';
import { fieldsOf, idOf, listOf, textOf } from './fields';
import { isWanted, type Forge, type ForgeComment, type InlineComment } from './forge';

export interface GitLabPlace {
  /** Of the API, `https://gitlab.example.com/api/v4`. */
  readonly url: string;
  /** Number of the project that the change goes to. */
  readonly project: string;
  readonly number: number;
  readonly token: string;
}

const ADVICE = {
  401: 'GITLAB_TOKEN is not taken: it has ended, or is of another GitLab. CI_JOB_TOKEN may write no comments.',
  403: 'GITLAB_TOKEN lacks a permission: a project access token needs the scope "api" and the role Developer.',
  404: 'GITLAB_TOKEN sees no such merge request: it has to be of this project, with the scope "api".',
} as const;

export function gitLab(place: GitLabPlace, connected: Pick<ApiProps, 'stop' | 'wait'> = {}): Forge {
  const api = connectApi({
    title: 'GitLab',
    url: place.url,
    token: place.token,
    headers: { 'private-token': place.token },
    advice: ADVICE,
    ...connected,
  });
  const merge = `/projects/${place.project}/merge_requests/${place.number}`;
  let diffRefs: Readonly<Record<string, unknown>> = {};

  const commentOf = (note: unknown): ForgeComment => {
    const { id, author, body } = fieldsOf(note);
    return { id: idOf(id), author: idOf(fieldsOf(author)['id']), body: textOf(body) };
  };

  return {
    title: 'GitLab',
    longestComment: 1_000_000,
    async readChange() {
      const { json } = await api.send('GET', merge);
      const { sha, diff_refs: refs } = fieldsOf(json);
      diffRefs = fieldsOf(refs);
      return { head: textOf(sha) };
    },
    async readMe() {
      return idOf(fieldsOf((await api.send('GET', '/user')).json)['id']);
    },
    readComments: (wanted) =>
      api.list(`${merge}/notes?sort=asc&order_by=created_at`, 'per_page', (note) => {
        const comment = commentOf(note);
        return fieldsOf(note)['system'] !== true && isWanted(wanted, comment) ? comment : undefined;
      }),
    readInline: (wanted) =>
      api.list(`${merge}/discussions`, 'per_page', (discussion): InlineComment | undefined => {
        const { id, notes } = fieldsOf(discussion);
        const [first] = listOf(notes);
        const comment = commentOf(first);
        const isAtLine = fieldsOf(first)['type'] === 'DiffNote';
        return isAtLine && isWanted(wanted, comment) ? { ...comment, thread: idOf(id) } : undefined;
      }),
    async addComment(body) {
      await api.send('POST', `${merge}/notes`, { body: { body } });
    },
    async editComment({ id }, body) {
      await api.send('PUT', `${merge}/notes/${id}`, { body: { body } });
    },
    async addInline({ path, oldPath, line, oldLine }, body) {
      const { base_sha, start_sha, head_sha } = diffRefs;
      const { status } = await api.send('POST', `${merge}/discussions`, {
        body: {
          body,
          position: {
            position_type: 'text',
            base_sha,
            start_sha,
            head_sha,
            old_path: oldPath,
            new_path: path,
            new_line: line,
            ...(oldLine === undefined ? {} : { old_line: oldLine }),
          },
        },
        accept: [400, 422],
      });
      return status < 300;
    },
    async editInline({ id, thread = '' }, body) {
      await api.send('PUT', `${merge}/discussions/${thread}/notes/${id}`, { body: { body } });
    },
    async resolve({ thread = '' }, isResolved) {
      const { status } = await api.send('PUT', `${merge}/discussions/${thread}`, {
        body: { resolved: isResolved },
        accept: [403],
      });
      return status < 300;
    },
  };
}
