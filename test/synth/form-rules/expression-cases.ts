import { TerraformLocal } from 'cdktf';
import { DataCoderTask, DataCoderWorkspaceOwner } from '../../../constructs/workspace/coder';
import { literal } from '../../../synth/hcl/strings';
import type { Accepted, Bench, Case } from './support';

const at = 'data.coder_parameter.p';

const withDefault =
  (value: string) =>
  (b: Bench): unknown =>
    b.parameter('p', { default: value });

/** References the form cannot follow, in the default of a parameter. */
const UNREADABLE: readonly [reference: string, as: string][] = [
  ['${data.coder_workspace.me.name}', 'data.coder_workspace.me.name'],
  ['${data.coder_workspace_owner.me.name}', 'data.coder_workspace_owner.me.name'],
  ['${data.coder_workspace_owner.you.groups[0]}', 'data.coder_workspace_owner.you.groups'],
  ['${docker_image.main.id}', 'docker_image.main.id'],
  ['a${data.coder_provisioner.me.arch}b', 'data.coder_provisioner.me.arch'],
  ['${data.coder_parameter.q.id}', 'data.coder_parameter.q.id'],
  ['${{ a = [for x in [1] : coder_agent.main.id] }["a"][0]}', 'coder_agent.main.id'],
  ['%{ if data.coder_workspace.me.start_count > 0 }a%{ endif }', 'data.coder_workspace.me.start_count'],
];

export const EXPRESSION_CASES: readonly Case[] = [
  ...(['${a', '${"a}', '${X@Q}', '%{ if x'] as const).map((text): Case => ({
    rule: 'expression/syntax',
    when: `a text is ${text}`,
    build: (b) => b.local('broken', text),
    says: 'write $${ or %%{ for text that is no Terraform expression',
    at: 'local.broken',
  })),
  ...(['echo ${HOME}', 'echo ${X:-y}', 'echo ${}', 'curl -w "%{http_code}"'] as const).map(
    (script): Case => ({
      rule: 'expression/shell-text',
      when: `a script is ${script}`,
      build: (b) => (b.agent(), b.script('s', { script })),
      says: 'which Terraform cannot read',
      at: 'coder_script.s',
    }),
  ),
  {
    rule: 'expression/shell-text',
    when: 'the command of an app has a variable of the shell',
    build: (b) => (b.agent(), b.webApp('w', { url: undefined, command: 'cd ${HOME}' })),
    says: 'command has "${HOME}"',
    at: 'coder_app.w',
  },
  ...UNREADABLE.map(([reference, as]): Case => ({
    rule: 'expression/form-references',
    when: `a default is ${reference}`,
    build: withDefault(reference),
    says: `default must use only what the form can read, got ${as}`,
    at,
  })),
  {
    rule: 'expression/form-references',
    when: 'locals lead to the workspace',
    build: (b) => {
      b.local('a', { deep: ['${local.b}'] });
      b.local('b', '${upper(data.coder_workspace.me.name)}');
      b.parameter('p', { option: [{ name: '${local.a.deep[0]}', value: '' }] });
    },
    says: 'option[0].name must use only what the form can read, got data.coder_workspace.me.name through local.a, local.b',
    at,
  },
  {
    rule: 'expression/form-references',
    when: 'a preset follows a resource',
    build: (b) => (b.parameter('p'), b.preset('s', { parameters: { p: '${coder_agent.main.id}' } })),
    says: 'parameters.p must use only what the form can read, got coder_agent.main.id',
    at: 'data.coder_workspace_preset.s',
  },
  ...['templatefile', 'templatestring', 'plantimestamp', 'ephemeralasnull'].map((name): Case => ({
    rule: 'expression/form-functions',
    when: `a default calls ${name}`,
    build: withDefault(`\${${name}("a")}`),
    says: `default must use only functions the form has, got ${name}()`,
    at,
  })),
  {
    rule: 'expression/form-functions',
    when: 'a local calls one of them',
    build: (b) => (
      b.local('now', '${plantimestamp()}'),
      b.parameter('p', { description: 'At ${local.now}' })
    ),
    says: 'description must use only functions the form has, got plantimestamp() through local.now',
    at,
  },
  {
    rule: 'expression/sensitive',
    when: 'a default is sensitive',
    build: withDefault('${sensitive("x")}'),
    says: 'default must not use sensitive()',
    at,
  },
  ...['{ a = 1 }', '\n  { a = 1 }\n', 'local.object', 'merge({}, {})', 'jsondecode("{}")'].map(
    (value): Case => ({
      rule: 'expression/sensitive-object',
      when: `a local is sensitive(${value})`,
      build: (b) => (b.local('object', { a: 1 }), b.local('hidden', `\${sensitive(${value})}`)),
      says: 'local.hidden must not call sensitive() with an object',
      at: 'local.hidden',
    }),
  ),
  ...['${var.v}', '${try(var.v, "x")}', '${local.l}'].map((value): Case => ({
    rule: 'expression/variable-default',
    when: `a default is ${value} and the variable has none`,
    build: (b) => (
      b.input('v', { type: 'string' }),
      b.local('l', '${var.v}'),
      b.parameter('p', { default: value })
    ),
    says: 'default must use only variables with a default, got var.v',
    at,
  })),
  {
    rule: 'expression/variable-default',
    when: 'the default of the variable is null',
    build: (b) => (
      b.input('v', { type: 'string' }).addOverride('default', null),
      b.parameter('p', { default: '${var.v}' })
    ),
    says: 'got var.v',
    at,
  },
  {
    rule: 'expression/sensitive-variable',
    when: 'a description holds a sensitive variable',
    build: (b) => (
      b.input('v', { default: '', sensitive: true }),
      b.parameter('p', { description: 'It is ${var.v}' })
    ),
    says: 'description must not use a sensitive variable, got var.v: the form shows it in clear',
    at,
  },
  ...['${local.c ? null : "x"}', '${local.c ? "x" : null}'].map((value): Case => ({
    rule: 'expression/null-branch',
    when: `a default is ${value}`,
    build: (b) => (b.local('c', true), b.parameter('p', { default: value })),
    says: 'default must not have null for a result of its condition',
    at,
  })),
  {
    rule: 'expression/owner-name',
    when: 'the owner is not named "me"',
    build: (b) => new DataCoderWorkspaceOwner(b.stack, 'Owner').overrideLogicalId('owner'),
    says: 'the data source must be named "me", got "owner"',
    at: 'data.coder_workspace_owner.owner',
  },
  {
    rule: 'expression/shipped-file',
    when: 'a file is read that is not there',
    build: (b) => b.local('text', '${file("${path.module}/scripts/a.sh")}'),
    says: 'the template must ship "scripts/a.sh"',
    at: 'local.text',
  },
  {
    rule: 'stack/name',
    when: 'the id is no name of a template',
    stackId: 'my_template',
    build: () => undefined,
    says: 'must be letters and digits joined by single hyphens, at most 31, got "my_template"',
    at: '',
  },
  {
    rule: 'stack/name',
    when: 'the id is too long',
    stackId: 'a'.repeat(32),
    build: () => undefined,
    says: 'at most 31',
    at: '',
  },
  {
    rule: 'stack/no-backend',
    when: 'there is a backend',
    build: (b) => b.stack.addOverride('terraform.backend.local.path', 'terraform.tfstate'),
    says: 'terraform.backend must not be there, got {"local":{"path":"terraform.tfstate"}}',
    at: '',
  },
  {
    rule: 'stack/one-block-per-address',
    when: 'two constructs make one block',
    build: (b) => {
      b.local('twice', 1);
      new TerraformLocal(b.stack, 'other', 2).overrideLogicalId('twice');
    },
    says: 'locals twice is made by bench/local_twice and bench/other',
    at: '',
  },
  {
    rule: 'agent/no-tasks',
    when: 'there is a task',
    build: (b) => new DataCoderTask(b.stack, 'Task').overrideLogicalId('me'),
    says: 'coder_task is gone from Coder',
    at: 'data.coder_task.me',
  },
];

