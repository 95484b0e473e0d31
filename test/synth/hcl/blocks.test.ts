import type { JsonObject } from '../../../synth/hcl/expressions';
import type { TemplateStack } from '../../../synth/template-stack';
import { newStack } from '../support/synthesize';

const hclOf = (declare: (stack: TemplateStack) => void): string =>
  [...newStack(declare).hclFiles().values()].join('\n');

const withBlock =
  (address: string, body: JsonObject) =>
  (stack: TemplateStack): void =>
    stack.addOverride(address, body);

test('a module keeps source and providers as they are, arguments as expressions', () => {
  expect(
    hclOf(
      withBlock('module.m', {
        source: 'registry.coder.com/x/${y}/coder',
        version: '~> 1.0',
        count: '${1}',
        providers: { docker: 'docker.far' },
        agent_id: '${coder_agent.main.id}',
        depends_on: ['coder_agent.main'],
      }),
    ),
  ).toContain(`module "m" {
  count = 1

  providers = {
    docker = docker.far
  }

  source   = "registry.coder.com/x/$\${y}/coder"
  version  = "~> 1.0"
  agent_id = coder_agent.main.id

  depends_on = [coder_agent.main]
}`);
});

test('an import block names its target bare', () => {
  expect(hclOf((stack) => stack.addOverride('import', [{ to: 'docker_volume.home', id: 'x' }]))).toContain(
    `import {
  to = docker_volume.home
  id = "x"
}`,
  );
});

test('no block comes of null and of an empty list', () => {
  expect(hclOf(withBlock('data.coder_parameter.p', { name: 'p', option: [], validation: null }))).toContain(
    `data "coder_parameter" "p" {
  name = "p"
}`,
  );
});

test('null, numbers and flags stay what they are', () => {
  expect(hclOf(withBlock('data.coder_parameter.p', { name: null, default: '2', order: 2, mutable: false })))
    .toContain(`data "coder_parameter" "p" {
  name    = null
  default = "2"
  mutable = false
  order   = 2
}`);
});

test.each<[string, string, JsonObject, string]>([
  [
    'an argument the schema does not know',
    'resource.coder_env.e',
    { agent: 'x' },
    '[tested] cannot be written as HCL: "coder_env" has no argument "agent": its schema knows agent_id, ',
  ],
  [
    'a type without a schema',
    'resource.aws_instance.i',
    {},
    '[tested] cannot be written as HCL: no schema for resource "aws_instance": the HCL writer must know its blocks from its attributes; add the schema of its provider as providers/<name>/schema.json',
  ],
  [
    'a block that is none',
    'data.coder_parameter.p',
    { option: 'a' },
    '[tested] cannot be written as HCL: a block must be an object or a list of objects, got "a"',
  ],
  [
    'a dynamic block of no type',
    'data.coder_parameter.p',
    { dynamic: { choice: { for_each: [], content: {} } } },
    '[tested] cannot be written as HCL: dynamic "choice" is no block of its parent',
  ],
])('fails for %s', (_case, address, body, message) => {
  expect(() => hclOf(withBlock(address, body))).toThrow(message);
});

test('fails for a kind of block it does not know', () => {
  expect(() => hclOf(withBlock('check.c', {}))).toThrow(
    'unknown top-level block "check": the HCL writer knows terraform, locals, variable',
  );
});
