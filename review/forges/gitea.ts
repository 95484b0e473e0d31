/**
 * Gitea, and Forgejo.
 *
 * Sources: Gitea's API (comments of issues come in one answer; comments at lines belong to a review, and are edited as
 * comments of issues are). Neither resolves a thread for a token in the versions that are out there.
 */
import { connectApi, type ApiProps } from './api';
import { fieldsOf, idOf, listOf, textOf } from './fields';
import { isWanted, type Forge, type ForgeComment, type InlineComment } from './forge';

export interface GiteaPlace {
  /** Of the API, `https://gitea.example.com/api/v1`. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
}

const ADVICE = {
  401: 'GITEA_TOKEN is not taken: it has ended, or is of another Gitea.',
  403: 'GITEA_TOKEN lacks a permission: it needs the scopes "write:issue", "write:repository" and "read:user", and an account that may write to the repository. On a change from a fork the token of the workflow can only read.',
  404: 'GITEA_TOKEN sees no such pull request: its account has to be let into the repository, with the scopes "write:issue" and "write:repository".',
} as const;

export function gitea(place: GiteaPlace, connected: Pick<ApiProps, 'stop' | 'wait'> = {}): Forge {
  const api = connectApi({
    title: 'Gitea',
    url: place.url,
    token: place.token,
    headers: { authorization: `token ${place.token}` },
    advice: ADVICE,
    ...connected,
  });
  const repository = `/repos/${place.repository}`;
  const pull = `${repository}/pulls/${place.number}`;

  const commentOf = (item: unknown): ForgeComment => {
    const { id, user, body } = fieldsOf(item);
    return { id: idOf(id), author: idOf(fieldsOf(user)['id']), body: textOf(body) };
  };
  const edit = async (id: string, body: string): Promise<void> => {
    await api.send('PATCH', `${repository}/issues/comments/${id}`, { body: { body } });
  };

  return {
    title: 'Gitea',
    // No limit is written down; as much as on GitHub is enough.
    longestComment: 65_536,
    async readChange() {
      const { json } = await api.send('GET', pull);
      return { head: textOf(fieldsOf(fieldsOf(json)['head'])['sha']) };
    },
    async readMe() {
      return idOf(fieldsOf((await api.send('GET', '/user')).json)['id']);
    },
    async readComments(wanted) {
      const { json } = await api.send('GET', `${repository}/issues/${place.number}/comments`);
      return listOf(json)
        .map(commentOf)
        .filter((comment) => isWanted(wanted, comment));
    },
    async readInline(wanted) {
      // What others have reviewed is not asked for: there may be much of it.
      const reviews = await api.list(`${pull}/reviews`, 'limit', (item) => {
        const { id, user, comments_count: count } = fieldsOf(item);
        return idOf(fieldsOf(user)['id']) === wanted.author && count !== 0 ? idOf(id) : undefined;
      });
      const found: InlineComment[] = [];
      for (const id of reviews) {
        const { json } = await api.send('GET', `${pull}/reviews/${id}/comments`);
        const comments = listOf(json).map(commentOf);
        found.push(...comments.filter((comment) => isWanted(wanted, comment)));
      }
      return found;
    },
    async addComment(body) {
      await api.send('POST', `${repository}/issues/${place.number}/comments`, { body: { body } });
    },
    editComment: ({ id }, body) => edit(id, body),
    async addInline({ path, line }, body, head) {
      const { status } = await api.send('POST', `${pull}/reviews`, {
        body: {
          commit_id: head,
          event: 'COMMENT',
          body: '',
          comments: [{ path, body, new_position: line, old_position: 0 }],
        },
        accept: [422],
      });
      return status < 300;
    },
    editInline: ({ id }, body) => edit(id, body),
    resolve: () => Promise.resolve(false),
  };
}
