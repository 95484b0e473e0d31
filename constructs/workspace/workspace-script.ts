import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { CoderScript } from './coder';
import { expression } from '../common/expression';
import { validateProps } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';

/**
 * @example
 * new WorkspaceScript(this, 'Seed', {
 *   agent,
 *   name: 'seed',
 *   displayName: 'Test data',
 *   script: literal('make seed'),
 *   timeout: 300,
 * });
 */
export interface WorkspaceScriptProps {
  readonly agent: WorkspaceAgent;
  /** Terraform name of the script: `[a-z0-9_]`. */
  readonly name: string;
  readonly displayName: string;
  /** Plain expression that yields the script's text. */
  readonly script: string;
  /** Seconds after which the agent ends it. */
  readonly timeout: number;
  /** Plain, boolean: run it in this build? @default - always */
  readonly when?: string;
  /**
   * Runs again while the workspace runs: six fields, seconds first. Such a script must be harmless to repeat, and silent
   * when there is nothing to do. Coder keeps a record of each run, for ever.
   *
   * @default - at the start only
   */
  readonly cron?: string;
  /** @default - none */
  readonly icon?: string;
}

/** A script at the start of the workspace. It never holds up a login; it runs beside the others. */
export class WorkspaceScript extends Construct {
  readonly resource: CoderScript;

  constructor(scope: Construct, id: string, props: WorkspaceScriptProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceScriptProps', props);
    this.resource = new CoderScript(this, 'Resource', {
      count: props.when === undefined ? undefined : Token.asNumber(expression`${props.when} ? 1 : 0`),
      agentId: expression`${props.agent.idRef}`,
      displayName: props.displayName,
      icon: props.icon,
      script: expression`${props.script}`,
      runOnStart: true,
      cron: props.cron,
      timeout: props.timeout,
    });
    this.resource.overrideLogicalId(props.name);
  }
}
