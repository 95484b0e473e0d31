import type { Accepted, Bench, Case } from './support';

const prebuilds = (body: Readonly<Record<string, unknown>>) => (b: Bench) =>
  b.data('coder_workspace_preset', 's', { name: 'Small', prebuilds: [{ instances: 1, ...body }] });

const scheduled = (crons: readonly string[], timezone = 'UTC') =>
  prebuilds({ scheduling: [{ timezone, schedule: crons.map((cron) => ({ cron, instances: 1 })) }] });

const preset = 'data.coder_workspace_preset.s';

const requires = (name: string, source: string, version: string) => (b: Bench) =>
  b.stack.addOverride(`terraform.required_providers.${name}`, { source, version });

const coder = (version: string) => requires('coder', 'registry.terraform.io/coder/coder', version);
const docker = (version: string) => requires('docker', 'kreuzwerker/docker', version);

const argument = (kind: string, at: string, build: Case['build'], says: string): Case => ({
  rule: `argument/${kind}`,
  when: says,
  build,
  says,
  at,
});

const ARGUMENTS: readonly Case[] = [
  argument(
    'one-of',
    'coder_agent.main',
    (b) => b.agent({ arch: 'x86_64' }),
    'arch must be one of "amd64", "arm64", "armv7", got "x86_64": the push would fail',
  ),
  argument(
    'one-of',
    'coder_app.w',
    (b) => (b.agent(), b.webApp('w', { share: 'everyone' })),
    'share must be one of "owner", "authenticated", "public", got "everyone"',
  ),
  argument(
    'one-of',
    'coder_env.v',
    (b) => (b.agent(), b.variable('v', { mergeStrategy: 'merge' })),
    'merge_strategy must be one of',
  ),
  argument(
    'one-of',
    'data.coder_parameter.p',
    (b) =>
      b.parameter('p', {
        type: 'number',
        default: '1',
        validation: { monotonic: 'up', error: 'Only up.' },
      }),
    'validation.monotonic must be one of "increasing", "decreasing", got "up"',
  ),
  argument(
    'one-of',
    'docker_container.c',
    (b) => b.resource('docker_container', 'c', { restart: 'sometimes' }),
    'restart must be one of',
  ),
  argument(
    'range',
    'coder_agent.main',
    (b) => b.agent().addOverride('resources_monitoring', { memory: { enabled: true, threshold: 101 } }),
    'resources_monitoring.memory.threshold must be 100 or less, got 101',
  ),
  argument(
    'range',
    'docker_container.c',
    (b) => b.resource('docker_container', 'c', { cpu_shares: '-1' }),
    'cpu_shares must be 0 or more, got "-1"',
  ),
  argument('range', preset, prebuilds({ instances: 1.5 }), 'prebuilds.instances must be a whole number'),
  argument(
    'length',
    preset,
    (b) => b.preset('s', { description: 'x'.repeat(129) }),
    'description must have at most 128 characters',
  ),
  argument(
    'form',
    'coder_agent.main',
    (b) =>
      b.agent().addOverride('resources_monitoring.volume', [{ enabled: true, threshold: 80, path: 'home' }]),
    'resources_monitoring.volume.path must be an absolute path, got "home"',
  ),
  ...['%zz', ':x', '/a\nb'].map((icon) =>
    argument(
      'form',
      'coder_app.w',
      (b) => (b.agent(), b.webApp('w', { icon })),
      `icon must be a path or a URL, such as "/icon/code.svg", got ${JSON.stringify(icon)}`,
    ),
  ),
];

const VERSIONS: readonly Case[] = [
  {
    rule: 'provider/version-form',
    when: 'it is a word',
    build: docker('latest'),
    says: 'the version of kreuzwerker/docker must be a constraint, got "latest"',
    at: '',
  },
  ...['~> 1.0', '2.3.0', '< 2.4', '>= 1.0, <= 2.3.9', '~> 2.3.1'].map((version): Case => ({
    rule: 'provider/version-oldest',
    when: `the constraint is ${version}`,
    build: coder(version),
    says: `the version of coder/coder must admit 2.4.0 or newer, got "${version}"`,
    at: '',
  })),
  {
    rule: 'provider/version-oldest',
    when: 'Terraform is too old',
    build: (b) => b.stack.addOverride('terraform.required_version', '~> 1.0.0'),
    says: 'the version of terraform must admit 1.1.0 or newer',
    at: '',
  },
  {
    rule: 'provider/feature',
    when: 'an argument came later',
    build: (b) => {
      coder('~> 2.13.0')(b);
      b.agent();
      b.variable('v', { mergeStrategy: 'append' });
    },
    says: 'merge_strategy must go with coder/coder 2.15.0 or newer, got "~> 2.13.0"',
    at: 'coder_env.v',
  },
  {
    rule: 'provider/feature',
    when: 'a data source came later',
    build: (b) => (coder('2.15.0')(b), b.data('coder_secret', 'x', { env: 'X', help_message: 'Make one.' })),
    says: 'coder_secret must go with coder/coder 2.16.0 or newer',
    at: 'data.coder_secret.x',
  },
  {
    rule: 'provider/empty-address',
    when: 'the host is empty',
    build: (b) => b.stack.addOverride('provider.docker', [{ host: '' }]),
    says: 'host must not be empty',
    at: 'provider.docker',
  },
  {
    rule: 'network/check-duplicate',
    when: 'the provider may be one that does not know it',
    build: (b) => (docker('>= 3.6, < 5')(b), b.resource('docker_network', 'n', { check_duplicate: true })),
    says: 'check_duplicate is gone from kreuzwerker/docker 4 and the constraint ">= 3.6, < 5" admits it',
    at: 'docker_network.n',
  },
];

