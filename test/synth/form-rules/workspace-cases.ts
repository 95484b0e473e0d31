import { CoderMetadata } from '../../../constructs/workspace/coder';
import { asTyped } from '../../../synth/agent-values';
import type { Accepted, Bench, Case } from './support';

/** Runs a case beside an agent. */
const beside = (build: (b: Bench) => unknown) => (b: Bench) => {
  b.agent();
  build(b);
};

const script = (changes: object) => beside((b) => b.script('s', changes));
const webApp = (changes: object) => beside((b) => b.webApp('w', changes));

const container = (overrides: Readonly<Record<string, unknown>>) => (b: Bench) =>
  b.resource('docker_container', 'c', overrides);

const metadata = (b: Bench, item: { key: string; value: string }[]) =>
  new CoderMetadata(b.stack, 'm', { resourceId: '${docker_volume.home.id}', item }).overrideLogicalId('m');

const PER_BUILD: readonly [value: string, as: string][] = [
  ['${data.coder_workspace_owner.me.name}', 'data.coder_workspace_owner.me.name'],
  ['${data.coder_workspace.me.transition}', 'data.coder_workspace.me.transition'],
  ['${data.coder_workspace.me.is_prebuild}', 'data.coder_workspace.me.is_prebuild'],
  ['at ${plantimestamp()}', 'plantimestamp()'],
  ['${data.coder_external_auth.git.access_token}', 'data.coder_external_auth.git.access_token'],
  ['${data.coder_secret.key.value}', 'data.coder_secret.key.value'],
];

