/**
 * GitHub, and GitHub Enterprise Server.
 *
 * Sources: GitHub's REST API (issue comments, pull request review comments: 65,536 characters) and its GraphQL API, which
 * alone resolves threads and says to any kind of token whose it is.
 */
import { gzipSync } from 'node:zlib';
import { connectApi, ForgeRefusal, type Api, type ApiProps } from './api';
import { fieldsOf, idOf, listOf, textOf } from './fields';
import { isWanted, type Forge, type ForgeComment, type InlineComment, type Wanted } from './forge';

export interface GitHubPlace {
  /** Of the REST API. */
  readonly url: string;
  readonly graphqlUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
}

/** Threads of a change that are looked through, in pages of 100. */
const MOST_THREAD_PAGES = 50;

const ADVICE = {
  401: 'GITHUB_TOKEN is not taken: it has ended, or is of another GitHub.',
  403: 'GITHUB_TOKEN lacks a permission: in a workflow "permissions: pull-requests: write", of a fine-grained token "Pull requests: read and write". On a change from a fork the token of the workflow can only read.',
  404: 'GITHUB_TOKEN sees no such pull request: it needs "pull-requests: write", and has to be for this repository.',
} as const;

type Connected = Pick<ApiProps, 'stop' | 'wait'>;

export function gitHub(place: GitHubPlace, connected: Connected = {}): Forge {
  const api = connectApi({
    title: 'GitHub',
    url: place.url,
    token: place.token,
    headers: {
      authorization: `Bearer ${place.token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    advice: ADVICE,
    ...connected,
  });
  const repository = `/repos/${place.repository}`;
  const pull = `${repository}/pulls/${place.number}`;
  const issue = `${repository}/issues/${place.number}`;
  const threads = new Threads(api, place);

  const kept =
    (wanted: Wanted) =>
    (item: unknown): ForgeComment | undefined => {
      const { id, user, body } = fieldsOf(item);
      const comment = { id: idOf(id), author: idOf(fieldsOf(user)['id']), body: textOf(body) };
      return isWanted(wanted, comment) ? comment : undefined;
    };

  return {
    title: 'GitHub',
    longestComment: 65_536,
    async readChange() {
      const { json } = await api.send('GET', pull);
      return { head: textOf(fieldsOf(fieldsOf(json)['head'])['sha']) };
    },
    async readMe() {
      const data = await threads.ask('query { viewer { login databaseId } }', {}, true);
      return idOf(fieldsOf(data['viewer'])['databaseId']);
    },
    readComments: (wanted) => api.list(`${issue}/comments`, 'per_page', kept(wanted)),
    readInline: (wanted) => api.list(`${pull}/comments`, 'per_page', kept(wanted)),
    async addComment(body) {
      await api.send('POST', `${issue}/comments`, { body: { body } });
    },
    async editComment({ id }, body) {
      await api.send('PATCH', `${repository}/issues/comments/${id}`, { body: { body } });
    },
    async addInline({ path, startLine, endLine }, body, head) {
      const range = startLine < endLine ? { start_line: startLine, start_side: 'RIGHT' } : {};
      const { status } = await api.send('POST', `${pull}/comments`, {
        body: { body, commit_id: head, path, line: endLine, side: 'RIGHT', ...range },
        accept: [422],
      });
      return status < 300;
    },
    async editInline({ id }, body) {
      await api.send('PATCH', `${repository}/pulls/comments/${id}`, { body: { body } });
    },
    resolve: (comment, isResolved) => threads.resolve(comment, isResolved),
    async uploadSarif(sarif, head) {
      const { status } = await api.send('POST', `${repository}/code-scanning/sarifs`, {
        body: {
          commit_sha: head,
          ref: `refs/pull/${place.number}/head`,
          sarif: gzipSync(sarif).toString('base64'),
        },
        accept: [403, 404],
        // It is known by its commit and category: a second one takes the place of the first.
        isRepeatable: true,
      });
      if (status >= 300)
        throw new ForgeRefusal(
          `GitHub answers ${status} to the SARIF report: code scanning has to be on for the repository (in a private one it is part of a paid product), and the token needs "security-events: write". Leave --code-scanning out otherwise.`,
        );
    },
  };
}

/** Threads are known by GraphQL alone; comments have the same numbers there. */
class Threads {
  private byComment: Map<string, { readonly id: string; readonly isResolved: boolean }> | undefined;
  private isAllowed = true;

  constructor(
    private readonly api: Api,
    private readonly place: GitHubPlace,
  ) {}

  async resolve({ id }: InlineComment, isResolved: boolean): Promise<boolean> {
    if (!this.isAllowed) return false;
    try {
      this.byComment ??= await this.read();
      const thread = this.byComment.get(id);
      if (thread === undefined) return false;
      if (thread.isResolved === isResolved) return true;
      const name = isResolved ? 'resolveReviewThread' : 'unresolveReviewThread';
      await this.ask(
        `mutation($id: ID!) { ${name}(input: { threadId: $id }) { thread { id isResolved } } }`,
        { id: thread.id },
        true,
      );
      this.byComment.set(id, { ...thread, isResolved });
      return true;
    } catch (fault) {
      if (!(fault instanceof ForgeRefusal)) throw fault;
      // The workflow's token resolves threads only with "contents: write", which a review should not have.
      this.isAllowed = false;
      return false;
    }
  }

  private async read(): Promise<Map<string, { id: string; isResolved: boolean }>> {
    const [owner, name] = this.place.repository.split('/');
    const found = new Map<string, { id: string; isResolved: boolean }>();
    let after: string | null = null;
    for (let page = 0; page < MOST_THREAD_PAGES; page += 1) {
      const data = await this.ask(
        'query($owner: String!, $name: String!, $number: Int!, $after: String) { repository(owner: $owner, name: $name) { pullRequest(number: $number) { reviewThreads(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id isResolved comments(first: 1) { nodes { databaseId } } } } } } }',
        { owner, name, number: this.place.number, after },
        true,
      );
      const pull = fieldsOf(fieldsOf(data['repository'])['pullRequest']);
      const { nodes, pageInfo } = fieldsOf(pull['reviewThreads']);
      for (const node of listOf(nodes)) {
        const { id, isResolved, comments } = fieldsOf(node);
        const comment = idOf(fieldsOf(listOf(fieldsOf(comments)['nodes'])[0])['databaseId']);
        if (comment !== '') found.set(comment, { id: idOf(id), isResolved: isResolved === true });
      }
      const { hasNextPage, endCursor } = fieldsOf(pageInfo);
      if (hasNextPage !== true) break;
      after = textOf(endCursor);
    }
    return found;
  }

  async ask(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    isRepeatable: boolean,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { json } = await this.api.send('POST', '/graphql', {
      body: { query, variables },
      isRepeatable,
      url: this.place.graphqlUrl,
    });
    const { data, errors } = fieldsOf(json);
    const [error] = listOf(errors);
    if (error !== undefined)
      throw new ForgeRefusal(`GitHub answers: ${textOf(fieldsOf(error)['message']).slice(0, 300)}`);
    return fieldsOf(data);
  }
}
