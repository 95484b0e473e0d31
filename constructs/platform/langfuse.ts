import { Construct } from 'constructs';
import { PlacedFiles, type PlacedFile } from './placed-files';
import type { PlatformContext } from './platform-context';
import type { PostgresServer } from './postgres-server';
import { longSecret } from './secret-variable';
import { scratch, Service } from './service';
import { SERVICE_IMAGES, type ServiceImage } from './service-image';

/**
 * @example
 * { firstUserEmail: 'langfuse@example.com', clickHouseMemory: 8192 }
 */
export interface LangfuseProps {
  /** @default - the pinned one */
  readonly webImage?: ServiceImage;
  /** Of the same version. @default - the pinned one */
  readonly workerImage?: ServiceImage;
  /** 25.12 or newer. @default - the pinned one */
  readonly clickHouseImage?: ServiceImage;
  /** Speaks the protocol of Redis 7 or newer. @default - the pinned Valkey */
  readonly valkeyImage?: ServiceImage;
  /** @default - the pinned MinIO */
  readonly objectStoreImage?: ServiceImage;
  /** Where people reach it. @default - `http://localhost` and its port */
  readonly url?: string;
  /** Address of this host for its port. @default '127.0.0.1' */
  readonly address?: string;
  /** Port of this host. @default 3000 */
  readonly port?: number;
  /** Address of the first user, who gets the variable `langfuse_user_password`. @default 'admin@example.com' */
  readonly firstUserEmail?: string;
  /** Megabytes of ClickHouse, swap included; it needs 4096 to come up under load. @default 4096 */
  readonly clickHouseMemory?: number;
  /** Megabytes of each of web and worker, swap included. @default 1536 */
  readonly memory?: number;
}

export interface LangfuseServicesProps {
  readonly platform: PlatformContext;
  readonly langfuse: LangfuseProps;
  readonly store: PostgresServer;
}

const BUCKET = 'langfuse';
const OBJECT_STORE_USER = 'langfuse';
const BUCKETS = ['EVENT_UPLOAD', 'MEDIA_UPLOAD', 'BATCH_EXPORT'];

/** Of the official images. */
const CLICK_HOUSE_USER = '101:101';
const VALKEY_USER = '999:999';
const LANGFUSE_USER = '1001:65533';

/** Langfuse 4: web, worker, ClickHouse, Valkey and an object store, all but the web page on the inner network alone. */
export class LangfuseServices extends Construct {
  /** For the gateway: plain references to the keys of the project that is made at the first start. */
  readonly traces: { readonly url: string; readonly publicKey: string; readonly secretKey: string };
  private readonly platform: PlatformContext;

