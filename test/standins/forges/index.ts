/** The platforms that a review comments on, each by its name. */
import { giteaVariables, startGitea } from './gitea';
import { gitHubVariables, startGitHub } from './github';
import { gitLabVariables, startGitLab } from './gitlab';

export { BOT, PERSON, TOKEN, type ForgeStandin } from './server';

export const FORGE_STANDINS = {
  github: { start: startGitHub, variables: gitHubVariables },
  gitlab: { start: startGitLab, variables: gitLabVariables },
  gitea: { start: startGitea, variables: giteaVariables },
} as const;