export const WORKSPACE_CASES: readonly Case[] = [
  ...PER_BUILD.map(([value, as]): Case => ({
    rule: 'agent/per-build',
    when: `the environment holds ${value}`,
    build: (b) => b.agent({ env: { X: value } }),
    says: `env.X uses ${as}, which differs by build or owner`,
    at: 'coder_agent.main',
    also: ['env/agent-as-typed'],
  })),
  {
    rule: 'agent/per-build',
    when: 'a local leads there',
    build: (b) => (b.local('claim', '${plantimestamp()}'), b.agent({ startupScript: 'echo ${local.claim}' })),
    says: 'startup_script uses plantimestamp() through local.claim',
    at: 'coder_agent.main',
  },
  {
    rule: 'script/runs',
    when: 'nothing starts it',
    build: script({ runOnStart: undefined }),
    says: 'run_on_start, run_on_stop or cron must be set',
    at: 'coder_script.s',
  },
  {
    rule: 'script/runs',
    when: 'everything is switched off',
    build: script({ runOnStart: false, runOnStop: false, cron: '' }),
    says: 'got none of them',
    at: 'coder_script.s',
  },
  {
    rule: 'script/blocks-login',
    when: 'it does not run at the start',
    build: script({ runOnStart: false, runOnStop: true, startBlocksLogin: true, timeout: 60 }),
    says: 'start_blocks_login needs run_on_start = true, got false',
    at: 'coder_script.s',
  },
  {
    rule: 'script/cron-fields',
    when: 'the seconds are missing',
    build: script({ cron: '*/5 * * * *' }),
    says: 'cron must have 6 fields, got 5',
    at: 'coder_script.s',
  },
  ...(
    [
      ['0 */5 25 * * *', 'the field for hours'],
      ['60 * * * * *', 'the field for seconds'],
      ['0 0 0 0 * *', 'the field for day of month'],
      ['0 0 0 * foo *', 'the field for month'],
      ['0 0 0 * * 7', 'the field for day of week'],
      ['0 */0 * * * *', 'the field for minutes'],
      ['TZ=UTC 0 5-1 * * * *', 'the field for minutes'],
    ] as const
  ).map(([cron, says]): Case => ({
    rule: 'script/cron-values',
    when: `cron is ${cron}`,
    build: script({ cron }),
    says,
    at: 'coder_script.s',
  })),
  {
    rule: 'script/blocks-login-timeout',
    when: 'it has no timeout',
    build: script({ startBlocksLogin: true }),
    says: 'timeout must be given with start_blocks_login = true, got none',
    at: 'coder_script.s',
  },
  {
    rule: 'script/timeout',
    when: 'it is 0',
    build: script({ timeout: 0 }),
    says: 'timeout must be 1 or more, got 0',
    at: 'coder_script.s',
  },
  {
    rule: 'script/size',
    when: 'it is longer than Linux takes',
    build: script({ script: 'x'.repeat(131_072) }),
    says: 'script must be below 131072 bytes, got 131072',
    at: 'coder_script.s',
  },
  {
    rule: 'script/size',
    when: 'shipped files and locals make it too long',
    build: beside((b) => {
      b.stack.addFile('scripts/a.sh', 'x'.repeat(70_000));
      b.local('encoded', '${base64encode(file("${path.module}/scripts/a.sh"))}');
      b.local(
        'all',
        '${join("\n", ["set -eu", "files=\'${local.encoded}\'", file("${path.module}/scripts/a.sh")])}',
      );
      b.script('s', { script: '${local.all}' });
    }),
    says: 'script must be below 131072 bytes, got 163351 or more',
    at: 'coder_script.s',
  },
  {
    rule: 'script/size',
    when: 'a shipped template makes it too long whatever its conditions give',
    build: beside((b) => {
      b.stack.addFile('a.sh', `${'x'.repeat(131_072)}%{ if name == "" }y%{ endif }`);
      b.script('s', { script: '${templatefile("${path.module}/a.sh", { name = "" })}' });
    }),
    says: 'script must be below 131072 bytes, got 131072 or more',
    at: 'coder_script.s',
  },
  {
    rule: 'script/size',
    when: 'the start-up script of the agent is too long',
    build: (b) => b.agent({ startupScript: 'x'.repeat(131_072) }),
    says: 'startup_script must be below 131072 bytes',
    at: 'coder_agent.main',
  },
  {
    rule: 'app/target',
    when: 'it has neither url nor command',
    build: webApp({ url: undefined }),
    says: 'url or command must be given, got neither',
    at: 'coder_app.w',
  },
  {
    rule: 'app/target',
    when: 'the url is empty',
    build: webApp({ url: '' }),
    says: 'the app would open nothing',
    at: 'coder_app.w',
  },
  {
    rule: 'app/external-url',
    when: 'an external app has no url',
    build: webApp({ url: undefined, external: true }),
    says: 'url must be given with external = true',
    at: 'coder_app.w',
    also: ['app/target'],
  },
  ...(
    [
      [{ url: 'http://localhost' }, 'url'],
      [{ url: undefined, subdomain: false }, 'subdomain'],
      [
        { url: undefined, healthcheck: { url: 'http://localhost', interval: 5, threshold: 6 } },
        'healthcheck',
      ],
    ] as const
  ).map(([changes, other]): Case => ({
    rule: 'app/command-conflicts',
    when: `there is a command and ${other}`,
    build: webApp({ command: 'htop', ...changes }),
    says: `command and ${other} exclude each other by being there`,
    at: 'coder_app.w',
  })),
  ...(
    [
      ['share', { share: 'owner' }],
      ['subdomain', { subdomain: false }],
      ['healthcheck', { healthcheck: { url: 'http://localhost', interval: 5, threshold: 6 } }],
    ] as const
  ).map(([other, changes]): Case => ({
    rule: 'app/external-conflicts',
    when: `external = false stands beside ${other}`,
    build: webApp({ external: false, ...changes }),
    says: `external and ${other} exclude each other by being there`,
    at: 'coder_app.w',
  })),
  {
    rule: 'app/external-conflicts',
    when: 'external stands beside a command',
    build: webApp({ url: undefined, external: false, command: 'htop' }),
    says: 'external and command',
    at: 'coder_app.w',
  },
  ...(
    [
      ['authenticated', {}],
      ['public', { subdomain: false }],
    ] as const
  ).map(([share, changes]): Case => ({
    rule: 'app/path-share',
    when: `an app below a path is shared as ${share}`,
    build: webApp({ share, ...changes }),
    says: `share must be "owner" without subdomain = true, got "${share}"`,
    at: 'coder_app.w',
  })),
  ...['Web', 'a--b', '-a', 'a_b', ''].map((slug): Case => ({
    rule: 'app/slug',
    when: `the slug is ${JSON.stringify(slug)}`,
    build: webApp({ slug }),
    says: 'slug must be lower case letters and digits, joined by single hyphens',
    at: 'coder_app.w',
  })),
  {
    rule: 'app/slug-unique',
    when: 'two apps have one slug',
    build: beside((b) => (b.webApp('first', { slug: 'x' }), b.webApp('w', { slug: 'x' }))),
    says: 'slug "x" is taken by bench/first in this template',
    at: 'coder_app.w',
  },
  ...(
    [
      ['display_name', { displayName: 'x'.repeat(65) }, 64],
      ['group', { group: 'x'.repeat(65) }, 64],
      ['tooltip', { tooltip: 'x'.repeat(2049) }, 2048],
    ] as const
  ).map(([argument, changes, most]): Case => ({
    rule: 'app/length',
    when: `${argument} is too long`,
    build: webApp(changes),
    says: `${argument} must have at most ${most} characters, got ${most + 1}`,
    at: 'coder_app.w',
  })),
  {
    rule: 'metadata/key-unique',
    when: 'two items have one key',
    build: (b) =>
      metadata(b, [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ]),
    says: 'item.key must be unique, got "a" twice',
    at: 'coder_metadata.m',
  },
  {
    rule: 'metadata/one-per-resource',
    when: 'a resource has two',
    build: (b) => {
      const item = [{ key: 'a', value: '1' }];
      new CoderMetadata(b.stack, 'first', { resourceId: '${docker_volume.home.id}', item });
      metadata(b, item);
    },
    says: 'resource_id "${docker_volume.home.id}" has the metadata of bench/first already',
    at: 'coder_metadata.m',
  },
  ...['', 'a\nb', ' a', 'ä"'].map((key): Case => ({
    rule: 'metadata/key',
    when: `a key of the agent is ${JSON.stringify(key)}`,
    build: (b) => b.agent({ metadata: [{ key, script: 'true', interval: 5 }] }),
    says: 'metadata.key must be letters, digits',
    at: 'coder_agent.main',
  })),
  {
    rule: 'metadata/interval',
    when: 'a script runs without a pause',
    build: (b) => b.agent({ metadata: [{ key: 'cpu', script: 'true', interval: 0 }] }),
    says: 'metadata "cpu": interval must be 1 or more seconds, got 0',
    at: 'coder_agent.main',
  },
  ...['2', '0.50', 'two'].map((cpus): Case => ({
    rule: 'container/cpus',
    when: `cpus is ${cpus}`,
    build: container({ cpus }),
    says: 'cpus must be a number with a point',
    at: 'docker_container.c',
  })),
  {
    rule: 'container/command',
    when: 'the command has an empty word',
    build: container({ command: ['sh', ''] }),
    says: 'command must hold no empty string',
    at: 'docker_container.c',
  },
];

