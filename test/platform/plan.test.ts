/** The platform as Terraform sees it: valid, planned, applied, and planned again with nothing to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoderServer } from '../../constructs/platform/coder-server';
import { CoderSignIn } from '../../constructs/platform/coder-sign-in';
import { Database } from '../../constructs/platform/database';
import { WorkspaceFacingNetwork } from '../../constructs/platform/platform-networks';
import { ProviderAccess } from '../../constructs/platform/provider-access';
import type { AiPlatformProps } from '../../constructs/platform/ai-platform';
import { Tls } from '../../constructs/platform/tls';
import { policy } from '../../src/policy';
import { expectOk, plannedActions, type StateJson } from '../harness/terraform';
import { PlatformUnderTest, GATEWAY_TLS_FILES, OUTLET_SECRETS, SECRETS, TLS_FILES } from './support';

const LANGFUSE_SECRETS: Readonly<Record<string, string>> = {
  langfuse_database_password: 'langfuse-database-secret-of-more-than-32-characters',
  langfuse_public_key: 'pk-lf-0123456789abcdef0123456789abcdef',
  langfuse_secret_key: 'sk-lf-0123456789abcdef0123456789abcdef',
  langfuse_salt: 'langfuse-salt-of-more-than-32-characters-123',
  langfuse_encryption_key: '0123456789abcdef'.repeat(4),
  langfuse_session_secret: 'langfuse-session-secret-of-more-than-32-characters',
  langfuse_user_password: 'langfuse-user-password-of-more-than-32-characters',
  clickhouse_password: 'clickhouse-password-of-more-than-32-characters',
  valkey_password: 'valkey-password-of-more-than-32-characters-12',
  object_store_password: 'object-store-password-of-more-than-32-characters',
};

interface Case {
  readonly props?: Partial<AiPlatformProps>;
  readonly vars: Readonly<Record<string, string>>;
  /** Containers that serve, and do not only place files or run once. */
  readonly services: readonly string[];
}

const without = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(SECRETS).filter(([name]) => !names.includes(name)));
const ofGateway = without('coder_database_password');
const ofAll = without('postgres_password', 'gateway_database_password', 'coder_database_password');
const ALL = ['coder', 'engine_filter', 'gateway_1', 'gateway_door', 'postgres'];

