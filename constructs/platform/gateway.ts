import { Construct } from 'constructs';
import type { Catalog } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { GATEWAY_ADMIN_NAME, GATEWAY_NAMES, GATEWAY_PORT } from '../../src/gateway-names';
import type { Policy } from '../../src/policy';
import { literal } from '../../synth/hcl/strings';
import { validateProps, type Rule } from '../common/validation';
import {
  checkDashboardSignIn,
  dashboardSignInSecrets,
  dashboardSignInSettings,
  type DashboardSignInProps,
} from './dashboard-sign-in';
import {
  checkGatewayAlerts,
  gatewayAlertFiles,
  gatewayAlertSecrets,
  gatewayAlertSettings,
  type GatewayAlertsProps,
} from './gateway-alerts';
import { GATEWAY_PROGRAMS, GATEWAY_USER, LINGER_SECONDS } from './gateway-programs';
import {
  checkGatewayTelemetry,
  exportersOf,
  gatewayTelemetrySecrets,
  gatewayTelemetrySettings,
  type GatewayTelemetryProps,
} from './gateway-telemetry';
import { shipText, PlacedFiles, type PlacedFile } from './placed-files';
import type { PlatformContext } from './platform-context';
import type { PostgresServer } from './postgres-server';
import { ProviderAccess } from './provider-access';
import { longSecret } from './secret-variable';
import { scratch, Service, type ServiceLimits } from './service';
import type { ServiceImage } from './service-image';
import type { Tls } from './tls';

/**
 * @example
 * { replicas: 3, providers: [ProviderAccess.anthropic(), ProviderAccess.bedrock('eu-central-1')] }
 */
export interface GatewayProps extends ServiceLimits {
  /** Processes that share one store, behind the same names. @default 1 */
  readonly replicas?: number;
  /** What `contractor-workspace gateway-image` builds. @default - `contractor-workspace-gateway:1` */
  readonly image?: ServiceImage;
  /** Providers it may ask; the catalog says for which models. @default - Anthropic, and Bedrock where its keys are given */
  readonly providers?: readonly ProviderAccess[];
  /** Address of this host for the admin port. Administrators' keys open everything. @default '127.0.0.1' */
  readonly adminAddress?: string;
  /** Port of this host for the admin port. @default 4001 */
  readonly adminPort?: number;
  /** Address of this host for the data port, for callers that are no workspaces. @default - not published */
  readonly dataAddress?: string;
  /** Port of this host for the data port. @default 4000 */
  readonly dataPort?: number;
  /** By an OpenID Connect provider, beside administrators' keys. @default - by keys alone */
  readonly signIn?: DashboardSignInProps;
  /** Where administrators are told of what is wrong. @default - nowhere */
  readonly alerts?: GatewayAlertsProps;
  /** Traces and metrics to what the site has itself. @default - none */
  readonly telemetry?: GatewayTelemetryProps;
  /** Further settings of the gateway by their variables. No secret: they show in `docker inspect`. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds that calls under way get when a process is replaced. @default 300 */
  readonly shutdownSeconds?: number;
  /**
   * Megabytes of each process, swap included: some 60 at rest, 128 for bodies under way, and what the garbage collector
   * and the worst bodies take.
   *
   * @default 1024
   */
  readonly memory?: number;
  /** @default 2 */
  readonly cpus?: number;
}

export interface GatewaysProps {
  readonly platform: PlatformContext;
  readonly gateway: GatewayProps;
  readonly catalog: Catalog;
  readonly policy: Policy;
  readonly store: PostgresServer;
  readonly tls: Tls;
  /** Coder's address, as text. */
  readonly coderUrl: string;
  /** By which people sign in to it. @default - none, or it is the site's */
  readonly coderIssuerUrl?: string;
  /** Langfuse's address and the public key for it. @default - no traces */
  readonly traces?: {
    readonly url: string;
    /** Plain references. */
    readonly publicKey: string;
    readonly secretKey: string;
  };
  /** The platform's collector: traces and metrics go to it by OTLP. @default - none */
  readonly collector?: {
    readonly url: string;
    readonly signals: readonly string[];
    /** Of its container. */
    readonly address: string;
  };
  /** Plain reference to the token that opens its metrics. @default - an admin key alone opens them */
  readonly metricsToken?: string;
}

