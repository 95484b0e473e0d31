import { Construct } from 'constructs';
import { AI_FEATURES } from '../../src/ai-features';
import { literal } from '../../synth/hcl/strings';
import { validateProps, type Rule } from '../common/validation';
import type { CoderServer, OwnCoderProps } from './coder-server';
import { EngineAccess, ENGINE_SOCKET } from './engine-access';
import { PlacedFiles, type PlacedFile } from './placed-files';
import type { PlatformContext } from './platform-context';
import type { Attachment } from './platform-networks';
import type { PostgresServer } from './postgres-server';
import { scratch, Service, type ServiceVolume } from './service';
import { SERVICE_IMAGES } from './service-image';
import type { Tls } from './tls';

export interface CoderServiceProps {
  readonly platform: PlatformContext;
  readonly coder: CoderServer;
  readonly store: PostgresServer;
  readonly tls: Tls;
}

/** Who runs in Coder's image. */
const USER = '1000:1000';
const HTTP_PORT = 7080;
const ENGINE_PORT = 2375;
/** Names of this host, which lead workspaces past Coder's own names in their network. */
const THIS_HOST = ['localhost', '127.0.0.1', 'host.docker.internal'];
/** Where an engine's bridge is unless it was told otherwise: what `host.docker.internal` leads containers to. */
const BRIDGE = '172.17.0.1';

/** Whether it can be a name within a network. */
const isName = (host: string): boolean => host !== 'localhost' && !/^[\d.]+$|[:[]/.test(host);

const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80));
const accessUrlOf = ({ accessUrl }: CoderServer): URL | undefined =>
  URL.canParse(accessUrl) ? new URL(accessUrl) : undefined;
const versionOf = (own: OwnCoderProps): number[] | undefined =>
  /:v?(\d+)\.(\d+)/
    .exec((own.image ?? SERVICE_IMAGES.coder).name)
    ?.slice(1)
    .map(Number);

const isUrl = (text: string, schemes: readonly string[]): boolean =>
  URL.canParse(text) && schemes.includes(new URL(text).protocol);

/** What must hold of the platform's Coder, and of the site's. */
export const CODER_RULES: readonly Rule<{ readonly coder: CoderServer; readonly tls: Tls }>[] = [
  {
    prop: 'coder.accessUrl',
    holds: ({ coder }) => {
      const url = accessUrlOf(coder);
      return (
        url !== undefined &&
        ['http:', 'https:'].includes(url.protocol) &&
        url.pathname === '/' &&
        url.search + url.hash + url.username === ''
      );
    },
    message: ({ coder }) =>
      `must be an address such as "https://coder.example.com", without path, query and user, got "${coder.accessUrl.slice(0, 200)}"`,
  },
  {
    prop: 'coder.accessUrl',
    holds: ({ coder, tls }) =>
      coder.own === undefined || tls.kind === 'front' || accessUrlOf(coder)?.protocol !== 'http:',
    message: ({ coder }) =>
      `must start with https://, got "${coder.accessUrl.slice(0, 200)}": editors in the browser need a secure context; with TLS in front say tls: Tls.inFront()`,
  },
  {
    prop: 'coder.accessUrl',
    holds: ({ coder, tls }) =>
      tls.kind !== 'front' || coder.own === undefined || coder.own.accessUrl !== undefined,
    message: () => 'must be given with TLS in front, got none: it is the address of what stands in front',
  },
  {
    prop: 'coder.wildcardAccessUrl',
    holds: ({ coder: { own } }) =>
      own?.wildcardAccessUrl === undefined || /^\*[\w.-]*\.[\w.-]+(:\d+)?$/.test(own.wildcardAccessUrl),
    message: ({ coder: { own } }) =>
      `must be such as "*.coder.example.com", got "${own?.wildcardAccessUrl?.slice(0, 200)}"`,
  },
  {
    prop: 'coder.image',
    holds: ({ coder: { own } }) => {
      const version = own && versionOf(own);
      const [major = 0, minor = 0] = version ?? [3];
      return major > 2 || (major === 2 && minor >= 36);
    },
    message: ({ coder: { own } }) =>
      `must be Coder 2.36 or newer, got "${own?.image?.name}": what switches its AI off is known from there on`,
  },
  {
    prop: 'coder.signIn.issuerUrl',
    holds: ({ coder: { own } }) =>
      own?.signIn?.oidc === undefined || isUrl(own.signIn.oidc.issuerUrl, ['https:']),
    message: ({ coder: { own } }) =>
      `must start with https://, got "${own?.signIn?.oidc?.issuerUrl.slice(0, 200)}"`,
  },
  {
    prop: 'coder.engine',
    holds: ({ coder: { own } }) =>
      own?.engine?.group === undefined || (Number.isInteger(own.engine.group) && own.engine.group >= 0),
    message: ({ coder: { own } }) =>
      `must have the number of the socket's group, got ${own?.engine?.group}: stat -c %g ${ENGINE_SOCKET}`,
  },
  {
    prop: 'coder.environment',
    holds: ({ coder: { own } }) => aiSwitchesIn(own).length === 0,
    message: ({ coder: { own } }) =>
      `must not switch AI features on again, got ${aiSwitchesIn(own).join(', ')}: src/ai-features.ts says why they are off`,
  },
];