export const WORKSPACE_ACCEPTED: readonly Accepted[] = [
  {
    when: 'what an agent may take from the build',
    build: (b) =>
      b.agent({
        arch: '${data.coder_provisioner.me.arch}',
        env: { ID: asTyped('${data.coder_workspace.me.id}'), PLAIN: 'x' },
      }),
  },
  {
    when: 'an agent for a started workspace only',
    build: (b) => b.agent().addOverride('count', '${data.coder_workspace.me.start_count}'),
  },
  { when: 'a script by cron alone', build: script({ runOnStart: undefined, cron: '0 */5 * * * *' }) },
  { when: 'a script by a named schedule', build: script({ runOnStart: undefined, cron: '@daily' }) },
  {
    when: 'a script when an expression says so',
    build: beside((b) => b.script('s').addOverride('run_on_start', '${local.x}')),
  },
  {
    when: 'a script by words and steps',
    build: script({ cron: 'CRON_TZ=Europe/Berlin 0 0,30 8-18/2 ? JAN-DEC Mon-Fri' }),
  },
  {
    when: 'a script that waits for a while',
    build: script({ startBlocksLogin: true, timeout: 60 }),
  },
  {
    when: 'long files of which one is taken, or which a function makes shorter',
    build: beside((b) => {
      b.stack.addFile('a.sh', 'x'.repeat(131_072));
      const file = 'file("${path.module}/a.sh")';
      b.local('self', '${local.self}');
      b.script('s', { script: `\${local.c ? ${file} : "true"}` });
      b.script('t', { script: `%{ if local.c }\${${file}}%{ endif }` });
      b.script('u', { script: `\${substr(${file}, 0, 9)}\${local.self}` });
      b.script('v', { script: `\${join("", [for x in [] : ${file}])}` });
    }),
  },
  {
    when: 'one of two apps, by build',
    build: beside((b) => {
      for (const id of ['a', 'b']) b.webApp(id, { slug: 'x' }).addOverride('count', '${local.x ? 1 : 0}');
    }),
  },
  { when: 'a script at the limit', build: script({ script: 'x'.repeat(131_071) }) },
  { when: 'an app of a command', build: webApp({ url: undefined, command: 'htop', share: 'owner' }) },
  {
    when: 'an app of its own name that others open',
    build: webApp({ subdomain: true, share: 'authenticated' }),
  },
  { when: 'an external app', build: webApp({ url: 'https://example.com', external: true }) },
  { when: 'names of 64 characters that need more bytes', build: webApp({ displayName: 'ä'.repeat(64) }) },
  { when: 'a key with words', build: (b) => metadata(b, [{ key: 'CPU usage', value: '1' }]) },
  {
    when: 'cpus as Docker gives them back',
    build: container({ cpus: '1.5', command: ['sh', '-c', 'true'] }),
  },
  { when: 'cpus of an expression', build: container({ cpus: '${format("%.1f", 2)}' }) },
];