const PREBUILDS: readonly Case[] = [
  ...[60, 31_536_001].map((ttl): Case => ({
    rule: 'prebuild/ttl',
    when: `it is ${ttl}`,
    build: prebuilds({ expiration_policy: { ttl } }),
    says: `must be 0 or from 3600 to 31536000 seconds, got ${ttl}`,
    at: preset,
  })),
  ...(
    [
      ['0 8-18 * * 1-5', 'its minute must be "*"'],
      ['0 * 8-18 * * 1-5', 'it has 6 fields, not 5'],
      ['* 8-24 * * 1-5', 'the field for hours'],
    ] as const
  ).map(([cron, says]): Case => ({
    rule: 'prebuild/cron',
    when: `it is ${cron}`,
    build: scheduled([cron]),
    says,
    at: preset,
  })),
  {
    rule: 'prebuild/time-zone',
    when: 'nobody knows it',
    build: scheduled(['* * * * *'], 'Mars/Olympus'),
    says: 'prebuilds.scheduling.timezone must be a time zone such as "Europe/Berlin", got "Mars/Olympus"',
    at: preset,
  },
  {
    rule: 'prebuild/overlap',
    when: 'two share an hour',
    build: scheduled(['* 8-12 * * 1-5', '* 12-18 * * FRI']),
    says: 'must not overlap, got "* 8-12 * * 1-5" and "* 12-18 * * FRI"',
    at: preset,
  },
];

export const PROVIDER_CASES: readonly Case[] = [
  ...ARGUMENTS,
  ...VERSIONS,
  ...PREBUILDS,
  {
    rule: 'agent/monitored-once',
    when: 'a volume is watched twice',
    build: (b) =>
      b.agent().addOverride(
        'resources_monitoring.volume',
        [1, 2].map(() => ({ enabled: true, threshold: 80, path: '/home' })),
      ),
    says: 'resources_monitoring.volume.path must be unique, got "/home" twice',
    at: 'coder_agent.main',
  },
  ...[{}, { env: 'A', file: '~/a' }, { env: '' }].map((target): Case => ({
    rule: 'user-secret/one-target',
    when: `a secret is for ${JSON.stringify(target)}`,
    build: (b) => b.data('coder_secret', 'x', { help_message: 'Make one.', ...target }),
    says: 'env or file must be given, and not both',
    at: 'data.coder_secret.x',
  })),
];

export const PROVIDER_ACCEPTED: readonly Accepted[] = [
  ...['>= 2.13, < 3', '~> 2.4', '2.99.1', '>= 0.7', '~> 2', '!= 2.5.0', '< 2.4.1'].map(
    (version): Accepted => ({ when: `coder/coder ${version}`, build: coder(version) }),
  ),
  {
    when: 'check_duplicate where version 4 cannot come',
    build: (b) => (docker('~> 3.6')(b), b.resource('docker_network', 'n', { check_duplicate: true })),
  },
  {
    when: 'arguments that expressions decide',
    build: (b) => {
      b.agent({ arch: '${data.coder_provisioner.me.arch}' });
      b.webApp('w', {
        icon: '${data.coder_workspace.me.access_url}/icon/%{ if true }a%{ endif }',
        share: '${local.x}',
      });
      b.resource('docker_container', 'c', { cpu_shares: '${local.x}', restart: 'unless-stopped' });
    },
  },
  {
    when: 'icons by path, address and none',
    build: (b) => {
      b.agent();
      for (const [i, icon] of ['/pictures/a b.svg', 'https://example.com/%20.png', ''].entries())
        b.webApp(`w${i}`, { icon });
    },
  },
  {
    when: 'schedules side by side',
    build: scheduled(
      ['* 8-12 * * 1-5', '* 13-18 * * 1-5', '* 8-18 * * 0,6', '* 0 1 * *', '* 0 2 * *'],
      'US/Pacific',
    ),
  },
  { when: 'prebuilds without end', build: prebuilds({ expiration_policy: { ttl: 0 } }) },
  {
    when: 'a default host of Docker',
    build: (b) => b.stack.addOverride('provider.docker', [{ host: '${var.host}' }]),
  },
];
