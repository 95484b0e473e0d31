import { TerraformLocal, TerraformOutput, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import {
  CoderAgent,
  CoderApp,
  DataCoderParameter,
  CoderProvider,
  CoderScript,
  DataCoderWorkspace,
  DataCoderWorkspaceOwner,
} from '../../../constructs/workspace/coder';
import { DockerContainer, DockerProvider, DockerVolume } from '../../../constructs/common/docker';
import { placeIn } from '../../../synth/hcl/layout';
import { literal } from '../../../synth/hcl/strings';
import type { TemplateStack } from '../../../synth/template-stack';

/** One of everything the writer knows: each kind of block, each way a value can be written. */
export function declareEverything(stack: TemplateStack): void {
  new CoderProvider(stack, 'coder', { url: 'https://coder.example.com' });
  new DockerProvider(stack, 'docker');
  const far = new DockerProvider(stack, 'far', { alias: 'far', host: 'tcp://10.0.0.1:2375' });
  stack.addOverride('terraform.required_version', '>= 1.9, < 2');

  new TerraformVariable(stack, 'size', {
    type: 'object({ cpus=number, names=optional(list(string), ["$${a}"]) })',
    default: { cpus: 2, names: ['${not} a %{template}', 'say "hi"\n'] },
    description: 'Costs ${amount} at 100%{x}\nper "month"',
    nullable: false,
    validation: [
      {
        condition: '${var.size.cpus > 0 && !contains(var.size.names, "")}',
        errorMessage: 'cpus must be "> 0".',
      },
      { condition: '${length(var.size.names) < 10}', errorMessage: 'At most ${5 + 5} names.' },
    ],
  });
  new TerraformVariable(stack, 'secret', { type: 'string', sensitive: true, default: 'x' });
  new TerraformVariable(stack, 'old', { type: 'map', default: { a: 1, 'b.c': true, for: 'x' } });

  const workspace = new DataCoderWorkspace(stack, 'me');
  const owner = new DataCoderWorkspaceOwner(stack, 'owner');
  owner.overrideLogicalId('me');

  const parameters = new Construct(stack, 'Parameters');
  placeIn(parameters, 'parameters');
  const model = new DataCoderParameter(parameters, 'model', {
    name: 'model',
    displayName: literal('The "model" for ${USER}'),
    type: 'string',
    default: 'a',
    mutable: true,
    option: [
      { name: 'A', value: 'a' },
      { name: literal('B %{x}'), value: 'b\\' },
    ],
  });
  model.overrideLogicalId('model');
  const cpus = new DataCoderParameter(parameters, 'cpus', {
    name: 'cpus',
    type: 'number',
    default: '2',
    validation: { min: 1, max: 8, error: 'From 1 to 8.' },
  });

  cpus.overrideLogicalId('cpus');

  const parts = new Construct(stack, 'Parts');
  placeIn(parts, 'parts', {
    comment:
      'What is put together from other things, explained at such length that the line has to be broken somewhere before it ends.',
  });
  const numbers = new TerraformLocal(parts, 'numbers', [0, -1, 1.5, 1e21, 1e-7, '2', true, null]);
  numbers.overrideLogicalId('numbers');
  const nested = new TerraformLocal(parts, 'nested', {
    'a key': { b: [{ c: '${local.numbers[0]}' }], empty: {}, none: [] },
    '${path.module}': 'key by expression',
    null: 'not nothing',
    plain: literal('${x} "q" \\ \n\tend'),
    long: ['one element that is rather long', 'another element that is rather long', 'and a third one, too'],
  });
  nested.overrideLogicalId('nested');
  placeIn(nested, 'parts', { comment: 'Keys of every kind.' });
  new TerraformLocal(
    parts,
    'several_lines',
    '${{\n  a = 1\n  b   =  [for n in ["x"]:n   if n!=""]\n}}',
  ).overrideLogicalId('several_lines');
  new TerraformLocal(parts, 'sum', '${1+\n2 # comment\n+3}').overrideLogicalId('sum');
  new TerraformLocal(
    parts,
    'text',
    '${upper("${local.numbers[1]}}")}-${join(",",["\\"","}"])}%{if true}y%{endif}',
  ).overrideLogicalId('text');

  const agent = new CoderAgent(stack, 'main', {
    os: 'linux',
    arch: 'amd64',
    env: { PLAIN: 'x', 'with.dot': literal('${HOME}'), LEVEL: model.value },
    metadata: [
      { key: 'cpu', script: 'coder stat cpu', interval: 10, timeout: 1 },
      {
        key: 'home',
        script: literal('df -h "${HOME}" | awk \'{print $5 "%"}\'\n'),
        interval: 60,
        timeout: 1,
      },
    ],
    displayApps: { vscode: false, sshHelper: false },
  });
  const script = new CoderScript(stack, 'boot', {
    agentId: agent.id,
    displayName: 'Boot',
    runOnStart: true,
    script: literal('#!/bin/sh\ncat <<EOF > "$HOME/x"\n${X:-y} %{z} \\\nEOF\n'),
  });
  script.addOverride('lifecycle', {
    precondition: [{ condition: '${length(data.coder_workspace.me.name) > 0}', error_message: 'No name.' }],
  });
  new CoderApp(stack, 'app', {
    agentId: agent.id,
    slug: 'app',
    url: 'http://localhost:1',
    healthcheck: { url: 'http://localhost:1/x', interval: 5, threshold: 6 },
  });

  const volume = new DockerVolume(stack, 'home', {
    name: `home-${workspace.id}`,
    provider: far,
    lifecycle: { ignoreChanges: 'all', preventDestroy: false },
  });
  const container = new DockerContainer(stack, 'workspace', {
    name: 'x',
    image: 'x',
    count: workspace.startCount,
    env: [`TOKEN=\${${'coder_agent.main.token'}}`],
    command: [
      'sh',
      '-c',
      '${replace(coder_agent.main.init_script, "/localhost|127\\\\.0\\\\.0\\\\.1/", "host.docker.internal")}',
    ],
    memory: '${tonumber(data.coder_parameter.cpus.value) * 1024}' as unknown as number,
    dependsOn: [volume, cpus],
    lifecycle: {
      ignoreChanges: ['env', 'labels'],
      createBeforeDestroy: true,
      replaceTriggeredBy: ['docker_volume.home'],
    },
    host: [{ host: 'a', ip: 'b' }],
    volumes: [{ containerPath: '/home', volumeName: volume.name, readOnly: false }],
    labels: [
      { label: 'a', value: 'b' },
      { label: 'c', value: literal('${d}') },
    ],
  });
  container.addOverride('dynamic.ports', {
    for_each: '${toset(["1", "2"])}',
    iterator: 'port',
    content: { internal: '${tonumber(port.value)}' },
  });
  container.addOverride('provisioner', [
    { 'local-exec': { command: literal('echo "${X}"'), when: 'destroy', on_failure: 'continue' } },
    { 'local-exec': { command: 'true', environment: { A: '${path.module}' } } },
  ]);

  stack.addOverride('resource.terraform_data.copies', {
    for_each: '${toset(["a", "b"])}',
    input: { key: '${each.key}', list: ['${each.value}', 'x-${each.value}'] },
    triggers_replace: ['${var.size.cpus}'],
  });
  stack.addOverride('moved', [{ from: 'terraform_data.copy', to: 'terraform_data.copies["a"]' }]);
  // cdktf writes `dependsOn` of an output as an expression, which Terraform refuses in JSON.
  new TerraformOutput(stack, 'size_out', {
    value: '${var.size}',
    description: 'All of ${it}',
    staticId: true,
  }).addOverride('depends_on', ['docker_container.workspace']);
  new TerraformOutput(stack, 'secret_out', {
    value: '${var.secret}',
    sensitive: true,
    staticId: true,
  }).addOverride('precondition', [{ condition: '${var.secret != ""}', error_message: 'Empty.' }]);
}
