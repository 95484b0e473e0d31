/** What Prometheus and Grafana are given in the platform. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Tls } from '../../constructs/platform/tls';
import type { AiPlatformProps } from '../../constructs/platform/ai-platform';
import { CoderServer } from '../../constructs/platform/coder-server';
import { policy } from '../../src/policy';
import { AiPlatformStack } from '../../src/stacks/ai-platform';
import { synthesize } from '../../src/synthesize';
import { catalog } from '../../src/catalog';
import { platformPolicy } from '../../src/platform-policy';
import { hasPromtool } from '../observability/support';
import { readFolder } from '../template/programs';

const OBSERVABILITY = join(resolve(__dirname, '../..'), 'observability');

function filesOf(props: Partial<AiPlatformProps>): ReadonlyMap<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'monitoring-'));
  try {
    synthesize({ catalog, policy: props.policy ?? platformPolicy, outdir }, (app) => {
      new AiPlatformStack(app, 'ai-platform', props);
    });
    return readFolder(join(outdir, 'stacks', 'ai-platform'));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

interface Config {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly scheme: string;
    readonly tls_config?: { readonly ca_file: string; readonly server_name: string };
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
}

const configOf = (files: ReadonlyMap<string, string>): Config =>
  JSON.parse(files.get('monitoring/prometheus.yml') ?? '') as Config;

const CASES: readonly (readonly [string, Partial<AiPlatformProps>, object])[] = [
  [
    'two gateways that speak TLS',
    { monitoring: {}, gateway: { replicas: 2 } },
    {
      job_name: 'ai-gateway',
      scheme: 'https',
      tls_config: { ca_file: '/run/ai-platform/authority.pem', server_name: 'ai-gateway-admin' },
      static_configs: [{ targets: ['ai-gateway-admin-1:4001', 'ai-gateway-admin-2:4001'] }],
    },
  ],
  [
    'certificates of a volume',
    { monitoring: {}, tls: Tls.volume('certificates') },
    { scheme: 'https', tls_config: { ca_file: '/run/tls/authority.pem' } },
  ],
  [
    'no TLS',
    {
      monitoring: {},
      policy,
      tls: Tls.inFront(),
      coder: CoderServer.own({ accessUrl: 'http://coder.example.com:7080' }),
    },
    { scheme: 'http', static_configs: [{ targets: ['ai-gateway-admin-1:4001'] }] },
  ],
];

describe.each(CASES)('%s', (_, props, job) => {
  const files = filesOf(props);

  test('each process is scraped by itself, over the inner network', () => {
    expect(configOf(files).scrape_configs).toMatchObject([job]);
  });

  // A machine of a user's need not have it; CI installs Debian's package.
  (hasPromtool ? test : test.skip)('promtool takes the configuration, with the rules', () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
    try {
      const config = files.get('monitoring/prometheus.yml') ?? '';
      writeFileSync(join(folder, 'prometheus.yml'), config.replaceAll(/\/run\/(ai-platform|tls)/g, folder));
      writeFileSync(join(folder, 'ai-gateway.rules.yml'), files.get('monitoring/ai-gateway.rules.yml') ?? '');
      writeFileSync(join(folder, 'metrics-token'), 'token');
      copyFileSync(join(__dirname, 'files', 'authority.txt'), join(folder, 'authority.pem'));
      const { status, stdout, stderr } = spawnSync(
        'promtool',
        ['check', 'config', join(folder, 'prometheus.yml')],
        { encoding: 'utf8' },
      );
      expect({ status, said: stdout + stderr }).toEqual({
        status: 0,
        said: expect.stringContaining('rules found') as string,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('rules and dashboard are those that were tried', () => {
  const files = filesOf({ monitoring: {} });
  for (const name of ['ai-gateway.rules.yml', 'ai-gateway.dashboard.json'])
    expect(files.get(`monitoring/${name}`)).toBe(readFileSync(join(OBSERVABILITY, name), 'utf8'));
});

test('without the prop there is nothing of it', () => {
  const of = (text: string): boolean => /monitoring|grafana|metrics_token|"prometheus"/i.test(text);
  expect([...filesOf({})].filter(([path, text]) => of(path) || of(text)).map(([path]) => path)).toEqual([]);
});