const CASES: Readonly<Record<string, Case>> = {
  'all defaults': { vars: { ...SECRETS, ...TLS_FILES }, services: ALL },
  'the site’s Postgres': {
    props: { database: Database.existing() },
    vars: {
      ...ofAll,
      ...TLS_FILES,
      gateway_database_url: 'postgresql://gateway:secret@db.example.com:5432/gateway',
      coder_database_url: 'postgresql://coder:secret@db.example.com:5432/coder?sslmode=verify-full',
    },
    services: ALL.filter((name) => name !== 'postgres'),
  },
  'TLS in front': {
    props: { tls: Tls.inFront(), coder: CoderServer.own({ accessUrl: 'https://coder.example.com' }) },
    vars: { ...SECRETS, ...GATEWAY_TLS_FILES },
    services: ALL,
  },
  Langfuse: {
    props: { langfuse: {} },
    vars: { ...SECRETS, ...TLS_FILES, ...LANGFUSE_SECRETS },
    services: [...ALL, 'clickhouse', 'langfuse_web', 'langfuse_worker', 'objects', 'valkey'],
  },
  'Prometheus and Grafana beside two gateways': {
    props: { monitoring: {}, gateway: { replicas: 2 } },
    vars: {
      ...SECRETS,
      ...TLS_FILES,
      gateway_metrics_token: 'a-token-for-metrics-of-more-than-32-characters',
      grafana_password: 'grafana-password-of-more-than-32-characters',
    },
    services: [...ALL, 'gateway_2', 'grafana', 'prometheus'],
  },
  'alerts, the site’s Langfuse, and a collector before the site’s own': {
    props: {
      gateway: {
        alerts: {
          webhook: { signed: true },
          mail: { from: 'ai@example.com', to: ['ops@example.com', 'team@example.com'] },
          moreChannels: true,
          privateHosts: ['mail.example.com'],
        },
        telemetry: { langfuse: { url: 'https://langfuse.example.com', environment: 'staging' } },
      },
      collector: {
        endpoint: 'https://otlp.example.com',
        credentialHeader: 'authorization',
        prometheus: {},
      },
    },
    vars: { ...SECRETS, ...TLS_FILES, ...OUTLET_SECRETS },
    services: [...ALL, 'collector'],
  },
  'three gateways': {
    props: { gateway: { replicas: 3, dataAddress: '127.0.0.1' } },
    vars: { ...SECRETS, ...TLS_FILES },
    services: [...ALL, 'gateway_2', 'gateway_3'],
  },
  'ranges of addresses that were chosen': {
    vars: {
      ...SECRETS,
      ...TLS_FILES,
      workspace_network_subnet: '172.30.0.0/16',
      inner_network_subnet: '172.31.0.0/20',
      edge_network_subnet: '10.90.0.0/24',
      engine_network_subnet: '10.91.0.0/24',
    },
    services: ALL,
  },
  'the site’s Coder, on its network': {
    props: {
      coder: CoderServer.existing('https://coder.example.com'),
      workspaceNetwork: WorkspaceFacingNetwork.existing('coder-network'),
    },
    vars: { ...ofGateway, ...GATEWAY_TLS_FILES },
    services: ['gateway_1', 'gateway_door', 'postgres'],
  },
  'nothing by TLS': {
    props: {
      policy,
      tls: Tls.inFront(),
      coder: CoderServer.own({ accessUrl: 'http://coder.example.com:7080' }),
    },
    vars: SECRETS,
    services: ALL,
  },
  'certificates of a volume': {
    props: { tls: Tls.volume('certificates') },
    vars: SECRETS,
    services: ALL,
  },
  'Bedrock, apps on names of their own, sign-in by OpenID Connect': {
    props: {
      gateway: {
        providers: [ProviderAccess.bedrock('eu-central-1'), ProviderAccess.anthropic()],
        signIn: { clientId: 'ai', accessUrl: 'https://ai.example.com', adminGroups: ['ai-admins'] },
      },
      coder: CoderServer.own({
        accessUrl: 'https://coder.example.com',
        wildcardAccessUrl: '*.coder.example.com',
        addresses: ['0.0.0.0'],
        signIn: CoderSignIn.oidc({ issuerUrl: 'https://id.example.com', clientId: 'coder' }),
      }),
    },
    vars: {
      ...SECRETS,
      ...TLS_FILES,
      aws_access_key_id: 'AKIA0123456789',
      aws_secret_access_key: 'aws-secret-access-key',
      coder_oidc_client_secret: 'oidc-client-secret',
      gateway_oidc_client_secret: 'client-secret-of-the-dashboard',
    },
    services: ALL,
  },
};

type Values = Readonly<Record<string, unknown>>;

const containersIn = (state: StateJson): Values[] =>
  (state.values?.root_module?.resources ?? [])
    .filter(({ type }) => type === 'docker_container')
    .map(({ name, values }) => ({ terraform_name: name, ...values }));

describe.each(Object.entries(CASES))('%s', (_, { props, vars, services }) => {
  let platform: PlatformUnderTest;
  let containers: Values[];
  beforeAll(async () => {
    platform = await PlatformUnderTest.synthesize(props);
  });
  afterAll(() => platform.dispose());

  test('is valid and formatted, and once applied there is nothing left to do', async () => {
    expect((await platform.terraform.fmtCheck()).files).toEqual([]);
    expectOk(await platform.terraform.validate());
    const { state } = expectOk(await platform.terraform.apply({ vars }));
    containers = containersIn(state);
    const again = expectOk(await platform.terraform.plan({ vars }));
    expect(plannedActions(again.plan)).toEqual({});
    expect(again.hasChanges).toBe(false);
  });

  test('has these services', () => {
    const serving = containers.filter(({ restart }) => restart === 'unless-stopped');
    expect(serving.map(({ terraform_name: name }) => name).sort()).toEqual([...services].sort());
  });

  test('no secret is in an environment, an argument or a label', () => {
    for (const { terraform_name: name, env, command, entrypoint, labels, healthcheck } of containers) {
      const shown = JSON.stringify([env, command, entrypoint, labels, healthcheck]);
      const secrets = Object.entries(vars).filter(
        ([variable, value]) => !variable.endsWith('_file') && shown.includes(value),
      );
      expect({ name, secrets: secrets.map(([variable]) => variable) }).toEqual({ name, secrets: [] });
    }
  });

  test('each container has limits, a log that turns over, no capability and no way to new privileges', () => {
    for (const container of containers) {
      expect(container).toMatchObject({
        terraform_name: container['terraform_name'],
        security_opts: ['no-new-privileges'],
        log_driver: 'json-file',
        log_opts: { 'max-size': '10m', 'max-file': '5' },
        capabilities: [{ drop: ['ALL'] }],
        privileged: null,
      });
      expect(container['memory']).toBeGreaterThan(0);
      expect(container['memory_swap']).toBe(container['memory']);
    }
  });

  test('the stores are on the inner network alone, and every port is on an address that was meant', () => {
    for (const { terraform_name: name, networks_advanced: networks, ports } of containers) {
      const names = (networks as { name: string }[]).map((each) => each.name);
      if (['postgres', 'clickhouse', 'valkey', 'objects', 'prometheus'].includes(String(name)))
        expect({ name, names }).toEqual({ name, names: ['ai-platform-inner'] });
      const addresses = (ports as { ip: string }[]).map(({ ip }) => ip);
      const meant = props?.coder?.own?.addresses?.includes('0.0.0.0') ? ['0.0.0.0'] : [];
      for (const address of addresses)
        expect({ name, address }).toEqual({
          name,
          address: expect.stringMatching(
            name === 'coder' ? /^(127\.0\.0\.1|172\.17\.0\.1|0\.0\.0\.0)$/ : /^127\.0\.0\.1$/,
          ) as string,
        });
      if (name !== 'coder' || meant.length === 0) expect(addresses).not.toContain('0.0.0.0');
    }
  });
});

