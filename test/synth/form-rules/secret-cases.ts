import { asTyped } from '../../../synth/agent-values';
import type { Accepted, Bench, Case } from './support';

const secret = (b: Bench): void => {
  b.input('key', { type: 'string', sensitive: true });
};

const READABLE: readonly [
  what: string,
  build: (b: Bench, value: string) => unknown,
  at: string,
  where: string,
][] = [
  ['a script', (b, value) => b.script('s', { script: `key=${value}` }), 'coder_script.s', 'script'],
  ['a variable', (b, value) => b.variable('v', { value: asTyped(value) }), 'coder_env.v', 'value'],
  ['a command', (b, value) => b.webApp('w', { url: undefined, command: value }), 'coder_app.w', 'command'],
  [
    'the container',
    (b, value) =>
      b.resource('docker_container', 'c', {
        count: '${data.coder_workspace.me.start_count}',
        env: ['CODER_AGENT_TOKEN=${coder_agent.main.token}', `KEY=${value}`],
      }),
    'docker_container.c',
    'env[1]',
  ],
];

const template =
  (text: string, variables = '{ name = "x", list = [1] }') =>
  (b: Bench) => {
    b.stack.addFile('settings/a.sh', text);
    b.local('text', `\${templatefile("\${path.module}/settings/a.sh", ${variables})}`);
  };

export const SECRET_CASES: readonly Case[] = [
  ...READABLE.map(([what, build, at, where]): Case => ({
    rule: 'secret/in-workspace',
    when: `${what} holds it`,
    build: (b) => (secret(b), b.agent(), build(b, '${var.key}')),
    says: `${where} must not hold a sensitive variable, got var.key: every user of every workspace can read it`,
    at,
  })),
  {
    rule: 'secret/in-workspace',
    when: 'the agent has it through locals and functions that keep it',
    build: (b) => {
      secret(b);
      b.local('a', '${base64encode(var.key)}');
      b.local('b', { key: '${nonsensitive(local.a)}' });
      b.agent({ env: { KEY: asTyped('${jsonencode(local.b)}') } });
    },
    says: 'env.KEY must not hold a sensitive variable, got var.key through local.b, local.a',
    at: 'coder_agent.main',
  },
  ...['change-me', { a: ['x'] }].map((value): Case => ({
    rule: 'secret/variable-default',
    when: `it is ${JSON.stringify(value)}`,
    build: (b) => b.input('key', { sensitive: true, default: value }),
    says: 'default of a sensitive variable must be left out, null or "", got a value',
    at: 'var.key',
  })),
  {
    rule: 'secret/shown-by-validation',
    when: 'its length is validated',
    build: (b) =>
      b.input('key', {
        type: 'string',
        sensitive: true,
        validation: [{ condition: '${length(var.key) >= 32}', errorMessage: 'Too short.' }],
      }),
    says: 'validation must not be given for a sensitive variable, got one for "key": Terraform prints the value it refuses',
    at: 'var.key',
  },
  ...(
    ['echo ${HOME}', 'echo ${X:-y}', 'echo ${name} ${local.x}', 'curl -w "%{http_code}"', 'a ${}'] as const
  ).map((text): Case => ({
    rule: 'expression/template-file',
    when: `a file is ${text}`,
    build: template(text),
    says: '"settings/a.sh", which templatefile() reads, has',
    at: 'local.text',
  })),
  {
    rule: 'expression/template-file',
    when: 'a sequence is not closed',
    build: template('echo ${name', 'local.unknown'),
    says: 'write $${ or %%{ in the file',
    at: 'local.text',
  },
  {
    rule: 'expression/template-file',
    when: 'a local holds the variables',
    build: (b) => (b.local('values', { name: 'x' }), template('${name}${HOME}', 'local.values')(b)),
    says: 'has "${HOME}"',
    at: 'local.text',
  },
];

export const SECRET_ACCEPTED: readonly Accepted[] = [
  {
    when: 'what a secret proves, not the secret',
    build: (b) => {
      secret(b);
      b.agent();
      b.local('proof', '${sha256("${var.key}${sha256("${var.key}x")}")}');
      b.script('s', { script: 'proof=${local.proof} on=${var.key != "" ? 1 : 0} size=${length(var.key)}' });
      b.variable('v').addOverride('count', '${nonsensitive(var.key) == "" ? 0 : 1}');
    },
  },
  {
    when: 'a secret of a container that no user gets into',
    build: (b) => (secret(b), b.resource('docker_container', 'c', { env: ['POSTGRES_PASSWORD=${var.key}'] })),
  },
  {
    when: 'a variable that is no secret',
    build: (b) => (
      b.input('url', { default: 'x' }),
      b.agent(),
      b.variable('v', { value: asTyped('${var.url}') })
    ),
  },
  {
    when: 'a sensitive variable without a value of its own',
    build: (b) => (
      b.input('a', { sensitive: true, default: '' }),
      b.input('b', { sensitive: true, default: {} })
    ),
  },
  {
    when: 'files that Terraform reads as they are meant',
    build: (b) => {
      template('%{ for i, x in list ~}\n$${HOME} ${name}-${x}-${upper(name)} %%{http_code}\n%{ endfor ~}\n')(
        b,
      );
      b.stack.addFile('scripts/b.sh', 'echo ${HOME}');
      b.local('plain', '${file("${path.module}/scripts/b.sh")}');
    },
  },
  {
    when: 'a file whose variables nobody knows yet',
    build: template('${a} ${b.c}', 'merge(local.x, { name = 1 })'),
  },
];
