import { Construct } from 'constructs';
import { quoteLiteral } from '../../synth/hcl/strings';
import { validateProps } from '../common/validation';
import type { RepositoryAddress } from './repository-address';
import type { WorkspaceAgent } from './workspace-agent';
import { shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';

/**
 * @example
 * new RepositoryScript(this, 'Notes', {
 *   agent,
 *   name: 'notes_clone',
 *   displayName: 'Notes',
 *   icon: '/icon/git.svg',
 *   sources: ['scripts/start-order.sh', 'scripts/git-clone.sh'],
 *   variable: 'WORKSPACE_GIT_REPO',
 *   address: parameters.repository.ref,
 *   allowed: RepositoryAddress.onHosts(['git.example.com']),
 *   timeout: 600,
 * });
 */
export interface RepositoryScriptProps {
  readonly agent: WorkspaceAgent;
  /** Terraform name. */
  readonly name: string;
  readonly displayName: string;
  readonly icon: string;
  /** Scripts of `workspace-image/`, parts of one in this order. */
  readonly sources: readonly string[];
  /** The shell variable the script reads the address from; with `_PATTERN` behind it, what it may be. */
  readonly variable: string;
  /** Plain reference to the address; empty means nothing to do. */
  readonly address: string;
  /** What the script takes, as the form does. */
  readonly allowed: RepositoryAddress;
  /** Plain reference to what another start script is given that comes first, where it is given anything. @default - none */
  readonly after?: string;
  /** Names that the script finds set, `[a-z_]`: what it is to do besides. @default - none */
  readonly also?: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

/**
 * A line that gives a script a value as data, whatever is in it: base64 holds no character that means anything to a shell.
 * What the environment says comes first, for whoever runs the script by hand.
 *
 * @param value plain expression
 */
const given = (variable: string, value: string): string =>
  `${variable}=$\${${variable}-$(base64 -d <<<'\${base64encode(${value})}')}`;

/** A start script that works on a repository the developer named. The address reaches it as data. */
export class RepositoryScript extends Construct {
  constructor(scope: Construct, id: string, props: RepositoryScriptProps) {
    super(scope, id);
    validateProps(this, 'RepositoryScriptProps', props);
    const when = `${props.address} != ""`;
    new WorkspaceScript(this, 'Script', {
      agent: props.agent,
      name: props.name,
      displayName: props.displayName,
      icon: props.icon,
      script: `join("\\n", [
    "#!/usr/bin/env bash",
    "${given(props.variable, props.address)}",
    "${given(`${props.variable}_PATTERN`, quoteLiteral(props.allowed.pattern))}",
${props.after === undefined ? '' : `    "after=$(base64 -d <<<'\${base64encode(${props.after})}')",\n`}${(props.also ?? []).map((name) => `    "${name}=1",\n`).join('')}${props.sources.map((source) => `    file(${shipSource(this, source)})`).join(',\n')},
  ])`,
      timeout: props.timeout,
      when,
    });
  }
}