const AI_SWITCHES: Readonly<Record<string, string>> = Object.fromEntries(
  AI_FEATURES.flatMap(({ server = [] }) => server.map(({ variable, value }) => [variable, value])),
);

const aiSwitchesIn = (own: OwnCoderProps | undefined): string[] =>
  Object.keys(own?.environment ?? {}).filter(
    (name) => name in AI_SWITCHES || /^CODER_(AIBRIDGE|AI_GATEWAY|ENABLE_AI)_?/.test(name),
  );

/** Coder's server, and what stands between it and the engine. */
export class CoderService extends Construct {
  constructor(scope: Construct, id: string, props: CoderServiceProps & { readonly own: OwnCoderProps }) {
    super(scope, id);
    const { platform, coder, own, store, tls } = props;
    const url = accessUrlOf(coder) ?? new URL('https://coder.invalid');
    const isTls = tls.kind !== 'front';
    const port = isTls ? portOf(url) : HTTP_PORT;
    const engine = own.engine ?? EngineAccess.filtered();

    const secrets: Record<string, string> = {
      CODER_PG_CONNECTION_URL: store.urlOf('coder'),
      ...mapValues(own.signIn?.secretsFrom(platform.secrets) ?? {}, (ref) => `\${${ref}}`),
    };
    const files = new PlacedFiles(this, 'Files', {
      platform,
      service: 'coder',
      owner: USER,
      files: {
        // Coder takes these from its environment alone.
        'with-secrets.sh': { script: 'with-secrets.sh' },
        ...mapValues(secrets, (content): PlacedFile => ({ content })),
        ...tls.placed(this, 'coder'),
        ...(isTls && tls.placedAuthority(this)),
      },
    });
    // The name people know leads there as well, where the port is the same; so no packet takes the way by the host.
    const aliases = ['coder', ...(isTls && !THIS_HOST.includes(url.hostname) ? [url.hostname] : [])].filter(
      isName,
    );
    const inner = ['coder', ...(isTls ? [url.hostname] : [])].filter(isName);
    const addresses =
      own.addresses ?? (isTls && THIS_HOST.includes(url.hostname) ? ['127.0.0.1', BRIDGE] : ['127.0.0.1']);

    new Service(this, 'Server', {
      platform,
      name: 'coder',
      image: platform.image('coder', own.image ?? SERVICE_IMAGES.coder),
      user: USER,
      groups: engine.group === undefined ? undefined : [String(engine.group)],
      entrypoint: ['sh', files.pathOf('with-secrets.sh')],
      command: ['/opt/coder', 'server'],
      networks: [
        { network: platform.networks.workspaces, aliases },
        { network: platform.networks.inner, aliases: [...new Set(inner)] },
        { network: platform.networks.edge },
        ...(platform.networks.engine === undefined ? [] : [{ network: platform.networks.engine }]),
      ],
      environment: {
        CODER_ACCESS_URL: literal(coder.accessUrl),
        // The health check asks there; from outside only where TLS stands in front.
        CODER_HTTP_ADDRESS: `${isTls ? '127.0.0.1' : '0.0.0.0'}:${HTTP_PORT}`,
        ...(isTls && {
          CODER_TLS_ENABLE: 'true',
          CODER_TLS_ADDRESS: `0.0.0.0:${port}`,
          CODER_TLS_CERT_FILE: tls.pathOf('certificate.pem', files.path),
          CODER_TLS_KEY_FILE: tls.pathOf('key.pem', files.path),
          CODER_TLS_MIN_VERSION: 'tls12',
          // Besides the public ones: Coder looks at itself by its access URL.
          SSL_CERT_DIR: tls.folderOf(files.path),
        }),
        CODER_SECURE_AUTH_COOKIE: String(url.protocol === 'https:'),
        CODER_TELEMETRY_ENABLE: 'false',
        CODER_PROMETHEUS_ENABLE: 'false',
        CODER_PPROF_ENABLE: 'false',
        CODER_UPDATE_CHECK: 'false',
        ...(own.wildcardAccessUrl !== undefined && {
          CODER_WILDCARD_ACCESS_URL: literal(own.wildcardAccessUrl),
        }),
        ...(engine.kind === 'filtered' && { DOCKER_HOST: `tcp://engine:${ENGINE_PORT}` }),
        ...mapValues(own.signIn?.environment ?? {}, literal),
        ...mapValues(own.environment ?? {}, literal),
        ...AI_SWITCHES,
      },
      // Provisioners write where the image has them write; nobody could show here that a root that is read-only will do.
      readOnly: false,
      volumes: [
        // Downloaded providers and the like: of use after a restart, of no value.
        { volume: platform.nameOf('coder-home'), path: '/home/coder' },
        ...tls.volumes,
        ...(engine.kind === 'socket' ? [SOCKET] : []),
      ],
      files,
      ports: addresses.map((address) => ({ internal: port, external: port, address })),
      health: {
        test: ['CMD', 'wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${HTTP_PORT}/healthz`],
        startPeriod: '1m0s',
      },
      memory: own.memory ?? 2048,
      cpus: own.cpus ?? 2,
      stopSeconds: 60,
      after: [...store.after, ...this.filter(platform, engine)],
    });
  }

  /** @returns the address of the engine's filter, when there is one */
  private filter(platform: PlatformContext, engine: EngineAccess): string[] {
    const { engine: network } = platform.networks;
    if (engine.image === undefined || network === undefined) return [];
    const attachment: Attachment = { network, aliases: ['engine'] };
    const filter = new Service(this, 'EngineFilter', {
      platform,
      name: 'engine_filter',
      image: platform.image('engine_filter', engine.image),
      networks: [attachment],
      environment: {
        // What the docker provider asks for: images, containers with their files, networks, volumes, the engine's version.
        CONTAINERS: '1',
        IMAGES: '1',
        NETWORKS: '1',
        VOLUMES: '1',
        INFO: '1',
        POST: '1',
        // A shell in a running container is no business of a template's.
        EXEC: '0',
        LOG_LEVEL: 'warning',
      },
      tmpfs: { '/run': scratch('1m'), '/tmp': scratch('1m') },
      volumes: [SOCKET],
      health: {
        test: ['CMD', 'wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${ENGINE_PORT}/version`],
      },
      memory: 128,
      cpus: 0.5,
    });
    return [filter.address];
  }
}

const SOCKET: ServiceVolume = { volume: ENGINE_SOCKET, path: ENGINE_SOCKET };

const mapValues = <Given, Made>(
  record: Readonly<Record<string, Given>>,
  make: (value: Given) => Made,
): Record<string, Made> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value)]));

/** Checks what is said of Coder, the site's included. */
export const checkCoder = (
  scope: Construct,
  props: { readonly coder: CoderServer; readonly tls: Tls },
): void => validateProps(scope, undefined, props, CODER_RULES);
