import { Construct } from 'constructs';
import { EDITOR_PORT } from '../../workspace-image/image/pins';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { validateProps } from '../common/validation';
import { WorkspaceApp } from './workspace-app';
import type { WorkspaceAgent } from './workspace-agent';
import { shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';

export interface CodeServerProps {
  readonly agent: WorkspaceAgent;
  /** The developer's home, absolute. */
  readonly home: string;
  /** Plain reference to the address of the repository that is cloned; empty: none. */
  readonly repository: string;
}

/** VS Code in the browser, reached through Coder only. */
export class CodeServer extends Construct {
  constructor(scope: Construct, id: string, props: CodeServerProps) {
    super(scope, id);
    validateProps(this, 'CodeServerProps', props);
    const { agent, home, repository } = props;
    // The editor asks for trust by folder, and the home holds every clone: whoever trusts it trusts the next one unasked.
    // Without a repository the window is empty.
    const name = local(
      this,
      'repository_name',
      expression`trimsuffix(basename(replace(${repository}, ":", "/")), ".git")`,
    );
    // The clone refuses the same names: the home and its programs use them.
    const opens = local(
      this,
      'editor_opens',
      expression`can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]*$", ${name})) && !contains(["bin", "node_modules"], ${name}) ? "folder=${home}/\${${name}}" : "ew=true"`,
    );
    new WorkspaceScript(this, 'Script', {
      agent,
      name: 'code_server',
      displayName: 'Editor',
      icon: '/icon/code.svg',
      script: `file(${shipSource(this, 'scripts/code-server.sh')})`,
      timeout: 60,
    });
    new WorkspaceApp(this, 'App', {
      agent,
      slug: 'code-server',
      displayName: 'VS Code',
      icon: '/icon/code.svg',
      port: EDITOR_PORT,
      path: `/?${expression`${opens}`}`,
      healthPath: '/healthz',
    });
  }
}
