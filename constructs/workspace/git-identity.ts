import { Construct } from 'constructs';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { validateProps } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';
import type { WorkspaceContext } from './workspace-context';
import { shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';

/**
 * @example
 * new GitIdentity(this, 'GitIdentity', { context, agent });
 */
export interface GitIdentityProps {
  readonly context: WorkspaceContext;
  readonly agent: WorkspaceAgent;
}

/** Seconds. */
const TIME_LIMIT = 60;

/**
 * Commits carry the owner's name where nobody says otherwise. By git's configuration: variables in the environment
 * would beat what a repository is set to.
 */
export class GitIdentity extends Construct {
  constructor(scope: Construct, id: string, props: GitIdentityProps) {
    super(scope, id);
    validateProps(this, 'GitIdentityProps', props);
    const { context, agent } = props;
    const script = local(
      this,
      'git_identity_script',
      expression`join("\\n", [
    "#!/usr/bin/env bash",
    "name=$(base64 -d <<<'\${base64encode(coalesce(${context.owner}.full_name, ${context.owner}.name))}')",
    "email=$(base64 -d <<<'\${base64encode(${context.owner}.email)}')",
    file(${shipSource(this, 'scripts/work-tree.sh')}),
    file(${shipSource(this, 'scripts/git-identity.sh')}),
  ])`,
    );
    new WorkspaceScript(this, 'Script', {
      agent,
      name: 'git_identity',
      displayName: 'Git identity',
      icon: '/icon/git.svg',
      script,
      timeout: TIME_LIMIT,
    });
  }
}
