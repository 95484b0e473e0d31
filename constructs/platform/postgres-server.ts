import { Construct } from 'constructs';
import { SERVICE_IMAGES } from './service-image';
import type { Database } from './database';
import { PlacedFiles, type PlacedFile } from './placed-files';
import type { PlatformContext } from './platform-context';
import { longSecret } from './secret-variable';
import { scratch, Service } from './service';

export interface PostgresServerProps {
  readonly platform: PlatformContext;
  readonly database: Database;
  /** Services that keep data: each gets a role and a database of its name. */
  readonly accounts: readonly string[];
}

const HOST = 'postgres';
/** Of the official image. */
const USER = '999:999';

const RULE = {
  holds: 'can(regex("^postgres(ql)?://[^/]+/.+", value))',
  must: 'be "postgresql://user:password@host:5432/name"',
};

/** The stores of the services: a server and its accounts, or the addresses of the site's. */
export class PostgresServer extends Construct {
  /** Addresses of resources that must be there before a service asks for its data. */
  readonly after: readonly string[];
  private readonly platform: PlatformContext;
  private readonly isOwn: boolean;

  constructor(scope: Construct, id: string, props: PostgresServerProps) {
    super(scope, id);
    const { platform, database, accounts } = props;
    this.platform = platform;
    this.isOwn = database.own !== undefined;
    if (database.own === undefined) {
      this.after = [];
      return;
    }
    const { image = SERVICE_IMAGES.postgres, memory = 1024, cpus = 2 } = database.own;
    const pulled = platform.image('postgres', image);
    const superuser = platform.secrets.variable('postgres_password', {
      description: "Password of Postgres's superuser, at least 32 characters.",
      rules: [longSecret()],
    });
    const files = new PlacedFiles(this, 'Files', {
      platform,
      service: 'postgres',
      owner: USER,
      files: { POSTGRES_PASSWORD: { content: `\${${superuser}}` } },
    });
    const server = new Service(this, 'Server', {
      platform,
      name: 'postgres',
      image: pulled,
      user: USER,
      networks: [{ network: platform.networks.inner, aliases: [HOST] }],
      environment: {
        POSTGRES_PASSWORD_FILE: files.pathOf('POSTGRES_PASSWORD'),
        POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256 --data-checksums',
        // Below the mount: a folder that holds "lost+found" is no empty one.
        PGDATA: '/var/lib/postgresql/data/pgdata',
      },
      tmpfs: { '/tmp': scratch('64m', USER), '/var/run/postgresql': scratch('1m', USER) },
      // Not a resource of Terraform's: it must outlive what Terraform destroys.
      volumes: [{ volume: platform.nameOf('postgres-data'), path: '/var/lib/postgresql/data' }],
      files,
      // The superuser's password is read when the data is made, and by the accounts; the server needs no restart.
      replacedBy: [],
      health: { test: ['CMD', 'pg_isready', '--quiet', '--username=postgres', '--host=127.0.0.1'] },
      memory,
      cpus,
      stopSeconds: 60,
    });
    const passwords = Object.fromEntries(
      accounts.map((name): [string, PlacedFile] => [
        `${name}_password`,
        { content: `\${${this.passwordOf(name)}}` },
      ]),
    );
    const accountFiles = new PlacedFiles(this, 'AccountFiles', {
      platform,
      service: 'postgres_accounts',
      owner: USER,
      files: {
        POSTGRES_PASSWORD: { content: `\${${superuser}}` },
        'postgres-accounts.sh': { script: 'postgres-accounts.sh' },
        'postgres-accounts.sql': { script: 'postgres-accounts.sql' },
        ...passwords,
      },
    });
    const made = new Service(this, 'Accounts', {
      platform,
      name: 'postgres_accounts',
      image: pulled,
      user: USER,
      networks: [{ network: platform.networks.inner }],
      entrypoint: ['bash', accountFiles.pathOf('postgres-accounts.sh')],
      command: [HOST, ...accounts],
      tmpfs: { '/tmp': scratch('16m', USER) },
      files: accountFiles,
      memory: 128,
      cpus: 0.5,
      runsOnce: true,
      after: [server.address],
    });
    this.after = [made.address];
  }

  /** The store of a service, as an expression of its address. Holds a password. */
  urlOf(account: string): string {
    const { secrets } = this.platform;
    if (!this.isOwn)
      return `\${${secrets.variable(`${account}_database_url`, {
        description: `Postgres of ${account}: postgresql://user:password@host:5432/name?sslmode=verify-full.`,
        rules: [RULE],
      })}}`;
    // In a form a blank is "+"; in an address it is not.
    const password = `replace(urlencode(${this.passwordOf(account)}), "+", "%20")`;
    return `postgresql://${account}:\${${password}}@${HOST}:5432/${account}?sslmode=disable`;
  }

  /**
   * The same store by the password before a change, or after one that is to come; empty where none is under way. Holds a
   * password.
   */
  otherUrlOf(account: string): string {
    const { secrets } = this.platform;
    if (!this.isOwn)
      return `\${${secrets.variable(`${account}_database_url_previous`, {
        description: `The same Postgres of ${account} by its other password, while that is changed.`,
        rules: [RULE],
        optional: true,
      })}}`;
    const other = secrets.variable(`${account}_database_password_previous`, {
      description: `The other password of ${account} in Postgres, while it is changed.`,
      rules: [longSecret()],
      optional: true,
    });
    const escaped = `replace(urlencode(${other}), "+", "%20")`;
    return `\${${other} == "" ? "" : "postgresql://${account}:\${${escaped}}@${HOST}:5432/${account}?sslmode=disable"}`;
  }

  private passwordOf(account: string): string {
    return this.platform.secrets.variable(`${account}_database_password`, {
      description: `Password of ${account} in Postgres, at least 32 characters.`,
      rules: [longSecret()],
    });
  }
}
