import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { DOLLAR_ENTRY } from '../../synth/agent-values';
import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import { DockerContainer } from '../common/docker';
import { expression } from '../common/expression';
import type { HomeVolume } from './home-volume';
import type { WorkspaceImage } from './image';
import { validateProps, type Rule } from '../common/validation';
import type { WorkspaceAgent } from './workspace-agent';
import type { WorkspaceContext } from './workspace-context';
import { WorkspaceMetadata } from './workspace-metadata';
import type { WorkspaceNetwork } from './workspace-network';

/** What must hold for the container to be made. */
export interface StartCondition {
  /** Plain expression, boolean. Terraform shows neither it nor what it looks at when that is sensitive. */
  readonly holds: string;
  /** What a person reads when it does not: plain text. */
  readonly otherwise: string;
}

/**
 * @example
 * new WorkspaceContainer(this, 'Container', {
 *   context,
 *   agent,
 *   image,
 *   home,
 *   network,
 *   cpus: parameters.cpu.ref,
 *   memory: parameters.memory.ref,
 * });
 */
export interface WorkspaceContainerProps {
  readonly context: WorkspaceContext;
  readonly agent: WorkspaceAgent;
  readonly image: WorkspaceImage;
  readonly home: HomeVolume;
  /** Plain reference to the number of CPUs, as text. */
  readonly cpus: string;
  /** Plain reference to the memory in GB, as text. */
  readonly memory: string;
  readonly network: WorkspaceNetwork;
  /** `uid:gid`, never root. @default '1000:1000' */
  readonly user?: string;
  /** Where the home volume is mounted. @default '/home/coder' */
  readonly homePath?: string;
  /** Looked at in start builds and at the import, never in a stop. @default - none */
  readonly conditions?: readonly StartCondition[];
}

const RULES: readonly Rule<WorkspaceContainerProps>[] = [
  {
    holds: ({ user }) => user === undefined || /^[1-9]\d*:[1-9]\d*$/.test(user),
    message: ({ user }) =>
      `"user" must be "uid:gid" of somebody who is not root, got ${shown(user)}: use "1000:1000"`,
  },
  {
    holds: ({ homePath }) => homePath === undefined || /^\/[\w./-]+$/.test(homePath),
    message: ({ homePath }) =>
      `"homePath" must be an absolute path, got ${shown(homePath)}: use "/home/coder"`,
  },
];

/**
 * The workspace's container: there while the workspace runs, gone when it stops.
 *
 * Everything in it comes from the workspace's id and the form, never from owner or build, so that neither a
 * rename nor a prebuild's new owner replaces it. Values are in the form the docker provider reads back ("2.0",
 * a swap limit beside the memory limit), else each build would show a change.
 */
export class WorkspaceContainer extends Construct {
  readonly resource: DockerContainer;
  private readonly environment: Record<string, string> = {};
  private readonly agent: WorkspaceAgent;

  constructor(scope: Construct, id: string, props: WorkspaceContainerProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceContainerProps', props, RULES);
    this.agent = props.agent;
    const { context, agent, image, home, cpus, memory, network } = props;
    const startCount = Token.asNumber(expression`${context.workspace}.start_count`);
    const megabytes = Token.asNumber(expression`tonumber(${memory}) * 1024`);

    this.resource = new DockerContainer(this, 'Resource', {
      count: startCount,
      name: expression`"coder-\${${context.workspace}.id}"`,
      hostname: expression`"coder-\${${context.workspace}.id}"`,
      image: expression`${image.idRef}`,
      user: props.user ?? '1000:1000',
      // Coder's address may be this host's, which means something else inside a container.
      entrypoint: [
        'sh',
        '-c',
        expression`replace(${agent.initScriptRef}, "/(https?://)(?:localhost|127\\\\.0\\\\.0\\\\.1|\\\\[::1\\\\])([^0-9A-Za-z._-]|$)/", "$\${1}host.docker.internal$\${2}")`,
      ],
      env: this.entries,
      init: true,
      restart: 'unless-stopped',
      cpus: expression`format("%.1f", tonumber(${cpus}))`,
      memory: megabytes,
      memorySwap: megabytes,
      securityOpts: ['no-new-privileges'],
      capabilities: { drop: ['ALL'] },
      host: [{ host: 'host.docker.internal', ip: 'host-gateway' }],
      networksAdvanced: [{ name: network.nameAttribute }],
      volumes: [
        {
          containerPath: props.homePath ?? '/home/coder',
          volumeName: expression`${home.nameRef}`,
        },
      ],
      lifecycle:
        props.conditions === undefined
          ? undefined
          : {
              precondition: props.conditions.map(({ holds, otherwise }) => ({
                condition: expression`${holds}`,
                errorMessage: literal(otherwise),
              })),
            },
      labels: [{ label: 'coder.workspace_id', value: expression`${context.workspace}.id` }],
    });
    this.resource.overrideLogicalId('workspace');

    new WorkspaceMetadata(this, 'Metadata', {
      context,
      resource: 'docker_container.workspace[0].id',
      items: {
        workspace: `${context.workspace}.name`,
        owner: `${context.owner}.name`,
        image: image.nameRef,
      },
    });
  }

  /**
   * Sets variables of every process of the workspace, as plain text. Only what is the same for every person, choice and
   * build: another value is another container. No secret.
   */
  setEnvironment(variables: Readonly<Record<string, string>>): void {
    Object.assign(this.environment, variables);
    this.resource.env = this.entries;
  }

  private get entries(): string[] {
    return [
      `CODER_AGENT_TOKEN=${expression`${this.agent.tokenRef}`}`,
      DOLLAR_ENTRY,
      ...Object.entries(this.environment).map(([name, value]) => literal(`${name}=${value}`)),
    ];
  }
}