const DATA_PORT = GATEWAY_PORT;
const ADMIN_PORT = 4001;
const DOCUMENT_FOLDER = '/run/gateway-document';
const TLS_FOLDER = '/run/gateway-tls';

const RULES: readonly Rule<GatewayProps>[] = [
  {
    prop: 'gateway.replicas',
    holds: ({ replicas = 1 }) => Number.isInteger(replicas) && replicas >= 1 && replicas <= 32,
    message: ({ replicas }) =>
      `must be a whole number from 1 to 32, got ${replicas}: each takes ten connections of the store`,
  },
  {
    prop: 'gateway.shutdownSeconds',
    holds: ({ shutdownSeconds = 300 }) =>
      Number.isInteger(shutdownSeconds) && shutdownSeconds >= 1 && shutdownSeconds <= 3600,
    message: ({ shutdownSeconds }) => `must be a whole number from 1 to 3600, got ${shutdownSeconds}`,
  },
  {
    prop: 'gateway.environment',
    holds: (props) => taken(props).length === 0,
    message: (props) =>
      `must leave to the platform what it says itself, got ${taken(props).join(', ').slice(0, 500)}: take it out`,
  },
  {
    prop: 'gateway.providers',
    holds: ({ providers }) => providers === undefined || providers.length > 0,
    message: () =>
      'must name one provider at least, got none: leave it out for Anthropic, or name ProviderAccess.bedrock("us-east-1")',
  },
];

/** What the stack says itself, so that both ends agree. */
const OURS =
  /^(GATEWAY_(ADMIN_)?(HOST|PORT)|GATEWAY_(CONFIG|FIRST_DOCUMENT)|GATEWAY_TLS_(CERT|KEY)|GATEWAY_(SHUTDOWN|LINGER)_SECONDS|CODER_URL|LANGFUSE_HOST|NODE_EXTRA_CA_CERTS)$|^GATEWAY_OIDC_|_FILE$/;

/** What props of their own say, where they are given. */
const SAID = [
  ['alerts', /^ALERT_/],
  ['telemetry', /^(LANGFUSE|OTEL_EXPORTER_OTLP|OTEL_(TRACES|METRICS)_EXPORTER)/],
] as const;

const taken = ({ environment = {}, ...props }: GatewayProps): string[] =>
  Object.keys(environment).filter(
    (name) =>
      OURS.test(name) ||
      !/^[A-Z][A-Z0-9_]*$/.test(name) ||
      SAID.some(([prop, names]) => props[prop] !== undefined && names.test(name)),
  );

/** How the policy names these gateways: `http:`, `https:`, or both. */
const schemesIn = ({ gateways }: Policy): string[] => [
  ...new Set(
    gateways
      .filter((url) => URL.canParse(url))
      .map((url) => new URL(url))
      .filter(({ hostname }) => (GATEWAY_NAMES as readonly string[]).includes(hostname))
      .map(({ protocol }) => protocol),
  ),
];

/** Whether the policy sends workspaces to these gateways by TLS. */
const speaksTls = (policy: Policy): boolean => schemesIn(policy).includes('https:');

const POLICY_RULES: readonly Rule<Policy>[] = [
  {
    prop: 'policy.gateways',
    holds: (policy) => schemesIn(policy).length < 2,
    message: ({ gateways }) =>
      `must name this gateway by https:// or by http:// alone, got ${gateways.join(', ').slice(0, 500)}: one port speaks one of them`,
  },
];

