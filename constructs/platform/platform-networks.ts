import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { DockerNetwork } from '../common/docker';
import { made } from '../common/made-values';
import { validateProps, type Rule } from '../common/validation';
import { labelsOf } from './ownership';

/**
 * @example
 * WorkspaceFacingNetwork.own({ name: 'workspaces', internal: true });
 */
export interface OwnWorkspaceNetworkProps {
  /** As templates name it (`NetworkSource.existing`). @default 'coder-network' */
  readonly name?: string;
  /**
   * No way out but to Coder and the gateway: repositories and packages must then be reached through something that is
   * attached to it as well.
   *
   * @default false
   */
  readonly internal?: boolean;
}

/** The network that workspaces, Coder and the gateway's data port share. */
export class WorkspaceFacingNetwork {
  /** Made here. */
  static own(props: OwnWorkspaceNetworkProps = {}): WorkspaceFacingNetwork {
    return made(
      new WorkspaceFacingNetwork(props?.name ?? 'coder-network', true, props?.internal ?? false),
      'WorkspaceFacingNetwork',
      'own',
      props,
    );
  }

  /** One that is there, by its name: that of a Coder the site runs already. */
  static existing(name: string): WorkspaceFacingNetwork {
    return made(new WorkspaceFacingNetwork(name, false, false), 'WorkspaceFacingNetwork', 'existing', name);
  }

  private constructor(
    readonly name: string,
    readonly isOwn: boolean,
    readonly isInternal: boolean,
  ) {}
}

export interface PlatformNetworksProps {
  /** Begins the names of the inner networks. */
  readonly name: string;
  readonly workspaces: WorkspaceFacingNetwork;
  /** Whether Coder and the engine's filter need a network of their own. */
  readonly engine: boolean;
}

/** A network a service is attached to, and the names it has there beside its own. */
export interface Attachment {
  /** Text for an attribute. */
  readonly network: string;
  /** @default - none */
  readonly aliases?: readonly string[];
}

/** A network of the platform's making. */
export interface MadeNetwork {
  /** Terraform's name of it. */
  readonly resource: string;
  readonly name: string;
  /** Variable that states its range of addresses; empty: the engine chooses. */
  readonly subnetVariable: string;
}

interface NetworkWords {
  readonly name: string;
  readonly internal: boolean;
  readonly owner: string;
}

const RULES: readonly Rule<PlatformNetworksProps>[] = [
  {
    prop: 'workspaceNetwork',
    holds: ({ workspaces }) => /^[a-zA-Z0-9][\w.-]{0,62}$/.test(workspaces.name),
    message: ({ workspaces }) =>
      `must be the name of a Docker network, got "${workspaces.name.slice(0, 80)}": use letters, digits, "_", "." and "-"`,
  },
  {
    prop: 'workspaceNetwork',
    holds: ({ workspaces }) => !['host', 'none', 'bridge'].includes(workspaces.name),
    message: ({ workspaces }) =>
      `must not be Docker's own network "${workspaces.name}": it resolves no names or opens the host; name a network of yours`,
  },
];

/**
 * Who can reach whom. A name in one network means nothing in another, and Docker passes no packet between them.
 */
export class PlatformNetworks extends Construct {
  /** Workspaces, Coder, the gateway's data port. */
  readonly workspaces: string;
  /** Stores and admin listeners. It has no way out. */
  readonly inner: string;
  /** The way out of the services, and the way in from this host. No workspace is on it. */
  readonly edge: string;
  /** Coder and the engine's filter. */
  readonly engine: string | undefined;
  /** As the engine knows them; those made here. */
  readonly made: MadeNetwork[] = [];

  constructor(scope: Construct, id: string, props: PlatformNetworksProps) {
    super(scope, id);
    validateProps(this, undefined, props, RULES);
    const { name, workspaces } = props;
    const network = (id: string, made: string, internal: boolean): string =>
      this.network(id, { name: made, internal, owner: name });
    this.workspaces = workspaces.isOwn
      ? network('workspaces', workspaces.name, workspaces.isInternal)
      : workspaces.name;
    this.inner = network('inner', `${name}-inner`, true);
    this.edge = network('edge', `${name}-edge`, false);
    if (props.engine) this.engine = network('engine', `${name}-engine`, true);
  }

  private network(id: string, { name, internal, owner }: NetworkWords): string {
    const made = new DockerNetwork(this, id, {
      name,
      driver: 'bridge',
      internal,
      labels: labelsOf(owner),
    });
    made.overrideLogicalId(id);
    const subnetVariable = `${id === 'workspaces' ? 'workspace' : id}_network_subnet`;
    this.subnetOf(made, subnetVariable);
    this.made.push({ resource: id, name, subnetVariable });
    return `\${docker_network.${id}.name}`;
  }

  /** An address can be asked for only in a network whose range was asked for: a gateway that drains keeps its own. */
  private subnetOf(network: DockerNetwork, name: string): void {
    new TerraformVariable(this, name, {
      type: 'string',
      nullable: false,
      default: '',
      description: `Range of addresses of the network "${network.nameInput}", such as 172.30.0.0/16. Empty: the engine chooses, and an upgrade cannot take names from a gateway that is still answering.`,
    }).overrideLogicalId(name);
    network.addOverride('dynamic.ipam_config', {
      for_each: `\${compact([var.${name}])}`,
      // Said, not left to the engine: what it answers would be another block than the one that was asked for.
      content: { subnet: '${ipam_config.value}', gateway: '${cidrhost(ipam_config.value, 1)}' },
    });
  }
}
