import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { GATEWAY_NAMES, GATEWAY_PORT } from '../../src/gateway-names';
import type { Policy } from '../../src/policy';
import { placeIn } from '../../synth/hcl/layout';
import { checkTypes, validateProps, withAllFaults, type Rule } from '../common/validation';
import { CoderServer } from './coder-server';
import { checkCoder, CoderService } from './coder-service';
import { CollectorService, type CollectorProps } from './collector';
import { Database } from './database';
import { Gateways, type GatewayProps } from './gateway';
import { LangfuseServices, type LangfuseProps } from './langfuse';
import { metricsToken, MonitoringServices, type MonitoringProps } from './monitoring';
import { PlatformContext } from './platform-context';
import { PlatformNetworks, WorkspaceFacingNetwork } from './platform-networks';
import type { PlatformOutline } from './platform-outline';
import { PostgresServer } from './postgres-server';
import { SERVICE_IMAGES } from './service-image';
import { Tls } from './tls';

/**
 * @example
 * new AiPlatform(this, 'Platform', { catalog, policy, gateway: { replicas: 3 }, monitoring: {} });
 */
export interface AiPlatformProps {
  readonly catalog: Catalog;
  readonly policy: Policy;
  /** Begins the name of every container, volume and inner network. @default 'ai-platform' */
  readonly name?: string;
  /** @default - a Postgres of its own */
  readonly database?: Database;
  /** @default - a Coder of its own, at https://host.docker.internal:7443 */
  readonly coder?: CoderServer;
  /** @default - one process that asks Anthropic */
  readonly gateway?: GatewayProps;
  /** @default - files named by variables; with the site's Coder, the gateway's alone */
  readonly tls?: Tls;
  /** @default - the network "coder-network", made here */
  readonly workspaceNetwork?: WorkspaceFacingNetwork;
  /**
   * Traces, with ClickHouse, Valkey and an object store. Its containers may take 8.2 GB of memory together: ClickHouse 4,
   * web and worker 1.5 each, Valkey and the object store 0.5 each.
   *
   * @default - none
   */
  readonly langfuse?: LangfuseProps;
  /**
   * Prometheus with the alert rules and Grafana with the dashboard; together they may take 1 GB of memory.
   *
   * @default - none
   */
  readonly monitoring?: MonitoringProps;
  /**
   * An OpenTelemetry collector that hands the gateway's traces and metrics on to what the site has, 256 MB of memory.
   *
   * @default - none
   */
  readonly collector?: CollectorProps;
}

const RULES: readonly Rule<{ readonly name: string }>[] = [
  {
    prop: 'name',
    holds: ({ name }) => /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/.test(name),
    message: ({ name }) =>
      `must be 2 to 32 lower-case letters, digits and "-", got "${name.slice(0, 80)}": it begins the names of containers`,
  },
];

/** Postgres, gateway, Coder and, when asked for, Langfuse on one Docker engine. */
export class AiPlatform extends Construct {
  /** What it comes to; there unless a prop was refused. */
  outline: PlatformOutline | undefined;

  constructor(scope: Construct, id: string, props: AiPlatformProps) {
    super(scope, id);
    const title = this.node.path;
    withAllFaults({ title }, () => this.compose(checkTypes(title, 'AiPlatformProps', props)));
  }

