import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { DOLLAR_ENTRY } from '../../synth/agent-values';
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

  constructor(scope: Construct, id: string, props: WorkspaceContainerProps) {
    super(scope, id);
    validateProps(this, 'WorkspaceContainerProps', props, RULES);
    const { context, agent, image, home, cpus, memory, network } = props;
    const startCount = Token.asNumber(expression`${context.workspace}.start_count`);
    const megabytes = Token.asNumber(expression`tonumber(${memory}) * 1024`);

    this.resource = new DockerContainer(this, 'Resource', {
      count: startCount,
      name: expression`"coder-\${${context.workspace}.id}"`,
      hostname: expression`"coder-\${${context.workspace}.id}"`,
      image: expression`${image.idRef}`,
      user: props.user ?? '1000:1000',
      // Coder's address may name this host, which means something else inside a container.
      entrypoint: [
        'sh',
        '-c',
        expression`replace(${agent.initScriptRef}, "/localhost|127\\\\.0\\\\.0\\\\.1/", "host.docker.internal")`,
      ],
      env: [`CODER_AGENT_TOKEN=${expression`${agent.tokenRef}`}`, DOLLAR_ENTRY],
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
      labels: [{ label: 'coder.workspace_id', value: expression`${context.workspace}.id` }],
    });
    this.resource.overrideLogicalId('workspace');

    new WorkspaceMetadata(this, 'Metadata', {
      context,
      resource: 'docker_container.workspace[0].id',
      items: {
        workspace: `${context.workspace}.name`,
        owner: `${context.owner}.name`,
        image: 'docker_image.workspace.name',
      },
    });
  }
}
