import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { asTyped } from '../../synth/agent-values';
import { CoderEnv } from './coder';
import { expression } from '../common/expression';
import { validateProps } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';

/**
 * @example
 * new WorkspaceVariable(this, 'Proxy', { agent, name: 'HTTPS_PROXY', value: literal('http://proxy.example.com:3128') });
 */
export interface WorkspaceVariableProps {
  readonly agent: WorkspaceAgent;
  /** Name in the environment. */
  readonly name: string;
  /** Plain expression. It arrives as it is, `$` included. Every process of the workspace can read it: no secret. */
  readonly value: string;
  /** Plain, boolean: set it in this build? @default - always */
  readonly when?: string;
}

/** A variable in the environment of every process of the workspace; may differ per build and owner. */
export class WorkspaceVariable extends Construct {
  readonly resource: CoderEnv;

  constructor(scope: Construct, id: string, props: WorkspaceVariableProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceVariableProps', props);
    this.resource = new CoderEnv(this, 'Resource', {
      count: props.when === undefined ? undefined : Token.asNumber(expression`${props.when} ? 1 : 0`),
      agentId: expression`${props.agent.idRef}`,
      name: props.name,
      value: asTyped(expression`${props.value}`),
    });
    this.resource.overrideLogicalId(props.name.toLowerCase());
  }
}
