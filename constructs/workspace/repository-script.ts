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
  /** A script of `workspace-image/`. */
  readonly source: string;
  /** The variable the script reads the address from. */
  readonly variable: string;
  /** Plain reference to the address; empty means nothing to do. */
  readonly address: string;
  /** What the script takes, as the form does. */
  readonly allowed: RepositoryAddress;
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
      script: `file(${shipSource(this, props.source)})`,
      timeout: props.timeout,
      when,
    });
  }
}
