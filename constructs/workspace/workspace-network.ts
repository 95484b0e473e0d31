import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { shown } from '../../synth/shown';
import { DockerNetwork } from '../common/docker';
import { expression } from '../common/expression';
import { made } from '../common/made-values';
import { validateProps, type Rule } from '../common/validation';
import type { WorkspaceContext } from './workspace-context';

/**
 * @example
 * NetworkSource.perWorkspace({ internal: true });
 */
export interface PerWorkspaceNetworkProps {
  /**
   * No way out but to what is attached to the same network: whoever runs the platform attaches Coder and the gateway.
   *
   * @default false
   */
  readonly internal?: boolean;
}

/** How a workspace reaches Coder and the gateway. */
export class NetworkSource {
  /** A network that is there already, shared with the gateway. Neighbours on it can reach each other's open ports. */
  static existing(name: string): NetworkSource {
    return made(new NetworkSource(name), 'NetworkSource', 'existing', name);
  }

  /** A bridge of its own while the workspace runs: no neighbour, Coder and gateway by their published addresses. */
  static perWorkspace(props: PerWorkspaceNetworkProps = {}): NetworkSource {
    return made(
      new NetworkSource(undefined, props?.internal ?? false),
      'NetworkSource',
      'perWorkspace',
      props,
    );
  }

  private constructor(
    readonly name: string | undefined,
    readonly internal = false,
  ) {}
}

/**
 * @example
 * new WorkspaceNetwork(this, 'Network', { context, source: NetworkSource.existing('workspaces') });
 */
export interface WorkspaceNetworkProps {
  readonly context: WorkspaceContext;
  /** @default - the existing network "coder-network" */
  readonly source?: NetworkSource;
}

const RULES: readonly Rule<{ readonly source: NetworkSource }>[] = [
  {
    prop: 'network',
    holds: ({ source }) => source.name === undefined || /^[a-zA-Z0-9][\w.-]*$/.test(source.name),
    message: ({ source }) =>
      `must be the name of a Docker network, got ${shown(source.name)}: use letters, digits, "_", "." and "-"`,
  },
  {
    prop: 'network',
    holds: ({ source }) => !['host', 'none', 'bridge'].includes(source.name ?? ''),
    message: ({ source }) =>
      `must not be Docker's own network "${source.name}": it opens the host, closes everything off, or resolves no names; name a network of yours`,
  },
];

/** The network the workspace's container is on. */
export class WorkspaceNetwork extends Construct {
  /** Name of the network, as a string for an attribute. */
  readonly nameAttribute: string;

  constructor(scope: Construct, id: string, props: WorkspaceNetworkProps) {
    super(scope, id);
    const source = props.source ?? NetworkSource.existing('coder-network');
    validateProps(this, 'WorkspaceNetworkProps', { context: props.context, source }, RULES);
    if (source.name !== undefined) {
      this.nameAttribute = source.name;
      return;
    }
    const { workspace } = props.context;
    const network = new DockerNetwork(this, 'Resource', {
      // Docker's address pools hold some thirty networks: a stopped workspace gives its own back.
      count: Token.asNumber(expression`${workspace}.start_count`),
      name: expression`"coder-\${${workspace}.id}"`,
      internal: source.internal || undefined,
      labels: [{ label: 'coder.workspace_id', value: expression`${workspace}.id` }],
    });
    network.overrideLogicalId('workspace');
    this.nameAttribute = expression`docker_network.workspace[0].name`;
  }
}