  constructor(scope: Construct, id: string, props: LangfuseServicesProps) {
    super(scope, id);
    const { platform, langfuse, store } = props;
    this.platform = platform;
    const { secrets, networks } = platform;

    const clickHouse = this.clickHouse(langfuse);
    const valkey = this.valkey(langfuse);
    const objects = this.objectStore(langfuse);

    const publicKey = secrets.variable('langfuse_public_key', {
      description: 'Public key of the Langfuse project that the gateway writes to: "pk-lf-" and more.',
      rules: [
        {
          holds: 'startswith(value, "pk-lf-") && length(value) >= 20',
          must: 'start with "pk-lf-" and have at least 20 characters',
        },
      ],
    });
    const secretKey = secrets.variable('langfuse_secret_key', {
      description: 'Secret key of that project: "sk-lf-" and at least 32 characters.',
      rules: [
        longSecret('echo sk-lf-$(openssl rand -hex 32)'),
        { holds: 'startswith(value, "sk-lf-")', must: 'start with "sk-lf-"' },
      ],
    });
    const port = langfuse.port ?? 3000;
    const shared: Record<string, string> = {
      CLICKHOUSE_PASSWORD: clickHouse.password,
      REDIS_AUTH: valkey.password,
      DATABASE_URL: store.urlOf('langfuse'),
      SALT: this.secret('langfuse_salt', 'Salt of the API keys that Langfuse keeps, at least 32 characters.'),
      ENCRYPTION_KEY: `\${${secrets.variable('langfuse_encryption_key', {
        description: 'Key of what Langfuse encrypts: 64 hex digits.',
        rules: [
          {
            holds: 'can(regex("^[0-9a-f]{64}$", value))',
            must: 'have 64 hex digits: make it with "openssl rand -hex 32"',
          },
        ],
      })}}`,
      ...Object.fromEntries(BUCKETS.map((use) => [`LANGFUSE_S3_${use}_SECRET_ACCESS_KEY`, objects.password])),
    };
    const environment: Record<string, string> = {
      CLICKHOUSE_MIGRATION_URL: 'clickhouse://clickhouse:9000',
      CLICKHOUSE_URL: 'http://clickhouse:8123',
      CLICKHOUSE_USER: 'langfuse',
      CLICKHOUSE_CLUSTER_ENABLED: 'false',
      REDIS_HOST: 'valkey',
      REDIS_PORT: '6379',
      TELEMETRY_ENABLED: 'false',
      NEXTAUTH_URL: langfuse.url ?? `http://localhost:${port}`,
      ...Object.fromEntries(
        BUCKETS.flatMap((use) => {
          const name = `LANGFUSE_S3_${use}`;
          return [
            [`${name}_BUCKET`, BUCKET],
            [`${name}_REGION`, 'auto'],
            [`${name}_ACCESS_KEY_ID`, OBJECT_STORE_USER],
            [`${name}_ENDPOINT`, 'http://objects:9000'],
            [`${name}_FORCE_PATH_STYLE`, 'true'],
            [`${name}_PREFIX`, `${use.toLowerCase().replace('_', '-')}/`],
          ];
        }),
      ),
    };
    const after = [...store.after, ...clickHouse.after, ...valkey.after, ...objects.after];

    this.service('web', {
      image: langfuse.webImage ?? SERVICE_IMAGES.langfuseWeb,
      secrets: {
        ...shared,
        NEXTAUTH_SECRET: this.secret(
          'langfuse_session_secret',
          "Signs Langfuse's sessions, at least 32 characters.",
        ),
        LANGFUSE_INIT_PROJECT_PUBLIC_KEY: `\${${publicKey}}`,
        LANGFUSE_INIT_PROJECT_SECRET_KEY: `\${${secretKey}}`,
        LANGFUSE_INIT_USER_PASSWORD: this.secret(
          'langfuse_user_password',
          "Password of Langfuse's first user, at least 32 characters.",
        ),
      },
      environment: {
        ...environment,
        HOSTNAME: '0.0.0.0',
        LANGFUSE_INIT_ORG_ID: 'ai-platform',
        LANGFUSE_INIT_PROJECT_ID: 'ai-gateway',
        LANGFUSE_INIT_USER_EMAIL: langfuse.firstUserEmail ?? 'admin@example.com',
        LANGFUSE_INIT_USER_NAME: 'Administrator',
        AUTH_DISABLE_SIGNUP: 'true',
      },
      program: ['./web/entrypoint.sh', 'node', './web/server.js', '--keepAliveTimeout', '110000'],
      health: 'http://127.0.0.1:3000/api/public/health',
      networks: [{ network: networks.edge }, { network: networks.inner, aliases: ['langfuse'] }],
      ports: [{ internal: 3000, external: port, address: langfuse.address ?? '127.0.0.1' }],
      memory: langfuse.memory ?? 1536,
      after,
    });
    this.service('worker', {
      image: langfuse.workerImage ?? SERVICE_IMAGES.langfuseWorker,
      secrets: shared,
      environment: { ...environment, HOSTNAME: '0.0.0.0' },
      program: ['./worker/entrypoint.sh', 'node', './worker/dist/index.js'],
      health: 'http://127.0.0.1:3030/api/health',
      networks: [{ network: networks.inner }],
      ports: [],
      memory: langfuse.memory ?? 1536,
      after,
    });
    this.traces = { url: 'http://langfuse:3000', publicKey, secretKey };
  }

  private service(
    part: 'web' | 'worker',
    props: {
      readonly image: ServiceImage;
      readonly secrets: Readonly<Record<string, string>>;
      readonly environment: Readonly<Record<string, string>>;
      readonly program: readonly string[];
      readonly health: string;
      readonly networks: readonly { readonly network: string; readonly aliases?: readonly string[] }[];
      readonly ports: readonly { internal: number; external: number; address: string }[];
      readonly memory: number;
      readonly after: readonly string[];
    },
  ): void {
    const name = `langfuse_${part}`;
    const files = this.files(part, name, LANGFUSE_USER, props.secrets);
    new Service(this, `Service-${part}`, {
      platform: this.platform,
      name,
      image: this.platform.image(name, props.image),
      user: LANGFUSE_USER,
      networks: props.networks,
      environment: props.environment,
      entrypoint: ['sh', files.pathOf('with-secrets.sh')],
      command: props.program,
      // Its page server keeps a cache beside its program.
      readOnly: false,
      tmpfs: { '/tmp': scratch('256m', LANGFUSE_USER) },
      files,
      ports: props.ports,
      health: { test: ['CMD', 'wget', '-q', '-O', '/dev/null', props.health], startPeriod: '3m0s' },
      memory: props.memory,
      cpus: 1,
      after: props.after,
    });
  }