/** The gateway's processes, their document, and the door by which this host reaches them. */
export class Gateways extends Construct {
  readonly scheme: 'http' | 'https';
  /** Host and port of each process's admin listener, in the inner network. */
  readonly targets: readonly string[];
  /** Addresses of the processes. */
  readonly processes: readonly string[];

  constructor(scope: Construct, id: string, props: GatewaysProps) {
    super(scope, id);
    validateProps(this, undefined, props.gateway, RULES);
    const { platform, gateway, tls, store } = props;
    const { networks } = platform;
    validateProps(this, undefined, props.policy, POLICY_RULES);
    const signIn = { signIn: gateway.signIn, coderIssuerUrl: props.coderIssuerUrl };
    checkDashboardSignIn(this, signIn);
    checkGatewayAlerts(this, gateway.alerts);
    checkGatewayTelemetry(this, gateway.telemetry, {
      hasLangfuse: props.traces !== undefined,
      hasCollector: props.collector !== undefined,
    });
    const isTls = speaksTls(props.policy);
    const trusts = isTls || tls.kind !== 'front';
    this.scheme = isTls ? 'https' : 'http';
    const shutdownSeconds = gateway.shutdownSeconds ?? 300;

    const secrets = this.secrets(props);
    const files = new PlacedFiles(this, 'Files', {
      platform,
      service: 'gateway',
      owner: GATEWAY_USER,
      files: { ...secrets, ...(trusts && tls.placedAuthority(this)) },
    });
    const certificate = isTls && tls.kind !== 'volume' ? this.certificate(props) : undefined;
    const tlsFolder = tls.folderOf(TLS_FOLDER);
    const document = this.document(props);
    const settings = Object.fromEntries(
      providersOf(gateway).flatMap((provider) => Object.entries(provider.settingsFrom(platform.secrets))),
    );
    const processes: string[] = [];
    const targets: string[] = [];
    for (let number = 1; number <= (gateway.replicas ?? 1); number += 1) {
      // The name is one of the inner network alone: the admin listener is bound to what it leads to.
      const own = `${GATEWAY_ADMIN_NAME}-${number}`;
      const process = new Service(this, `Process-${number}`, {
        platform,
        name: `gateway_${number}`,
        image: platform.gatewayImage,
        user: GATEWAY_USER,
        command: ['gateway'],
        networks: [
          { network: networks.workspaces, aliases: GATEWAY_NAMES },
          { network: networks.inner, aliases: [GATEWAY_ADMIN_NAME, own] },
          { network: networks.edge },
        ],
        environment: {
          ...settings,
          ...literals(dashboardSignInSettings(signIn)),
          ...literals(gatewayAlertSettings(gateway.alerts)),
          ...literals(gatewayTelemetrySettings(gateway.telemetry)),
          ...literals(gateway.environment ?? {}),
          ...Object.fromEntries(Object.keys(secrets).map((name) => [`${name}_FILE`, files.pathOf(name)])),
          GATEWAY_HOST: '0.0.0.0',
          GATEWAY_PORT: String(DATA_PORT),
          GATEWAY_ADMIN_HOST: own,
          GATEWAY_ADMIN_PORT: String(ADMIN_PORT),
          // Of an empty store alone: what holds from then on is what is published.
          GATEWAY_FIRST_DOCUMENT: `${DOCUMENT_FOLDER}/config.json`,
          GATEWAY_SHUTDOWN_SECONDS: String(shutdownSeconds),
          GATEWAY_LINGER_SECONDS: String(LINGER_SECONDS),
          CODER_URL: literal(props.coderUrl),
          // So that its own commands, run in it, find it.
          GATEWAY_ADMIN_URL: `${this.scheme}://${isTls ? GATEWAY_ADMIN_NAME : own}:${ADMIN_PORT}`,
          GATEWAY_ADMIN_KEY_FILE: files.pathOf('GATEWAY_MASTER_KEY'),
          ...(isTls && {
            GATEWAY_TLS_CERT: `${tlsFolder}/certificate.pem`,
            GATEWAY_TLS_KEY: `${tlsFolder}/key.pem`,
          }),
          ...(trusts && {
            NODE_EXTRA_CA_CERTS: tls.pathOf('authority.pem', files.path),
          }),
          ...(props.traces && { LANGFUSE_HOST: props.traces.url }),
          ...(props.collector && {
            OTEL_EXPORTER_OTLP_ENDPOINT: props.collector.url,
            ...exportersOf(props.collector.signals),
          }),
        },
        tmpfs: { '/tmp': scratch('64m', GATEWAY_USER) },
        volumes: [
          { volume: document.volume, path: DOCUMENT_FOLDER, readOnly: true },
          ...(certificate ? [{ volume: certificate.volume, path: TLS_FOLDER, readOnly: true }] : []),
          ...tls.volumes,
        ],
        files,
        health: { test: ['CMD', 'node', GATEWAY_PROGRAMS.healthCheck] },
        memory: gateway.memory ?? 1024,
        cpus: gateway.cpus ?? 2,
        stopSeconds: LINGER_SECONDS + shutdownSeconds + 15,
        after: [
          ...store.after,
          document.address,
          ...(certificate ? [certificate.address] : []),
          ...(props.collector ? [props.collector.address] : []),
        ],
      });
      processes.push(process.address);
      targets.push(`${own}:${ADMIN_PORT}`);
    }
    this.processes = processes;
    this.targets = targets;
    this.door(props, processes);
  }