  private compose(props: AiPlatformProps): void {
    const {
      catalog,
      policy,
      name = 'ai-platform',
      database = Database.own(),
      coder = CoderServer.own(),
      gateway = {},
      langfuse,
      monitoring,
      collector,
    } = props;
    const tls = props.tls ?? (coder.own === undefined ? Tls.inFront() : Tls.files());
    validateProps(this, undefined, { name }, RULES);
    checkCoder(this, { coder, tls });

    const networks = new PlatformNetworks(this, 'Networks', {
      name,
      workspaces: props.workspaceNetwork ?? WorkspaceFacingNetwork.own(),
      engine: coder.own !== undefined && (coder.own.engine?.kind ?? 'filtered') === 'filtered',
    });
    const platform = new PlatformContext(this, 'Context', {
      name,
      gatewayImage: gateway.image ?? SERVICE_IMAGES.gateway,
      networks,
    });
    const store = new PostgresServer(this, 'Postgres', {
      platform,
      database,
      accounts: [
        'gateway',
        ...(coder.own === undefined ? [] : ['coder']),
        ...(langfuse === undefined ? [] : ['langfuse']),
      ],
    });
    const traces = langfuse && new LangfuseServices(this, 'Langfuse', { platform, langfuse, store });
    const outlet = collector && new CollectorService(this, 'Collector', { platform, collector });
    const token = monitoring && metricsToken(platform);
    const gateways = new Gateways(this, 'Gateway', {
      platform,
      gateway,
      catalog,
      policy,
      store,
      tls,
      coderUrl: coder.accessUrl,
      coderIssuerUrl: coder.own?.signIn?.oidc?.issuerUrl,
      ...(traces && { traces: traces.traces }),
      ...(outlet && { collector: outlet }),
      ...(token !== undefined && { metricsToken: token }),
    });
    const monitors =
      monitoring &&
      token !== undefined &&
      new MonitoringServices(this, 'Monitoring', {
        platform,
        monitoring,
        token,
        gateway: gateways,
        tls,
        after: gateways.processes,
      });
    const server =
      coder.own && new CoderService(this, 'Coder', { platform, coder, own: coder.own, store, tls });
    platform.secrets.requireDifferent();

    const adminAddress = gateway.adminAddress ?? '127.0.0.1';
    const adminPort = gateway.adminPort ?? 4001;
    const addresses: Record<string, readonly [description: string, url: string]> = {
      coder_url: ['Coder.', coder.accessUrl],
      gateway_url: [
        'The gateway, from workspaces.',
        `${gateways.scheme}://${GATEWAY_NAMES[0]}:${GATEWAY_PORT}`,
      ],
      gateway_admin_url: [
        'The gateway, for administrators.',
        `${gateways.scheme}://${adminAddress}:${adminPort}`,
      ],
      ...(langfuse !== undefined && {
        langfuse_url: ['Langfuse.', langfuse.url ?? `http://localhost:${langfuse.port ?? 3000}`],
      }),
      ...(monitoring !== undefined && {
        grafana_url: ['Grafana.', monitoring.url ?? `http://localhost:${monitoring.port ?? 3001}`],
      }),
    };
    const outputs = new Construct(this, 'Outputs');
    for (const [name, [description, value]] of Object.entries(addresses))
      new TerraformOutput(outputs, name, { description, value }).overrideLogicalId(name);
    const workspaces = props.workspaceNetwork ?? WorkspaceFacingNetwork.own();
    this.outline = {
      name,
      services: platform.services,
      networks: networks.made,
      workspaceNetwork: { name: workspaces.name, isOwn: workspaces.isOwn },
      volumes: platform.madeVolumes,
      secrets: platform.secrets.asked,
      coder: {
        accessUrl: coder.accessUrl,
        ...(coder.own?.wildcardAccessUrl !== undefined && { wildcardAccessUrl: coder.own.wildcardAccessUrl }),
        isOwn: coder.own !== undefined,
        speaksTls: coder.own !== undefined && tls.kind !== 'front',
      },
      gateway: {
        scheme: gateways.scheme,
        adminAddress,
        adminPort,
        shutdownSeconds: gateway.shutdownSeconds ?? 300,
      },
      ownsDatabase: database.own !== undefined,
      needsTlsFiles: tls.kind !== 'volume',
      addresses: Object.fromEntries(Object.entries(addresses).map(([key, [, url]]) => [key, url])),
    };

    placeIn(networks, 'networks');
    placeIn(platform, 'images');
    placeIn(platform.secrets, 'secrets');
    placeIn(store, 'postgres');
    placeIn(gateways, 'gateway');
    if (server) placeIn(server, 'coder');
    if (traces) placeIn(traces, 'langfuse');
    if (outlet) placeIn(outlet, 'collector');
    if (monitors) placeIn(monitors, 'monitoring');
  }
}
