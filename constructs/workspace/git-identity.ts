import { Construct } from 'constructs';
import { validateProps } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';
import type { WorkspaceContext } from './workspace-context';
import { WorkspaceVariable } from './workspace-variable';

export interface GitIdentityProps {
  readonly context: WorkspaceContext;
  readonly agent: WorkspaceAgent;
}

/** Commits carry the owner's name. In variables, not in the agent, so that a prebuild's claim replaces nothing. */
export class GitIdentity extends Construct {
  constructor(scope: Construct, id: string, props: GitIdentityProps) {
    super(scope, id);
    validateProps(this, 'GitIdentityProps', props);
    const { context, agent } = props;
    const name = `coalesce(${context.owner}.full_name, ${context.owner}.name)`;
    const email = `${context.owner}.email`;
    for (const [variable, value] of [
      ['GIT_AUTHOR_NAME', name],
      ['GIT_AUTHOR_EMAIL', email],
      ['GIT_COMMITTER_NAME', name],
      ['GIT_COMMITTER_EMAIL', email],
    ] as const) {
      new WorkspaceVariable(this, variable, { agent, name: variable, value });
    }
  }
}
