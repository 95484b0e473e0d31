import type { WorkspaceModule } from '../../../constructs/workspace/registry-module';
import { catalog } from '../../../src/catalog';
import { policy } from '../../../src/policy';
import { ContractorWorkspaceStack } from '../../../src/stacks/contractor-workspace';
import { expectOk, plannedValuesOf, Terraform, workspaceEnv } from '../../harness/terraform';
import { ADA, CLAIM_SECRET } from '../../template/support';
import { newApp } from '../support';

const GOOSE: WorkspaceModule = {
  name: 'goose',
  source: 'registry.example.com/tools/goose/coder',
  version: '3.0.1',
  inputs: {
    text: 'a "b" ${c} %{if}\n',
    number: 2,
    flag: false,
    names: ['one', '${two}'],
    ports: [80, 443],
  },
};

const stackWith = (...modules: readonly WorkspaceModule[]): ContractorWorkspaceStack =>
  new ContractorWorkspaceStack(newApp(), 'stack', { catalog, policy, modules });

const filesOf = (...modules: readonly WorkspaceModule[]): ReadonlyMap<string, string> =>
  stackWith(...modules).templateFiles();

/** What the module declares, and what shows what it was given. */
const MODULE = `variable "agent_id" { type = string }
variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "names" { type = list(string) }
variable "ports" { type = list(number) }
resource "terraform_data" "given" {
  input = { text = var.text, number = var.number, flag = var.flag, names = var.names, ports = var.ports }
}
`;

/** As `terraform init` leaves a module that it has fetched from the registry: it fetches none again. */
const FETCHED = (source: string, version: string): string =>
  JSON.stringify({
    Modules: [
      { Key: '', Source: '', Dir: '.' },
      { Key: 'goose', Source: source, Version: version, Dir: '.terraform/modules/goose' },
    ],
  });

function terraformWith(module: WorkspaceModule): Terraform {
  return Terraform.fromFiles({
    ...Object.fromEntries(filesOf(module)),
    '.terraform/modules/modules.json': FETCHED(GOOSE.source, GOOSE.version),
    '.terraform/modules/goose/main.tf': MODULE,
  });
}

test('a module block in a file of its own, with source, version, agent and inputs', () => {
  expect(filesOf(GOOSE).get('modules.tf')).toMatchInlineSnapshot(`
    "# Modules of others, each held to one version.

    module "goose" {
      count = data.coder_workspace.me.start_count

      source   = "registry.example.com/tools/goose/coder"
      version  = "3.0.1"
      agent_id = coder_agent.main.id
      text     = "a \\"b\\" $\${c} %%{if}\\n"
      number   = 2
      flag     = false
      names    = ["one", "$\${two}"]
      ports    = [80, 443]
    }
    "
  `);
});

test('without modules there is no such file', () => {
  expect([...filesOf().keys()]).not.toContain('modules.tf');
});

test('Terraform takes it, and the module gets what was typed', async () => {
  const terraform = terraformWith(GOOSE);
  try {
    expectOk(await terraform.init());
    expect(await terraform.validate()).toMatchObject({ valid: true, diagnostics: [] });
    const started = { env: workspaceEnv(ADA), vars: { workspace_claim_secret: CLAIM_SECRET } };
    const { plan } = expectOk(await terraform.plan(started));
    expect(plannedValuesOf(plan, 'module.goose[0].terraform_data.given')?.input).toEqual(GOOSE.inputs);
  } finally {
    terraform.dispose();
  }
});

test('Terraform refuses an input that the module does not have', async () => {
  const terraform = terraformWith({ ...GOOSE, inputs: { ...GOOSE.inputs, misspelt: 1 } });
  try {
    const { ok, text } = await terraform.init();
    const { valid, diagnostics } = await terraform.validate();
    expect(ok && valid).toBe(false);
    expect(`${text}${JSON.stringify(diagnostics)}`).toContain('misspelt');
  } finally {
    terraform.dispose();
  }
});

test.each<[Partial<WorkspaceModule>, RegExp]>([
  [{ name: 'Goose' }, /"name" must be lower case letters/],
  [{ source: './modules/goose' }, /"source" must be "host\/namespace\/name\/provider"/],
  [{ source: 'git::https://git.example.com/goose.git?ref=v1' }, /"source" must be/],
  [{ source: 'https://user:pw@example.com/goose.zip' }, /"source" must be/],
  [{ version: '~> 3.0' }, /"version" must be one exact version such as "1.2.3", got "~> 3.0"/],
  [{ version: '>= 3.0.1' }, /"version" must be/],
  [{ version: '3.0' }, /"version" must be/],
  [{ version: 'latest' }, /"version" must be/],
  [{ inputs: { anthropic_api_key: 'x' } }, /"inputs" must hold no secret, got .*anthropic_api_key/],
  [{ inputs: { env: ['sk-ant-of-somebody'] } }, /"inputs" must hold no secret, got .*env/],
  [{ inputs: { source: 'x' } }, /"inputs" must have names .* got .*source/],
  [{ inputs: { agent_id: 'x' } }, /"inputs" must have names .* got .*agent_id/],
  [{ inputs: { number: Number.NaN } }, /inputs\.number" must be text or a number .* got NaN/],
  [{ inputs: { text: 'x'.repeat(10_001) } }, /"inputs" must hold texts of at most 10000/],
  [
    { inputs: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`i${at}`, at])) },
    /at most 100 names, got 101/,
  ],
  [{ agentInput: 'agent-id' }, /"agentInput" must be the name of an input/],
])('change %# is refused', (change, message) => {
  expect(() => stackWith({ ...GOOSE, ...change })).toThrow(message);
});

test('no secret is shown by its refusal', () => {
  let said = '';
  try {
    stackWith({ ...GOOSE, inputs: { anything: 'sk-ant-of-somebody' } });
  } catch (fault) {
    said = String(fault);
  }
  expect(said).toContain('anything');
  expect(said).not.toContain('sk-ant');
});

test('two of one name are refused, and a module that takes no agent gets none', () => {
  expect(() => stackWith(GOOSE, GOOSE)).toThrow(/must have names of their own, got "goose" twice/);
  expect(filesOf({ ...GOOSE, agentInput: '' }).get('modules.tf')).not.toContain('agent_id');
});
