import { CoderAgent } from '../../../constructs/workspace/coder';
import { asTyped, DOLLAR_ENTRY } from '../../../synth/agent-values';
import type { Accepted, Bench, Case } from './support';

/** Runs a case beside an agent. */
const beside = (build: (b: Bench) => unknown) => (b: Bench) => {
  b.agent();
  build(b);
};

const workspace = (b: Bench, ...env: string[]) =>
  b.resource('docker_container', 'c', {
    count: '${data.coder_workspace.me.start_count}',
    env: ['CODER_AGENT_TOKEN=${coder_agent.main.token}', ...env],
  });

export const ENV_CASES: readonly Case[] = [
  ...['1X', 'A-B', 'A B', ''].map((name): Case => ({
    rule: 'env/name',
    when: `the name is ${JSON.stringify(name)}`,
    build: beside((b) => b.variable('v', { name })),
    says: 'name must be letters, digits and underscores',
    at: 'coder_env.v',
  })),
  {
    rule: 'env/name-unique',
    when: 'two have one name',
    build: beside((b) => (b.variable('first', { name: 'X' }), b.variable('v', { name: 'X' }))),
    says: 'name "X" is taken by bench/first on the same agent',
    at: 'coder_env.v',
  },
  {
    rule: 'env/agent-wins',
    when: 'the agent sets it too',
    build: (b) => (b.agent({ env: { X: 'y' } }), b.variable('v', { name: 'X' })),
    says: 'name "X" is set by env of coder_agent.main too, which always wins',
    at: 'coder_env.v',
  },
  ...[
    '${data.coder_parameter.x.value}',
    '${upper(data.coder_parameter.x.value)}',
    'a${data.coder_parameter.x.value}',
    '$HOME',
    '${"$HOME"}',
    // Text that a name of ours is beside.
    '$${WORKSPACE_DOLLAR}$HOME',
    // All but the escape: to another name, of another sign, of a part only.
    '${replace(data.coder_parameter.x.value, "$", "$${DOLLAR}")}',
    '${replace(data.coder_parameter.x.value, "$HOME", "$${WORKSPACE_DOLLAR}")}',
    '${replace("a", "$", "$${WORKSPACE_DOLLAR}")}${data.coder_parameter.x.value}',
    '${"${data.coder_parameter.x.value}${replace("a", "$", "$${WORKSPACE_DOLLAR}")}"}',
    '${replace("a", "$", "b") == "a" ? data.coder_parameter.x.value : replace("a", "$", "$${WORKSPACE_DOLLAR}")}',
  ].map((value): Case => ({
    rule: 'env/as-typed',
    when: `the value is ${value}`,
    build: beside((b) => (b.parameter('x'), b.variable('v', { value }))),
    says: 'value must be text without "$" or replace(…, "$", "$${WORKSPACE_DOLLAR}"), got ',
    at: 'coder_env.v',
  })),
  ...['$HOME', '${data.coder_workspace.me.id}'].map((value): Case => ({
    rule: 'env/agent-as-typed',
    when: `a value of the agent is ${value}`,
    build: (b) => (b.data('coder_workspace', 'me'), b.agent({ env: { X: value } })),
    says: 'env.X must be text without "$" or replace(…, "$", "$${WORKSPACE_DOLLAR}"), got ',
    at: 'coder_agent.main',
  })),
  {
    rule: 'env/agent-as-typed',
    when: 'an expression makes all values of the agent',
    build: (b) => (b.local('x', { A: 'b' }), b.agent().addOverride('env', '${merge(local.x, {})}')),
    says: 'env must be text without "$" or replace(',
    at: 'coder_agent.main',
  },
  ...(
    [
      [
        'a variable',
        (b) => (b.agent(), b.variable('v', { value: asTyped('${data.coder_parameter.x.value}') })),
      ],
      ['the agent', (b) => b.agent({ env: { X: 'a$${WORKSPACE_DOLLAR}b' } })],
    ] as [string, (b: Bench) => unknown][]
  ).map(([what, build]): Case => ({
    rule: 'env/dollar-in-container',
    when: `${what} counts on it and the container has none`,
    build: (b) => (b.parameter('x'), build(b), workspace(b)),
    says: 'env must hold "WORKSPACE_DOLLAR=$", got ',
    at: 'docker_container.c',
  })),
];

export const ENV_ACCEPTED: readonly Accepted[] = [
  {
    when: 'a name on another agent',
    build: beside((b) => {
      new CoderAgent(b.stack, 'Second', { os: 'linux', arch: 'amd64' }).overrideLogicalId('second');
      for (const [id, agentId] of [
        ['a', '${coder_agent.main.id}'],
        ['b', '${coder_agent.second.id}'],
      ] as const) {
        b.variable(`env_${id}`, { name: 'X', agentId });
      }
    }),
  },
  {
    when: 'one of two variables, by build',
    build: beside((b) => {
      for (const id of ['a', 'b']) b.variable(id, { name: 'X' }).addOverride('count', '${local.x ? 1 : 0}');
    }),
  },
  {
    when: 'variables that join',
    build: beside((b) => {
      for (const id of ['a', 'b']) b.variable(id, { name: 'PATH', mergeStrategy: 'prepend' });
    }),
  },
  ...['${"x"}', 'plain', '', 'a%24'].map((value): Accepted => ({
    when: `a variable of ${JSON.stringify(value)}`,
    build: beside((b) => b.variable('v', { value })),
  })),
  {
    when: 'variables whose every "$" the container puts in',
    build: (b) => {
      b.parameter('x');
      b.agent({ env: { X: 'a$${WORKSPACE_DOLLAR}b' } });
      b.variable('v', { value: asTyped('${data.coder_parameter.x.value}') });
      b.variable('w', {
        value: '${replace( # by hand\n  data.coder_parameter.x.value, "$", "$${WORKSPACE_DOLLAR}")}',
      });
      workspace(b, DOLLAR_ENTRY);
    },
  },
];
