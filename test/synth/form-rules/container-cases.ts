import type { Accepted, Bench, Case } from './support';

const at = 'docker_container.c';

type Overrides = Readonly<Record<string, unknown>>;

const container = (overrides: Overrides) => (b: Bench) => b.resource('docker_container', 'c', overrides);

/** A container that starts the agent, only while the workspace runs. */
const workspace = (overrides: Overrides) => (b: Bench) => {
  b.agent();
  b.resource('docker_container', 'c', {
    count: '${data.coder_workspace.me.start_count}',
    env: ['CODER_AGENT_TOKEN=${coder_agent.main.token}'],
    ...overrides,
  });
};

const broken = (rule: string, when: string, build: Case['build'], says: string): Case => ({
  rule,
  when,
  build,
  says,
  at,
});

const RESOURCES: readonly Case[] = [
  ...[1024 ** 3, '${tonumber(data.coder_parameter.memory.value) * 1024 * 1024 * 1024}'].map((memory) =>
    broken(
      'container/memory-unit',
      `memory is ${memory}`,
      container({ memory, memory_swap: -1 }),
      'memory must be in megabytes, got',
    ),
  ),
  broken(
    'container/memory-unit',
    'a local makes bytes of it',
    (b) => {
      b.local('bytes', '${4 * pow(1024, 3)}');
      b.resource('docker_container', 'c', { memory: '${local.bytes}', memory_swap: -1 });
    },
    'memory must be in megabytes, got "${local.bytes}"',
  ),
  broken(
    'container/memory-swap',
    'memory stands alone',
    container({ memory: 2048 }),
    'memory_swap must be given with memory, got none: Docker fills it in and every build shows a change, use 2048',
  ),
  ...(
    [
      ['add', 'NET_ADMIN'],
      ['drop', 'all'],
      ['drop', 'cap_chown'],
    ] as const
  ).map(([how, name]) =>
    broken(
      'container/capabilities',
      `${name} is in ${how}`,
      container({ capabilities: { [how]: [name] } }),
      `capabilities.${how} must be "ALL" or names such as "CAP_CHOWN", got "${name}"`,
    ),
  ),
  ...(
    [
      ['60s', 'use "1m0s"'],
      ['90m', 'use "1h30m0s"'],
      ['1000ms', 'use "1s"'],
      ['0', 'use "0s"'],
      ['1500us', 'use "1.5ms"'],
      ['soon', 'must be a duration such as "1m30s"'],
    ] as const
  ).map(([interval, says]) =>
    broken(
      'container/healthcheck-duration',
      `an interval is ${interval}`,
      container({ healthcheck: { test: ['CMD', 'true'], interval } }),
      says,
    ),
  ),
];

const ACCESS: readonly Case[] = [
  ...[
    '/var/run/docker.sock',
    '/',
    '/run',
    '/run/user/1000/podman/podman.sock',
    '/var/lib/docker/volumes',
  ].map((path) =>
    broken(
      'container/engine',
      `it is given ${path}`,
      container({ volumes: { host_path: path, container_path: '/x' } }),
      `volumes.host_path must not give a workspace the container engine, got "${path}"`,
    ),
  ),
  broken(
    'container/engine',
    'it is mounted',
    container({ mounts: [{ type: 'bind', source: '/var/run/docker.sock', target: '/x' }] }),
    'mounts.source must not give a workspace the container engine',
  ),
  broken('container/privileged', 'it is', container({ privileged: true }), 'privileged must not be true'),
  ...(['network_mode', 'pid_mode'] as const).map((argument) =>
    broken(
      'container/host-namespace',
      `${argument} is that of the host`,
      workspace({ [argument]: 'host' }),
      `${argument} must not be "host" for a workspace`,
    ),
  ),
  broken(
    'container/ports-address',
    'a port has no address',
    container({ ports: [{ internal: 2375 }] }),
    'ports.ip must be given for port 2375, got none',
  ),
  ...[...['/home', '/Users', '/root'].map((homes) => `${homes}/somebody`), '~/certs'].map((path) =>
    broken(
      'container/personal-path',
      `it is given ${path}`,
      container({ mounts: { type: 'bind', source: path, target: '/certs' } }),
      `mounts.source must not be in the home of a person, got "${path}"`,
    ),
  ),
];

const NAMES: readonly Case[] = [
  ...['Team/image name', 'registry.example.com/Team/image:1', 'image:', 'image@sha256:12', ''].map((image) =>
    broken('image/name', `the image is ${JSON.stringify(image)}`, container({ image }), `got "${image}"`),
  ),
  {
    rule: 'image/name',
    when: 'an image has a tag with a slash',
    build: (b) => b.resource('docker_image', 'i', { name: 'image:feature/x' }),
    says: 'name must be an image such as',
    at: 'docker_image.i',
  },
  ...['', ' ', 'a/b', 'a '].map((name) =>
    broken(
      'network/name',
      `a network is ${JSON.stringify(name)}`,
      container({ networks_advanced: [{ name }] }),
      'networks_advanced.name must be letters, digits',
    ),
  ),
  {
    rule: 'network/name',
    when: 'a network of Docker itself is made',
    build: (b) => b.resource('docker_network', 'n', { name: 'bridge' }),
    says: 'name must not be one that Docker has itself, got "bridge"',
    at: 'docker_network.n',
  },
];

