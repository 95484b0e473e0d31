import { Construct } from 'constructs';
import { EDITOR_PORT } from '../../workspace-image/image/pins';
import { quoteLiteral } from '../../synth/hcl/strings';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { listed, validateProps, type Rule } from '../common/validation';
import type { RepositoryAddress } from './repository-address';
import { WorkspaceApp } from './workspace-app';
import type { WorkspaceAgent } from './workspace-agent';
import { shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';

/**
 * @example
 * new CodeServer(this, 'Editor', {
 *   agent,
 *   home: '/home/coder',
 *   repository: parameters.repository.ref,
 *   assistant: parameters.assistant.ref,
 * });
 */
export interface CodeServerProps {
  readonly agent: WorkspaceAgent;
  /** The developer's home, absolute. */
  readonly home: string;
  /** Plain reference to the address of the repository that is cloned; empty: none. */
  readonly repository: string;
  /** Plain reference to the chosen assistant: the editor starts with its extensions and with no other's. */
  readonly assistant: string;
  /** Repositories whose clone is trusted when it is opened. @default - none */
  readonly trustedRepositories?: RepositoryAddress;
}

/**
 * What of an address names a branch, as the clone reads it: `#branch`, or a page of GitHub, GitLab or Gitea. One of
 * the groups is the repository's own address.
 */
const BRANCH_PART =
  '^(https://[^/?#]+/[^/?#]+/[^/?#]+)/(?:tree|src/branch)/.*$|^(https://[^?#]+)/-/tree/.*$|^([^#]*)#.*$';

const RULES: readonly Rule<CodeServerProps>[] = [
  {
    prop: 'trustedRepositories',
    holds: ({ trustedRepositories }) =>
      trustedRepositories === undefined || trustedRepositories.hosts !== undefined,
    message: () =>
      `must name hosts, got any host: use RepositoryAddress.onHosts(["git.example.com"]); whoever can write to a trusted repository runs commands in the workspaces that open it`,
  },
  {
    prop: 'trustedRepositories',
    holds: ({ trustedRepositories }) => (trustedRepositories?.faults ?? []).length === 0,
    message: ({ trustedRepositories }) =>
      `must name at least one host, lower case, without "https://" or a path, got ${listed(trustedRepositories?.faults ?? [])}: write "git.example.com"`,
  },
];

/** Opened where no repository is cloned: a folder, since assistants and terminals need one to work in. */
const OWN_FOLDER = 'project';

/** VS Code in the browser, reached through Coder only. */
export class CodeServer extends Construct {
  constructor(scope: Construct, id: string, props: CodeServerProps) {
    super(scope, id);
    validateProps(this, 'CodeServerProps', props, RULES);
    const { agent, home, repository } = props;
    // The editor asks for trust by folder, and the home holds every clone: whoever trusts it trusts the next one unasked.
    const name = local(
      this,
      'repository_name',
      expression`trimsuffix(basename(replace(replace(${repository}, "/${BRANCH_PART}/", "$\${1}$\${2}$\${3}"), ":", "/")), ".git")`,
    );
    // The clone refuses the same names: the home and its programs use them.
    const clone = local(
      this,
      'editor_clone',
      expression`can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]*$", ${name})) && !contains(["bin", "node_modules"], ${name}) ? ${name} : ""`,
    );
    const folder = local(
      this,
      'editor_folder',
      expression`"${home}/\${${clone} == "" ? "${OWN_FOLDER}" : ${clone}}"`,
    );
    new WorkspaceScript(this, 'Script', {
      agent,
      name: 'code_server',
      displayName: 'Editor',
      icon: '/icon/code.svg',
      // Base64 holds no character that means anything to a shell: whatever was typed arrives as data.
      script: local(
        this,
        'editor_script',
        expression`join("\\n", [
    "#!/usr/bin/env bash",
    "assistant=$(base64 -d <<<'\${base64encode(${props.assistant})}')",
    "folder='\${${folder}}'",
    "is_clone=\${${clone} == "" ? "" : "1"}",${this.trustedRepository(props)}
    file(${shipSource(this, 'scripts/code-server.sh')}),
  ])`,
      ),
      timeout: 60,
    });
    new WorkspaceApp(this, 'App', {
      agent,
      slug: 'code-server',
      displayName: 'VS Code',
      icon: '/icon/code.svg',
      port: EDITOR_PORT,
      path: `/?folder=${expression`${folder}`}`,
      healthPath: '/healthz',
    });
  }

  /** A line of the script, where a site trusts any. */
  private trustedRepository({ trustedRepositories, repository }: CodeServerProps): string {
    if (trustedRepositories === undefined) return '';
    const trusted = local(
      this,
      'editor_trusts',
      expression`can(regex(${quoteLiteral(`^(${trustedRepositories.pattern})$`)}, ${repository})) ? ${repository} : ""`,
    );
    return `
    "trusted_repository=$(base64 -d <<<'\${base64encode(${trusted})}')",`;
  }
}
