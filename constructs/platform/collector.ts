import { Construct } from 'constructs';
import { validateProps, type Rule } from '../common/validation';
import { areSignals, isHttpUrl, SIGNALS, signalsMessage } from './gateway-telemetry';
import { PlacedFiles, shipText } from './placed-files';
import type { PlatformContext } from './platform-context';
import { Service } from './service';
import { SERVICE_IMAGES, type ServiceImage } from './service-image';

/**
 * Where the site's Prometheus finds the metrics of all processes at once.
 *
 * @example
 * { port: 9464 }
 */
export interface CollectorPrometheusProps {
  /** Address of this host. @default '127.0.0.1' */
  readonly address?: string;
  /** Port of this host. @default 9464 */
  readonly port?: number;
}

/**
 * An OpenTelemetry collector: the one place where a site plugs in what it has for traces and metrics.
 *
 * @example
 * { endpoint: 'https://otlp.example.com', credentialHeader: 'authorization' }
 */
export interface CollectorProps {
  /** Of the pinned version or newer. @default - the pinned one */
  readonly image?: ServiceImage;
  /** OTLP server of the site's; `/v1/traces` and `/v1/metrics` are put behind it. @default - none: Prometheus alone */
  readonly endpoint?: string;
  /** Header that the endpoint wants, such as `authorization`; its value is the variable `collector_credential`. @default - none */
  readonly credentialHeader?: string;
  /** What the endpoint gets: `traces`, `metrics`. @default - both */
  readonly signals?: readonly ('traces' | 'metrics')[];
  /** @default - not offered */
  readonly prometheus?: CollectorPrometheusProps;
  /** Megabytes, swap included; from four fifths on it takes no more, and the gateway waits. @default 256 */
  readonly memory?: number;
}

export interface CollectorServiceProps {
  readonly platform: PlatformContext;
  readonly collector: CollectorProps;
}

/** Of the official image. */
const USER = '10001:10001';
const FOLDER = '/run/ai-platform';
const CREDENTIAL = 'credential';
const OTLP_PORT = 4318;
const PROMETHEUS_PORT = 9464;

const RULES: readonly Rule<CollectorProps>[] = [
  {
    prop: 'collector.endpoint',
    holds: ({ endpoint, prometheus }) => endpoint !== undefined || prometheus !== undefined,
    message: () => 'or prometheus must be given, got neither: it would have nobody to hand things on to',
  },
  {
    prop: 'collector.endpoint',
    holds: ({ endpoint }) => endpoint === undefined || isHttpUrl(endpoint),
    message: ({ endpoint }) =>
      `must be an address such as "https://otlp.example.com", without user, password and question, got "${String(endpoint).slice(0, 200)}"`,
  },
  {
    prop: 'collector.credentialHeader',
    holds: ({ credentialHeader }) => /^[A-Za-z0-9-]{1,64}$/.test(credentialHeader ?? 'authorization'),
    message: ({ credentialHeader }) =>
      `must be the name of a header such as "authorization", got "${String(credentialHeader).slice(0, 80)}": its value is the variable collector_credential`,
  },
  {
    prop: 'collector.credentialHeader',
    holds: ({ credentialHeader, endpoint = '' }) =>
      credentialHeader === undefined || endpoint.startsWith('https://'),
    message: ({ endpoint }) =>
      `must be left out unless endpoint begins with https://, got "${String(endpoint).slice(0, 200)}": it could be read on the way`,
  },
  {
    prop: 'collector.signals',
    holds: ({ signals, endpoint }) =>
      areSignals(signals) && (signals === undefined || endpoint !== undefined),
    message: ({ signals, endpoint }) =>
      endpoint === undefined
        ? 'must be left out without an endpoint: it says what that gets'
        : signalsMessage(signals),
  },
  {
    prop: 'collector.memory',
    holds: ({ memory = 256 }) => Number.isInteger(memory) && memory >= 64,
    message: ({ memory }) => `must be a whole number of megabytes from 64 on, got ${memory}`,
  },
];

type Signal = (typeof SIGNALS)[number];

/** What it is told to do, by what of the gateway it hands on: `signals` are those that reach it. */
export class CollectorService extends Construct {
  /** For the gateway. */
  readonly url = `http://collector:${OTLP_PORT}`;
  readonly signals: readonly Signal[];
  readonly address: string;