test('only the filter has the engine’s socket, and only Coder is with it', async () => {
  const platform = await PlatformUnderTest.synthesize();
  const { state } = expectOk(await platform.terraform.apply({ vars: { ...SECRETS, ...TLS_FILES } }));
  const containers = containersIn(state);
  const holding = containers.filter(({ volumes }) => JSON.stringify(volumes).includes('docker.sock'));
  expect(holding.map(({ terraform_name: name }) => name)).toEqual(['engine_filter']);
  const beside = containers.filter(({ networks_advanced: networks }) =>
    JSON.stringify(networks).includes('ai-platform-engine'),
  );
  expect(beside.map(({ terraform_name: name }) => name).sort()).toEqual(['coder', 'engine_filter']);
  platform.dispose();
});

test('a secret that is too short, of another form, or the same as another stops the plan, and is not shown', async () => {
  const platform = await PlatformUnderTest.synthesize();
  const vars = {
    ...SECRETS,
    ...TLS_FILES,
    gateway_master_key: 'a-key-that-is-too-short',
    workspace_claim_secret: SECRETS.postgres_password,
  };
  const { ok, diagnostics, text } = await platform.terraform.plan({ vars });
  expect(ok).toBe(false);
  const details = diagnostics.map(({ detail = '' }) => detail).join('\n');
  expect(details).toContain(
    'gateway_master_key must have at least 32 characters: make one with "echo sk-$(openssl rand -hex 32)".',
  );
  expect(details).toContain('gateway_master_key must start with "sk-".');
  expect(details).toContain('have the same value');
  for (const secret of Object.values(vars).filter((value = '') => !value.startsWith('/')))
    expect(`${JSON.stringify(diagnostics)}${text}`).not.toContain(secret ?? '');
  platform.dispose();
});

test('a changed secret replaces who reads it, and nobody else', async () => {
  const platform = await PlatformUnderTest.synthesize();
  const vars = { ...SECRETS, ...TLS_FILES };
  expectOk(await platform.terraform.apply({ vars }));
  const changed = await platform.terraform.plan({
    vars: { ...vars, anthropic_api_key: 'another-key-of-the-tests' },
  });
  expect(plannedActions(changed.plan)).toEqual({
    'docker_container.gateway_files': 'replace',
    'docker_container.gateway_1': 'replace',
  });
  platform.dispose();
});

test('a renewed certificate of the gateway restarts nothing, one of Coder restarts Coder', async () => {
  const platform = await PlatformUnderTest.synthesize();
  const folder = mkdtempSync(join(tmpdir(), 'renewed-'));
  const renewed = join(folder, 'certificate.pem');
  writeFileSync(renewed, 'renewed');
  const vars = { ...SECRETS, ...TLS_FILES };
  expectOk(await platform.terraform.apply({ vars }));
  const planned = async (variable: string): Promise<unknown> =>
    plannedActions((await platform.terraform.plan({ vars: { ...vars, [variable]: renewed } })).plan);
  expect(await planned('gateway_tls_certificate_file')).toEqual({
    'docker_container.gateway_tls_files': 'replace',
  });
  expect(await planned('tls_certificate_file')).toEqual({
    'docker_container.coder_files': 'replace',
    'docker_container.coder': 'replace',
  });
  platform.dispose();
  rmSync(folder, { recursive: true, force: true });
});