export const EXPRESSION_ACCEPTED: readonly Accepted[] = [
  {
    when: 'an entry of a local whose other entries follow the workspace',
    build: (b) => {
      b.local('facts', { name: '${data.coder_workspace.me.name}', greeting: '${upper("hello")}' });
      b.parameter('p', { default: '${local.facts.greeting}${local.facts["greeting"]}' });
    },
  },
  {
    when: 'a function of a provider',
    build: (b) => b.local('x', '${provider::coder::hello("x")}'),
  },
  {
    when: 'everything the form can read',
    build: (b) => {
      b.stack.addFile('settings/models.json', '{}');
      b.input('v', { default: 'x' });
      b.local('models', '${jsondecode(file("${path.module}/settings/models.json"))}');
      b.local(
        'groups',
        '${[for group in data.coder_workspace_owner.me.groups : lower(group) if group != "x"]}',
      );
      b.parameter('q');
      b.parameter('p', {
        default: '${contains(local.groups, "a") ? data.coder_parameter.q.value : coalesce(var.v, "y")}',
        description: 'One of ${join(", ", keys(local.models))} %{ if local.groups != [] }for you%{ endif }',
        option: undefined,
      });
    },
  },
  {
    when: 'keys, loop variables and words in quotes that look like names',
    build: (b) =>
      b.parameter('p', {
        default: '${jsonencode({ docker = "docker_image.x.id", b : [for k, v in { a = 1 } : k] })}',
      }),
  },
  {
    when: 'text of a shell that is escaped',
    build: (b) => (b.agent(), b.script('s', { script: literal('echo ${HOME} %{x}') })),
  },
  {
    when: 'real directives',
    build: (b) => (b.agent(), b.script('s', { script: '%{ for x in ["a"] }${x}%{ endfor }' })),
  },
  {
    when: 'a reference to the workspace outside of the form',
    build: (b) => b.local('a', '${data.coder_workspace.me.name}'),
  },
  { when: 'a sensitive text in a local', build: (b) => b.local('a', '${sensitive("x")}') },
  {
    when: 'a sensitive variable outside of the form',
    build: (b) => (b.input('v', { sensitive: true }), b.local('a', '${var.v}')),
  },
  {
    when: 'the owner under the name "me"',
    build: (b) => new DataCoderWorkspaceOwner(b.stack, 'Owner').overrideLogicalId('me'),
  },
  { when: 'null outside of a condition', build: withDefault('${coalesce(null, "x")}') },
  {
    when: 'descriptions and defaults of variables, which are no templates',
    build: (b) => b.input('v', { description: 'Like ${HOME} or %{x}', default: '${a' }),
  },
];
