import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Construct } from 'constructs';
import { GATEWAY_ADMIN_NAME } from '../../src/gateway-names';
import { PlacedFiles, shipText, type PlacedFile } from './placed-files';
import type { PlatformContext } from './platform-context';
import { longSecret } from './secret-variable';
import { scratch, Service } from './service';
import { SERVICE_IMAGES, type ServiceImage } from './service-image';
import type { Tls } from './tls';

/**
 * @example
 * { retentionDays: 30, memory: 1024 }
 */
export interface MonitoringProps {
  /** 2.42 or newer. @default - the pinned one */
  readonly prometheusImage?: ServiceImage;
  /** 10 or newer. @default - the pinned one */
  readonly grafanaImage?: ServiceImage;
  /** Where people reach Grafana. @default - `http://localhost` and its port */
  readonly url?: string;
  /** Address of this host for Grafana's port. @default '127.0.0.1' */
  readonly address?: string;
  /** Port of this host for Grafana. @default 3001 */
  readonly port?: number;
  /** Days that Prometheus keeps figures for. @default 30 */
  readonly retentionDays?: number;
  /** Megabytes of each of the two, swap included. @default 512 */
  readonly memory?: number;
}

export interface MonitoringServicesProps {
  readonly platform: PlatformContext;
  readonly monitoring: MonitoringProps;
  /** Plain reference to the token that opens the gateway's metrics. */
  readonly token: string;
  readonly gateway: {
    readonly scheme: 'http' | 'https';
    /** Host and port of each process. */
    readonly targets: readonly string[];
  };
  readonly tls: Tls;
  /** Addresses of resources that must be there before. */
  readonly after: readonly string[];
}

/** Of the official images. */
const PROMETHEUS_USER = '65534:65534';
const GRAFANA_USER = '472:0';

const SOURCES = join(__dirname, '..', '..', 'observability');
const RULES = 'ai-gateway.rules.yml';
const DASHBOARD = 'ai-gateway.dashboard.json';
const PROVISIONING = '/run/grafana-provisioning';

/** The token that the gateway's processes and Prometheus share. */
export const metricsToken = (platform: PlatformContext): string =>
  platform.secrets.variable('gateway_metrics_token', {
    description: "Opens the gateway's metrics to Prometheus, and nothing else: at least 32 characters.",
    rules: [longSecret()],
  });