const LIFECYCLE: readonly Case[] = [
  ...['all', ['env'], ['image', 'env[0]']].map((ignored) =>
    broken(
      'container/ignored-token',
      `${JSON.stringify(ignored)} is ignored`,
      workspace({ lifecycle: { ignore_changes: ignored } }),
      'lifecycle.ignore_changes must not cover env',
    ),
  ),
  ...[undefined, 1].map((count) =>
    broken(
      'container/outlives-stop',
      `count is ${count}`,
      workspace({ count }),
      'count must be data.coder_workspace.me.start_count',
    ),
  ),
  {
    rule: 'image/outlives-stop',
    when: 'the workspace runs on an image of every build',
    build: (b) => {
      b.resource('docker_image', 'i', { name: 'image:1' });
      workspace({ image: '${docker_image.i.image_id}' })(b);
    },
    says: 'count must be data.coder_workspace.me.start_count: every build looks for the images of the state',
    at: 'docker_image.i',
  },
  ...(
    [
      [{ name: 'coder-${data.coder_workspace.me.name}-home' }, 'name uses data.coder_workspace.me.name'],
      [
        { name: 'x', labels: [{ label: 'a', value: '${data.coder_workspace_owner.me.name}' }] },
        'labels[0].value uses data.coder_workspace_owner.me.name',
      ],
      [{ name: 'x-${uuid()}', lifecycle: { ignore_changes: ['labels'] } }, 'name uses uuid()'],
    ] as const
  ).map(([overrides, says]): Case => ({
    rule: 'volume/replaced',
    when: says,
    build: (b) => b.resource('docker_volume', 'v', overrides),
    says: `${says}, which can change: a new volume would take the place of this one`,
    at: 'docker_volume.v',
  })),
  ...['precondition', 'postcondition'].map((kind): Case => ({
    rule: 'lifecycle/blocks-stop',
    when: `a ${kind} asks for a group in every build`,
    build: (b) => {
      b.local('allowed', '${contains(data.coder_workspace_owner.me.groups, "a")}');
      b.resource('terraform_data', 't', {
        lifecycle: { [kind]: [{ condition: '${local.allowed}', error_message: 'No.' }] },
      });
    },
    says: `lifecycle.${kind} uses data.coder_workspace_owner.me.groups through local.allowed in every build`,
    at: 'terraform_data.t',
  })),
];

export const CONTAINER_CASES: readonly Case[] = [...RESOURCES, ...ACCESS, ...NAMES, ...LIFECYCLE];

export const CONTAINER_ACCEPTED: readonly Accepted[] = [
  {
    when: 'limits as Docker gives them back',
    build: container({
      memory: '${tonumber(data.coder_parameter.memory.value) * 1024}',
      memory_swap: '${tonumber(data.coder_parameter.memory.value) * 1024 * 1024 * 1024 / 1048576}',
      memory_reservation: 512,
      capabilities: { add: ['CAP_NET_BIND_SERVICE'], drop: ['ALL'] },
      healthcheck: { test: ['CMD', 'true'], interval: '1m0s', timeout: '5s', start_period: '1.5s' },
    }),
  },
  { when: 'no limit of memory', build: container({ memory: 0 }) },
  {
    when: 'a container beside the workspace, with its own ports and networks',
    build: container({
      image: 'localhost:5000/team/proxy:1.0@sha256:' + '0'.repeat(64),
      network_mode: 'host',
      ports: [{ internal: 80, external: 8080, ip: '0.0.0.0' }],
      networks_advanced: [{ name: 'team_net-1.x' }, { name: '${docker_network.own.name}' }],
      volumes: [
        { host_path: '/etc/ssl/certs', container_path: '/certs', read_only: true },
        { host_path: '/home/coder/cache', container_path: '/cache' },
        { volume_name: 'data', container_path: '/data' },
      ],
    }),
  },
  ...[
    'ubuntu',
    'codercom/enterprise-base:ubuntu',
    `sha256:${'a'.repeat(64)}`,
    '${docker_image.x.image_id}',
  ].map((image): Accepted => ({ when: `the image ${image}`, build: container({ image }) })),
  {
    when: "Coder's own container and volume",
    build: (b) => {
      workspace({
        name: 'coder-${data.coder_workspace_owner.me.name}-${lower(data.coder_workspace.me.name)}',
        hostname: '${data.coder_workspace.me.name}',
        lifecycle: { ignore_changes: ['image', 'name'] },
      })(b);
      b.resource('docker_volume', 'home', {
        name: 'coder-${data.coder_workspace.me.id}-home',
        labels: [{ label: 'coder.owner', value: '${data.coder_workspace_owner.me.name}' }],
        lifecycle: { ignore_changes: 'all' },
      });
      b.resource('docker_volume', 'cache', { name: 'cache-${data.coder_workspace_owner.me.id}' });
      b.resource('docker_volume', 'shared', { name: 'shared-cache' });
    },
  },
  {
    when: 'a container that another one depends on, ignoring its own environment',
    build: container({ env: ['A=b'], lifecycle: { ignore_changes: ['env'] } }),
  },
  {
    when: 'conditions that let a workspace stop',
    build: (b) => {
      const condition = '${contains(data.coder_workspace_owner.me.groups, "a")}';
      const lifecycle = (text: string) => ({ precondition: [{ condition: text, error_message: 'No.' }] });
      workspace({ lifecycle: lifecycle(condition) })(b);
      b.resource('terraform_data', 't', {
        lifecycle: lifecycle(
          `\${data.coder_workspace.me.transition != "start" || ${condition.slice(2, -1)}}`,
        ),
      });
      b.resource('terraform_data', 'u', { lifecycle: lifecycle('${length(var.x) > 3}') });
    },
  },
];