  private clickHouse({ clickHouseImage, clickHouseMemory }: LangfuseProps) {
    const password = this.secret(
      'clickhouse_password',
      "Password of Langfuse's user in ClickHouse, at least 32 characters.",
    );
    const files = this.files('ClickHouse', 'clickhouse', CLICK_HOUSE_USER, { CLICKHOUSE_PASSWORD: password });
    const { address } = new Service(this, 'ClickHouse', {
      platform: this.platform,
      name: 'clickhouse',
      image: this.platform.image('clickhouse', clickHouseImage ?? SERVICE_IMAGES.clickHouse),
      user: CLICK_HOUSE_USER,
      networks: [{ network: this.platform.networks.inner, aliases: ['clickhouse'] }],
      environment: { CLICKHOUSE_DB: 'default', CLICKHOUSE_USER: 'langfuse', TZ: 'UTC' },
      entrypoint: ['sh', files.pathOf('with-secrets.sh')],
      command: ['/entrypoint.sh'],
      // Its start writes the user into its configuration.
      readOnly: false,
      volumes: [
        { volume: this.platform.nameOf('clickhouse-data'), path: '/var/lib/clickhouse' },
        { volume: this.platform.nameOf('clickhouse-log'), path: '/var/log/clickhouse-server' },
      ],
      files,
      health: { test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8123/ping'] },
      memory: clickHouseMemory ?? 4096,
      cpus: 2,
      stopSeconds: 60,
    });
    return { password, after: [address] };
  }

  private valkey({ valkeyImage }: LangfuseProps) {
    const password = this.secret('valkey_password', 'Password of Valkey, at least 32 characters.');
    const files = this.files('Valkey', 'valkey', VALKEY_USER, {
      REDISCLI_AUTH: password,
      // An argument would be everybody's to read.
      'valkey.conf': `requirepass "${password}"\nmaxmemory 384mb\nmaxmemory-policy noeviction\nappendonly yes\ndir /data\n`,
    });
    const { address } = new Service(this, 'Valkey', {
      platform: this.platform,
      name: 'valkey',
      image: this.platform.image('valkey', valkeyImage ?? SERVICE_IMAGES.valkey),
      user: VALKEY_USER,
      networks: [{ network: this.platform.networks.inner, aliases: ['valkey'] }],
      entrypoint: ['valkey-server'],
      command: [files.pathOf('valkey.conf')],
      volumes: [{ volume: this.platform.nameOf('valkey-data'), path: '/data' }],
      files,
      health: { test: ['CMD', 'sh', files.pathOf('with-secrets.sh'), 'valkey-cli', 'ping'] },
      memory: 512,
      cpus: 0.5,
    });
    return { password, after: [address] };
  }

  private objectStore({ objectStoreImage }: LangfuseProps) {
    const password = this.secret(
      'object_store_password',
      'Password of the object store, at least 32 characters.',
    );
    const files = this.files(
      'Objects',
      'objects',
      '0:0',
      { MINIO_ROOT_PASSWORD: password },
      'object-store.sh',
    );
    const { address } = new Service(this, 'Objects', {
      platform: this.platform,
      name: 'objects',
      image: this.platform.image('objects', objectStoreImage ?? SERVICE_IMAGES.objectStore),
      networks: [{ network: this.platform.networks.inner, aliases: ['objects'] }],
      environment: {
        MINIO_ROOT_USER: OBJECT_STORE_USER,
        MINIO_ROOT_PASSWORD_FILE: files.pathOf('MINIO_ROOT_PASSWORD'),
        MINIO_UPDATE: 'off',
      },
      entrypoint: ['sh', files.pathOf('object-store.sh'), BUCKET],
      tmpfs: { '/tmp': scratch('64m'), '/root': scratch('1m') },
      volumes: [{ volume: this.platform.nameOf('objects-data'), path: '/data' }],
      files,
      health: { test: ['CMD', 'mc', 'ready', 'local'] },
      memory: 512,
      cpus: 0.5,
    });
    return { password, after: [address] };
  }

  /** @returns the secret as text for an attribute */
  private secret(name: string, description: string): string {
    return `\${${this.platform.secrets.variable(name, { description, rules: [longSecret()] })}}`;
  }

  private files(
    id: string,
    service: string,
    owner: string,
    texts: Readonly<Record<string, string>>,
    script = 'with-secrets.sh',
  ): PlacedFiles {
    return new PlacedFiles(this, `Files-${id}`, {
      platform: this.platform,
      service,
      owner,
      files: {
        [script]: { script },
        ...Object.fromEntries(
          Object.entries(texts).map(([name, content]): [string, PlacedFile] => [name, { content }]),
        ),
      },
    });
  }
}
