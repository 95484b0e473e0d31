import { forgeOf, openForge } from '../../../review/forges/place';
import { BOT, FORGE_STANDINS, PERSON, TOKEN } from '../../standins/forges';
import { publish } from '../../../review/forges/publish';
import { runReview } from '../support/reviewed';
import { makeRepository } from '../support/repository';
import { CHANGE, findingOf, knowLines, reportOf } from './support';

const URL = 'https://forge.example.com';
const { github, gitlab, gitea } = FORGE_STANDINS;

test.each([
  ['github', github.variables(URL)],
  ['gitlab', gitlab.variables(URL)],
  ['gitea', gitea.variables(URL)],
  ['gitea', { ...gitea.variables(URL), GITEA_ACTIONS: '', FORGEJO_ACTIONS: 'true' }],
] as const)('%s is known by the variables of its CI', (name, variables) => {
  expect(forgeOf(variables)).toBe(name);
});

test.each([
  [undefined, {}, /name the platform/],
  ['github', { ...github.variables(URL), GITHUB_TOKEN: '' }, /GITHUB_TOKEN is not set/],
  ['github', { ...github.variables(URL), GITHUB_TOKEN: 'a b' }, /GITHUB_TOKEN holds no token/],
  [
    'github',
    { ...github.variables(URL), GITHUB_REF: 'refs/heads/main' },
    /GITHUB_REF is "refs\/heads\/main"/,
  ],
  ['github', { ...github.variables(URL), GITHUB_REPOSITORY: '../x' }, /GITHUB_REPOSITORY is "..\/x"/],
  ['github', { ...github.variables(URL), GITHUB_API_URL: 'http://forge.example.com' }, /with https:\/\//],
  [
    'github',
    { ...github.variables(URL), GITHUB_API_URL: 'https://a:b@forge.example.com' },
    /without a name or password/,
  ],
  [
    'gitlab',
    { ...gitlab.variables(URL), GITLAB_TOKEN: '', CI_JOB_TOKEN: 'x' },
    /CI_JOB_TOKEN may write no comments/,
  ],
  ['gitlab', { ...gitlab.variables(URL), CI_MERGE_REQUEST_IID: '' }, /CI_MERGE_REQUEST_IID is not set/],
  ['gitea', { ...gitea.variables(URL), GITEA_TOKEN: '' }, /GITEA_TOKEN is not set/],
] as const)('%s with %p is refused', (name, variables, says) => {
  expect(() => openForge(name, variables)).toThrow(says);
});

test('the address of GitHub Enterprise Server leads to its GraphQL', async () => {
  const asked: string[] = [];
  const standin = await github.start();
  const variables = { ...github.variables(`${standin.url}/api/v3`), GITHUB_GRAPHQL_URL: '' };
  await openForge('github', variables)
    .readMe()
    .catch(() => {});
  asked.push(...standin.requests.map(({ path }) => path));
  expect(asked).toEqual(['/api/graphql']);
  await standin.close();
});

test('comments that are too long for one answer are read in smaller pages', async () => {
  const standin = await gitlab.start();
  knowLines(standin.state);
  const long = 'x'.repeat(900_000);
  standin.state.comments = Array.from({ length: 45 }, (_, at) => ({
    id: at + 1,
    author: PERSON,
    body: long,
  }));
  standin.state.comments.push({
    id: 99,
    author: BOT,
    body: '<!-- contractor-workspace review: summary -->\nold',
  });
  const forge = openForge('gitlab', gitlab.variables(standin.url));
  await forge.readChange();
  expect(await publish(forge, { report: reportOf([findingOf('1')]), changes: [CHANGE] })).toMatchObject({
    summary: 'edited',
  });
  expect(standin.state.comments).toHaveLength(46);
  await standin.close();
});

test('a change with more comments than are read gets none of ours', async () => {
  const standin = await github.start();
  standin.state.inline = Array.from({ length: 5_001 }, (_, at) => ({
    id: at + 1,
    author: PERSON,
    body: 'x',
  }));
  const forge = openForge('github', github.variables(standin.url));
  await expect(publish(forge, { report: reportOf([]), changes: [] })).rejects.toThrow(
    'more than 5000 comments',
  );
  expect(standin.writes()).toEqual([]);
  await standin.close();
});

test('GitHub gets SARIF for its list of alerts, and says what is missing for it', async () => {
  const standin = await github.start();
  const forge = openForge('github', github.variables(standin.url));
  await forge.uploadSarif?.('{}', 'c'.repeat(40));
  expect(standin.requests[0]?.body).toMatchObject({ commit_sha: 'c'.repeat(40), ref: 'refs/pull/7/head' });
  standin.fail({ when: /sarifs/, status: 403, json: { message: 'Advanced Security must be enabled' } });
  await expect(forge.uploadSarif?.('{}', 'c'.repeat(40))).rejects.toThrow('security-events: write');
  await standin.close();
});

test('the command asks the platform before it pays for anything, and takes only a range', async () => {
  const repository = makeRepository({ 'a.ts': 'const a = 1;\n' });
  repository.commit('b', { 'a.ts': 'const a = 2;\n' });
  const standin = await github.start();
  const at = { url: 'http://127.0.0.1:1', key: 'sk-0123456789abcdef' };
  const variables = github.variables(standin.url);
  const newer = await runReview(repository, at, ['main...HEAD', '--comment'], variables);
  expect([newer.code, newer.err]).toEqual([
    0,
    expect.stringContaining('another commit by now (cccccccccccc)'),
  ]);
  standin.fail({ when: /./, status: 403, json: { message: 'Resource not accessible by integration' } });
  const refused = await runReview(repository, at, ['main...HEAD', '--comment'], variables);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('pull-requests: write')]);
  expect(refused.err + refused.out).not.toContain(TOKEN);
  const named = await runReview(repository, at, ['a.ts', '--comment'], variables);
  expect([named.code, named.err]).toEqual([2, expect.stringContaining('--comment needs a range')]);
  await standin.close();
  repository.remove();
});
