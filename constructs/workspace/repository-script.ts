import { Construct } from 'constructs';
import { quoteLiteral } from '../../synth/hcl/strings';
import { validateProps } from '../common/validation';
import type { RepositoryAddress } from './repository-address';
import type { WorkspaceAgent } from './workspace-agent';
import { shipSource } from './workspace-file';
import { WorkspaceScript } from './workspace-script';
import { WorkspaceVariable } from './workspace-variable';

export interface RepositoryScriptProps {
  readonly agent: WorkspaceAgent;
  /** Terraform name. */
  readonly name: string;
  readonly displayName: string;
  readonly icon: string;
  /** Scripts of `workspace-image/`, parts of one in this order. */
  readonly sources: readonly string[];
  /** The variable the script reads the address from. */
  readonly variable: string;
  /** Plain reference to the address; empty means nothing to do. */
  readonly address: string;
  /** What the script takes, as the form does. */
  readonly allowed: RepositoryAddress;
  /** Plain reference to what another start script is given that comes first, where it is given anything. @default - none */
  readonly after?: string;
  /** Seconds. */
  readonly timeout: number;
}

/** A start script that works on a repository the developer named. The address reaches it as data. */
export class RepositoryScript extends Construct {
  constructor(scope: Construct, id: string, props: RepositoryScriptProps) {
    super(scope, id);
    validateProps(this, 'RepositoryScriptProps', props);
    const when = `${props.address} != ""`;
    new WorkspaceVariable(this, 'Address', {
      agent: props.agent,
      name: props.variable,
      value: props.address,
      when,
    });
    new WorkspaceVariable(this, 'Allowed', {
      agent: props.agent,
      name: `${props.variable}_PATTERN`,
      value: quoteLiteral(props.allowed.pattern),
      when,
    });
    new WorkspaceScript(this, 'Script', {
      agent: props.agent,
      name: props.name,
      displayName: props.displayName,
      icon: props.icon,
      script: `join("\\n", [
    "#!/usr/bin/env bash",
${props.after === undefined ? '' : `    "after=$(base64 -d <<<'\${base64encode(${props.after})}')",\n`}${props.sources.map((source) => `    file(${shipSource(this, source)})`).join(',\n')},
  ])`,
      timeout: props.timeout,
      when,
    });
  }
}
