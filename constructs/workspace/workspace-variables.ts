import { Construct } from 'constructs';
import { asTyped } from '../../synth/agent-values';
import { CoderEnv } from './coder';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { validateProps } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';

export interface WorkspaceVariablesProps {
  readonly agent: WorkspaceAgent;
  /** Terraform name of the set. */
  readonly name: string;
  /** Plain text by name. It arrives as it is, `$` included. Every process of the workspace can read it: no secret. */
  readonly values: Readonly<Record<string, string>>;
  /** Plain, boolean: set them in this build? */
  readonly when: string;
}

/** Variables in the environment of every process of the workspace that stand or fall together. */
export class WorkspaceVariables extends Construct {
  readonly resource: CoderEnv;

  constructor(scope: Construct, id: string, props: WorkspaceVariablesProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceVariablesProps', props);
    const values = local(this, props.name, { ...props.values });
    this.resource = new CoderEnv(this, 'Resource', {
      agentId: expression`${props.agent.idRef}`,
      name: expression`each.key`,
      value: asTyped(expression`each.value`),
    });
    this.resource.overrideLogicalId(props.name);
    // cdktf's iterators name each.key through tokens of their own; the block is the same.
    this.resource.addOverride('for_each', expression`${props.when} ? ${values} : {}`);
  }
}
