import { Construct } from 'constructs';
import { textAsTyped } from '../../synth/agent-values';
import { literal } from '../../synth/hcl/strings';
import { CoderAgent } from './coder';
import { expression } from '../common/expression';
import { listed, validateProps, type Rule } from '../common/validation';
import type { WorkspaceContext } from './workspace-context';

/** A line beside the workspace in Coder's dashboard: what a command prints. */
export interface AgentMetadata {
  readonly key: string;
  readonly label: string;
  /** A shell command; fast, and silent about secrets. */
  readonly command: string;
  /** Seconds between two runs. */
  readonly interval: number;
  /** Seconds. @default 2 */
  readonly timeout?: number;
}

/** Buttons of Coder's own: all but the insiders' editor are on unless switched off. */
export const DISPLAY_APPS = [
  'vscode',
  'vscodeInsiders',
  'webTerminal',
  'sshHelper',
  'portForwardingHelper',
] as const;
export type DisplayApp = (typeof DISPLAY_APPS)[number];

/**
 * @example
 * new WorkspaceAgent(this, 'Agent', { context, environment: { EDITOR: 'vim' } });
 */
export interface WorkspaceAgentProps {
  readonly context: WorkspaceContext;
  /**
   * The same for every build and owner: a changed value replaces agent and container. What differs goes into
   * a script or a `coder_env`. It arrives as it is, `$` included.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Ways into the workspace that Coder shows a button for.
   *
   * @default - the terminal in the browser: an editor on a desktop brings its own AI, with nobody's lock
   */
  readonly displayApps?: readonly DisplayApp[];
  /** In the order of the dashboard. @default - none */
  readonly metadata?: readonly AgentMetadata[];
}

const RULES: readonly Rule<WorkspaceAgentProps>[] = [
  {
    holds: ({ environment }) => Object.values(environment ?? {}).every((value) => !value.includes('${')),
    message: ({ environment }) =>
      `"environment" must hold plain text, got an expression for ${listed(
        Object.entries(environment ?? {})
          .filter(([, value]) => value.includes('${'))
          .map(([name]) => name),
      )}: it would replace the container at each build, use a coder_env`,
  },
];

/** Coder's agent in the container. */
export class WorkspaceAgent extends Construct {
  readonly resource: CoderAgent;
  /** Plain references, for expressions. */
  readonly idRef = 'coder_agent.main.id';
  readonly tokenRef = 'coder_agent.main.token';
  readonly initScriptRef = 'coder_agent.main.init_script';

  constructor(scope: Construct, id: string, props: WorkspaceAgentProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceAgentProps', props, RULES);
    const shown: readonly DisplayApp[] = props.displayApps ?? ['webTerminal'];
    this.resource = new CoderAgent(this, 'Resource', {
      os: 'linux',
      arch: expression`${props.context.provisioner}.arch`,
      env:
        props.environment &&
        Object.fromEntries(
          Object.entries(props.environment).map(([name, text]) => [name, literal(textAsTyped(text))]),
        ),
      displayApps: Object.fromEntries(DISPLAY_APPS.map((app) => [app, shown.includes(app)])),
      metadata: (props.metadata ?? []).map(({ key, label, command, interval, timeout }, position) => ({
        key,
        displayName: label,
        script: command,
        interval,
        timeout: timeout ?? 2,
        order: position + 1,
      })),
    });
    this.resource.overrideLogicalId('main');
  }
}