  /** What it holds for others, by the variable it reads each from. */
  private secrets({
    platform,
    gateway,
    store,
    traces,
    metricsToken,
  }: GatewaysProps): Record<string, PlacedFile> {
    const variables: Record<string, string> = {
      GATEWAY_MASTER_KEY: platform.secrets.variable('gateway_master_key', {
        description: 'The gateway administrator\'s key: "sk-" and at least 32 characters.',
        rules: [
          longSecret('echo sk-$(openssl rand -hex 32)'),
          { holds: 'startswith(value, "sk-")', must: 'start with "sk-"' },
        ],
      }),
      WORKSPACE_CLAIM_SECRET: platform.secrets.variable('workspace_claim_secret', {
        description: 'Shared with the template: its variable of the same name, at least 32 characters.',
        rules: [longSecret()],
      }),
      ...formerSecrets(platform),
      // Coder has to run before anybody can make one.
      CODER_TOKEN: platform.secrets.variable('coder_token', {
        description:
          'Coder token for liveness, with the scopes workspace:read, template:read and user:read. Empty: nobody is looked after.',
        rules: [],
        optional: true,
      }),
    };
    for (const provider of providersOf(gateway))
      Object.assign(variables, provider.secretsFrom(platform.secrets));
    Object.assign(
      variables,
      dashboardSignInSecrets(gateway.signIn, platform.secrets),
      gatewayAlertSecrets(gateway.alerts, platform.secrets),
      gatewayTelemetrySecrets(gateway.telemetry, platform.secrets),
    );
    if (traces !== undefined)
      Object.assign(variables, {
        LANGFUSE_SECRET_KEY: traces.secretKey,
        LANGFUSE_PUBLIC_KEY: traces.publicKey,
      });
    if (metricsToken !== undefined) variables['GATEWAY_METRICS_TOKEN'] = metricsToken;
    return {
      DATABASE_URL: { content: store.urlOf('gateway') },
      DATABASE_URL_PREVIOUS: { content: store.otherUrlOf('gateway') },
      ...Object.fromEntries(
        Object.entries(gatewayAlertFiles(gateway.alerts)).map(([name, text]): [string, PlacedFile] => [
          name,
          { content: literal(text) },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(variables).map(([name, ref]): [string, PlacedFile] => [
          name,
          { content: `\${${ref}}` },
        ]),
      ),
    };
  }

  /** What an empty store begins with. In a volume of its own: a change of it restarts no gateway. */
  private document({ platform, catalog, policy }: GatewaysProps): PlacedFiles {
    const text = `${JSON.stringify(renderGatewayDocument(catalog, policy), null, 2)}\n`;
    return new PlacedFiles(this, 'Document', {
      platform,
      service: 'gateway_document',
      owner: GATEWAY_USER,
      path: DOCUMENT_FOLDER,
      files: { 'config.json': { source: shipText(this, 'gateway/config.json', text) } },
    });
  }

  /** Certificate and key in a volume that the processes look at: a renewed one needs no restart. */
  private certificate({ platform, tls }: GatewaysProps): PlacedFiles {
    return new PlacedFiles(this, 'Certificate', {
      platform,
      service: 'gateway_tls',
      owner: GATEWAY_USER,
      path: TLS_FOLDER,
      files: tls.placed(this, 'gateway'),
    });
  }

  /**
   * Docker publishes a port to one of a container's networks, which one it decides itself; the admin listener is bound to
   * the inner one, which has no way in. So a container of its own stands between.
   */
  private door({ platform, gateway }: GatewaysProps, processes: readonly string[]): void {
    const admin = { internal: ADMIN_PORT, external: gateway.adminPort ?? ADMIN_PORT };
    const data = { internal: DATA_PORT, external: gateway.dataPort ?? DATA_PORT };
    new Service(this, 'Door', {
      platform,
      name: 'gateway_door',
      image: platform.gatewayImage,
      user: GATEWAY_USER,
      entrypoint: ['node', GATEWAY_PROGRAMS.forward],
      command: [
        `${ADMIN_PORT}=${GATEWAY_ADMIN_NAME}:${ADMIN_PORT}`,
        ...(gateway.dataAddress === undefined ? [] : [`${DATA_PORT}=${GATEWAY_NAMES[0]}:${DATA_PORT}`]),
      ],
      networks: [{ network: platform.networks.edge }, { network: platform.networks.inner }],
      ports: [
        { ...admin, address: gateway.adminAddress ?? '127.0.0.1' },
        ...(gateway.dataAddress === undefined ? [] : [{ ...data, address: gateway.dataAddress }]),
      ],
      // The image's own check is for a gateway.
      health: {
        test: ['CMD', 'node', GATEWAY_PROGRAMS.healthCheck, `${this.scheme}://127.0.0.1:${ADMIN_PORT}`],
      },
      // It is well once one of them is.
      after: processes,
      memory: 128,
      cpus: 0.5,
    });
  }
}

/** What stands beside a secret while it is changed ("secrets rotate"); empty at all other times. */
function formerSecrets({ secrets }: PlatformContext): Record<string, string> {
  const beside = (name: string, description: string): string =>
    secrets.variable(name, { description, rules: [longSecret()], optional: true });
  return {
    GATEWAY_MASTER_KEY_PREVIOUS: beside(
      'gateway_master_key_previous',
      "The former administrator's key while it is changed, accepted too.",
    ),
    GATEWAY_KEY_SECRET: beside(
      'gateway_key_secret',
      "Secret that workspace keys are derived from. Empty: derived from the administrator's key.",
    ),
    GATEWAY_KEY_SECRET_PREVIOUS: beside(
      'gateway_key_secret_previous',
      'The former one, or the one that is to come, while it is changed.',
    ),
    WORKSPACE_CLAIM_SECRET_PREVIOUS: beside(
      'workspace_claim_secret_previous',
      'The former secret of the template while it is changed, accepted too.',
    ),
  };
}

const providersOf = ({
  providers = [ProviderAccess.anthropic(), ProviderAccess.bedrockWhereGiven()],
}: GatewayProps): readonly ProviderAccess[] => providers;

const literals = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, literal(value)]));
