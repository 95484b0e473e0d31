/** Which change of which platform is reviewed, as its CI says it in variables. The token is read from the environment alone. */
import { UsageError } from '../../terminal/fault';
import type { ApiProps } from './api';
import type { Forge } from './forge';
import { gitea } from './gitea';
import { gitHub } from './github';
import { gitLab } from './gitlab';
import type { ForgeName } from './names';

export type Environment = Readonly<Record<string, string | undefined>>;
type Connected = Pick<ApiProps, 'stop' | 'wait'>;

/** @param name undefined: as the variables say */
export function openForge(
  name: ForgeName | undefined,
  environment: Environment,
  connected: Connected = {},
): Forge {
  const found = name ?? forgeOf(environment);
  if (found === undefined)
    throw new UsageError(
      '--comment finds no CI of a platform it knows around it: name the platform, as --comment github, gitlab or gitea.',
    );
  return OPEN[found](environment, connected);
}

/** Gitea's and Forgejo's runners set GitHub's variables as well. */
export const forgeOf = (environment: Environment): ForgeName | undefined =>
  environment['GITEA_ACTIONS'] === 'true' || environment['FORGEJO_ACTIONS'] === 'true'
    ? 'gitea'
    : environment['GITHUB_ACTIONS'] === 'true'
      ? 'github'
      : environment['GITLAB_CI'] === 'true'
        ? 'gitlab'
        : undefined;

const OPEN: Readonly<Record<ForgeName, (environment: Environment, connected: Connected) => Forge>> = {
  github: (environment, connected) => {
    const url = addressIn(environment, 'GITHUB_API_URL', 'https://api.github.com');
    return gitHub(
      {
        url,
        graphqlUrl: addressIn(environment, 'GITHUB_GRAPHQL_URL', graphqlOf(url)),
        repository: repositoryIn(environment),
        number: pullIn(environment),
        token: tokenIn(environment, ['GITHUB_TOKEN']),
      },
      connected,
    );
  },
  gitlab: (environment, connected) => {
    const url = addressIn(environment, 'CI_API_V4_URL', 'https://gitlab.com/api/v4');
    const project = valueIn(environment, 'CI_MERGE_REQUEST_PROJECT_ID', NUMBER, MERGE_REQUEST);
    const number = Number(valueIn(environment, 'CI_MERGE_REQUEST_IID', NUMBER, MERGE_REQUEST));
    if (!environment['GITLAB_TOKEN'] && environment['CI_JOB_TOKEN'])
      throw new UsageError(
        'GITLAB_TOKEN is not set, and CI_JOB_TOKEN may write no comments: make a project access token with the scope "api" and the role Developer, and set it as the masked CI/CD variable GITLAB_TOKEN.',
      );
    return gitLab({ url, project, number, token: tokenIn(environment, ['GITLAB_TOKEN']) }, connected);
  },
  gitea: (environment, connected) =>
    gitea(
      {
        url: giteaAddress(environment),
        repository: repositoryIn(environment),
        number: pullIn(environment),
        token: tokenIn(environment, ['GITEA_TOKEN', 'FORGEJO_TOKEN', 'GITHUB_TOKEN']),
      },
      connected,
    ),
};

const NUMBER = /^[1-9]\d{0,9}$/;
const PULL = /^refs\/pull\/([1-9]\d{0,9})\/(?:merge|head)$/;
const REPOSITORY = /^(?!\.)[\w.-]{1,100}\/(?!\.)[\w.-]{1,100}$/;
const MERGE_REQUEST = 'a number; CI sets it in pipelines of merge requests, and in no others';

const repositoryIn = (environment: Environment): string =>
  valueIn(environment, 'GITHUB_REPOSITORY', REPOSITORY, 'owner/name of the repository; CI sets it');

function pullIn(environment: Environment): number {
  const ref = valueIn(
    environment,
    'GITHUB_REF',
    PULL,
    'refs/pull/NUMBER/merge or refs/pull/NUMBER/head; CI sets it for the event pull_request, and for no other',
  );
  return Number(PULL.exec(ref)?.[1]);
}

function valueIn(environment: Environment, name: string, form: RegExp, allowed: string): string {
  const value = environment[name] ?? '';
  if (value.length <= 1_000 && form.test(value)) return value;
  throw new UsageError(
    `${name} is ${value === '' ? 'not set' : JSON.stringify(value.slice(0, 200))}: --comment needs it to be ${allowed}.`,
  );
}

function tokenIn(environment: Environment, names: readonly string[]): string {
  const name = names.find((each) => environment[each]);
  if (name === undefined)
    throw new UsageError(
      `${names[0]} is not set: --comment needs a token that may write comments. The file of "review recipe" sets it.`,
    );
  const token = environment[name] ?? '';
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  throw new UsageError(`${name} holds no token: it must be one word of plain letters, digits and signs.`);
}

/** On GitHub Enterprise Server the REST API is at /api/v3, GraphQL at /api/graphql. */
const graphqlOf = (url: string): string =>
  url.endsWith('/api/v3') ? `${url.slice(0, -'/v3'.length)}/graphql` : `${url}/graphql`;

const giteaAddress = (environment: Environment): string => {
  const server = environment['GITHUB_SERVER_URL'];
  return addressIn(
    environment,
    'GITHUB_API_URL',
    server ? `${server.replace(/\/+$/, '')}/api/v1` : undefined,
  );
};

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** @returns without a closing slash */
function addressIn(environment: Environment, name: string, usual: string | undefined): string {
  const text = (environment[name] || usual || '').trim();
  const url = text.length <= 2_000 && URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url === undefined || !isSafe || url.username !== '' || url.password !== '' || url.search !== '')
    throw new UsageError(
      `${name} must be the address of the platform's API, with https:// (http:// only on this machine), and without a name or password in it.`,
    );
  return text.replace(/\/+$/, '');
}