  constructor(scope: Construct, id: string, { platform, collector }: CollectorServiceProps) {
    super(scope, id);
    validateProps(this, undefined, collector, RULES);
    const { prometheus, credentialHeader, memory = 256 } = collector;
    this.signals = SIGNALS.filter((signal) => exportersFor(signal, collector).length > 0);
    const config = this.config(collector);
    const files = new PlacedFiles(this, 'Files', {
      platform,
      service: 'collector',
      owner: USER,
      files: {
        // JSON is YAML.
        'collector.yaml': {
          source: shipText(this, 'collector/collector.yaml', `${JSON.stringify(config, null, 2)}\n`),
        },
        ...(credentialHeader !== undefined && {
          [CREDENTIAL]: { content: this.credential(platform, credentialHeader) },
        }),
      },
    });
    this.address = new Service(this, 'Service', {
      platform,
      name: 'collector',
      image: platform.image('collector', collector.image ?? SERVICE_IMAGES.collector),
      user: USER,
      networks: [
        { network: platform.networks.edge },
        { network: platform.networks.inner, aliases: ['collector'] },
      ],
      // There is nothing in the image but the program: Docker cannot look after it from within.
      command: [`--config=${files.pathOf('collector.yaml')}`],
      files,
      ports:
        prometheus === undefined
          ? []
          : [
              {
                internal: PROMETHEUS_PORT,
                external: prometheus.port ?? PROMETHEUS_PORT,
                address: prometheus.address ?? '127.0.0.1',
              },
            ],
      memory,
      cpus: 0.5,
    }).address;
  }

  private config(collector: CollectorProps): object {
    const { endpoint, credentialHeader, prometheus } = collector;
    const pipelines = Object.fromEntries(
      this.signals.map((signal) => [
        signal,
        {
          receivers: ['otlp'],
          processors: ['memory_limiter', 'batch'],
          exporters: exportersFor(signal, collector),
        },
      ]),
    );
    return {
      receivers: { otlp: { protocols: { http: { endpoint: `0.0.0.0:${OTLP_PORT}` } } } },
      processors: {
        memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 20 },
        batch: { timeout: '5s', send_batch_size: 512, send_batch_max_size: 1_024 },
      },
      exporters: {
        ...(endpoint !== undefined && {
          [SITE]: {
            endpoint,
            compression: 'gzip',
            timeout: '10s',
            ...(credentialHeader !== undefined && {
              headers: { [credentialHeader]: `\${file:${FOLDER}/${CREDENTIAL}}` },
            }),
            // What waits is bounded, and given up after five minutes.
            sending_queue: { enabled: true, queue_size: 1_000 },
            retry_on_failure: {
              enabled: true,
              initial_interval: '1s',
              max_interval: '30s',
              max_elapsed_time: '300s',
            },
          },
        }),
        ...(prometheus !== undefined && {
          prometheus: {
            endpoint: `0.0.0.0:${PROMETHEUS_PORT}`,
            // Names as /metrics has them, which rules and dashboard look for.
            translation_strategy: 'UnderscoreEscapingWithoutSuffixes',
            without_scope_info: true,
            metric_expiration: '5m',
          },
        }),
      },
      service: { telemetry: { metrics: { level: 'none' } }, pipelines },
    };
  }

  /** A collector takes it as it is, but for a dollar, which would begin the name of something. @returns an expression of it */
  private credential({ secrets }: PlatformContext, header: string): string {
    const ref = secrets.variable('collector_credential', {
      description: `Value of the header "${header}" by which the collector is let in at the site's OTLP server.`,
      rules: [{ holds: 'length(trimspace(value)) >= 8', must: 'be given' }],
    });
    return `\${replace(${ref}, "$", "$$")}`;
  }
}

const SITE = 'otlp_http/site';

const exportersFor = (
  signal: Signal,
  { endpoint, signals = SIGNALS, prometheus }: CollectorProps,
): readonly string[] => [
  ...(endpoint !== undefined && signals.includes(signal) ? [SITE] : []),
  ...(prometheus !== undefined && signal === 'metrics' ? ['prometheus'] : []),
];