/** Prometheus with the alert rules, and Grafana with the dashboard; all but Grafana's page on the inner network alone. */
export class MonitoringServices extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringServicesProps) {
    super(scope, id);
    this.grafana(props, this.prometheus(props));
  }

  /** @returns its address */
  private prometheus({ platform, monitoring, token, gateway, tls, after }: MonitoringServicesProps): string {
    const isTls = gateway.scheme === 'https';
    const folder = '/run/ai-platform';
    const config = {
      global: { scrape_interval: '15s', evaluation_interval: '15s' },
      rule_files: [`${folder}/${RULES}`],
      scrape_configs: [
        {
          job_name: 'ai-gateway',
          scheme: gateway.scheme,
          authorization: { credentials_file: `${folder}/metrics-token` },
          ...(isTls && {
            // Each process is reached by a name of its own, which its certificate need not have.
            tls_config: { ca_file: tls.pathOf('authority.pem', folder), server_name: GATEWAY_ADMIN_NAME },
          }),
          static_configs: [{ targets: gateway.targets }],
        },
      ],
    };
    const files = this.files(platform, 'prometheus', PROMETHEUS_USER, {
      'metrics-token': { content: `\${${token}}` },
      // JSON is YAML.
      'prometheus.yml': this.shipped('prometheus.yml', `${JSON.stringify(config, null, 2)}\n`),
      [RULES]: this.shipped(RULES, readFileSync(join(SOURCES, RULES), 'utf8')),
      ...(isTls && tls.placedAuthority(this)),
    });
    return new Service(this, 'Prometheus', {
      platform,
      name: 'prometheus',
      image: platform.image('prometheus', monitoring.prometheusImage ?? SERVICE_IMAGES.prometheus),
      user: PROMETHEUS_USER,
      networks: [{ network: platform.networks.inner, aliases: ['prometheus'] }],
      entrypoint: ['prometheus'],
      command: [
        `--config.file=${files.pathOf('prometheus.yml')}`,
        '--storage.tsdb.path=/prometheus',
        `--storage.tsdb.retention.time=${monitoring.retentionDays ?? 30}d`,
        '--web.listen-address=0.0.0.0:9090',
      ],
      volumes: [
        { volume: platform.nameOf('prometheus-data'), path: '/prometheus' },
        ...(isTls ? tls.volumes : []),
      ],
      files,
      health: { test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:9090/-/ready'] },
      memory: monitoring.memory ?? 512,
      cpus: 0.5,
      stopSeconds: 60,
      after,
    }).address;
  }

  private grafana({ platform, monitoring }: MonitoringServicesProps, prometheus: string): void {
    const password = platform.secrets.variable('grafana_password', {
      description: 'Password of Grafana\'s user "admin", at least 32 characters.',
      rules: [longSecret()],
    });
    const port = monitoring.port ?? 3001;
    const files = this.files(platform, 'grafana', GRAFANA_USER, {
      'admin-password': { content: `\${${password}}` },
    });
    const sources = this.files(
      platform,
      'grafana_sources',
      GRAFANA_USER,
      { 'prometheus.yaml': this.shipped('data-source.yaml', `${JSON.stringify(DATA_SOURCE, null, 2)}\n`) },
      `${PROVISIONING}/datasources`,
    );
    const boards = this.files(
      platform,
      'grafana_dashboards',
      GRAFANA_USER,
      {
        'folder.yaml': this.shipped('dashboards.yaml', `${JSON.stringify(FOLDER, null, 2)}\n`),
        [DASHBOARD]: this.shipped(DASHBOARD, readFileSync(join(SOURCES, DASHBOARD), 'utf8')),
      },
      `${PROVISIONING}/dashboards`,
    );
    new Service(this, 'Grafana', {
      platform,
      name: 'grafana',
      image: platform.image('grafana', monitoring.grafanaImage ?? SERVICE_IMAGES.grafana),
      user: GRAFANA_USER,
      networks: [
        { network: platform.networks.edge },
        { network: platform.networks.inner, aliases: ['grafana'] },
      ],
      environment: {
        GF_SERVER_ROOT_URL: monitoring.url ?? `http://localhost:${port}`,
        GF_SECURITY_ADMIN_PASSWORD__FILE: files.pathOf('admin-password'),
        GF_PATHS_PROVISIONING: PROVISIONING,
        GF_USERS_ALLOW_SIGN_UP: 'false',
        GF_ANALYTICS_REPORTING_ENABLED: 'false',
        GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
        GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
        GF_LOG_MODE: 'console',
      },
      tmpfs: { '/tmp': scratch('64m', GRAFANA_USER) },
      volumes: [
        { volume: platform.nameOf('grafana-data'), path: '/var/lib/grafana' },
        { volume: sources.volume, path: sources.path, readOnly: true },
        { volume: boards.volume, path: boards.path, readOnly: true },
      ],
      files,
      replacedBy: [files, sources, boards].map(({ address }) => address),
      ports: [{ internal: 3000, external: port, address: monitoring.address ?? '127.0.0.1' }],
      health: { test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:3000/api/health'] },
      memory: monitoring.memory ?? 512,
      cpus: 0.5,
      after: [prometheus, sources.address, boards.address],
    });
  }

  private files(
    platform: PlatformContext,
    service: string,
    owner: string,
    files: Readonly<Record<string, PlacedFile>>,
    path?: string,
  ): PlacedFiles {
    return new PlacedFiles(this, `Files-${service}`, {
      platform,
      service,
      owner,
      files,
      ...(path !== undefined && { path }),
    });
  }

  private shipped(name: string, text: string): PlacedFile {
    return { source: shipText(this, `monitoring/${name}`, text) };
  }
}

const DATA_SOURCE = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Prometheus',
      uid: 'prometheus',
      type: 'prometheus',
      access: 'proxy',
      url: 'http://prometheus:9090',
      isDefault: true,
      jsonData: { timeInterval: '15s' },
    },
  ],
};

const FOLDER = {
  apiVersion: 1,
  providers: [
    {
      name: 'AI gateway',
      type: 'file',
      allowUiUpdates: false,
      options: { path: `${PROVISIONING}/dashboards` },
    },
  ],
};
