import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  errorTexts,
  expectOk,
  plannedActions,
  plannedValuesOf,
  Terraform,
  workspaceEnv,
} from '../harness/terraform';
import { ADA, capabilitiesOf, CLAIM_SECRET, claimIn, TemplateUnderTest } from './support';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let template: TemplateUnderTest;
beforeAll(async () => {
  template = await TemplateUnderTest.synthesize({
    floors: {
      everyone: 'unrestricted',
      templates: {},
      groups: { contractors: 'design-first', staff: 'standard' },
      people: { 'grace-id': 'standard' },
    },
    teams: { templates: {}, groups: { interns: { maxBudget: 50, budgetDuration: '7d' } } },
  });
});
afterAll(() => template.dispose());

const levelOf = async (build: Parameters<TemplateUnderTest['plan']>[0]): Promise<unknown> => {
  const { plan } = expectOk(await template.plan(build));
  return plannedValuesOf(plan, 'coder_env.ai_enforcement_level[0]')?.value;
};

test('the template is valid before anybody is known', async () => {
  expect(await template.terraform.validate()).toMatchObject({ valid: true, diagnostics: [] });
});

test('a plain user gets a container, a home and everything the assistant needs', async () => {
  const { plan } = expectOk(await template.plan(ADA));
  expect(new Set(Object.values(plannedActions(plan)))).toEqual(new Set(['create']));
  expect(plannedValuesOf(plan, 'docker_container.workspace[0]')).toMatchObject({
    name: `coder-${ADA.workspaceId}`,
    hostname: `coder-${ADA.workspaceId}`,
    user: '1000:1000',
    cpus: '2.0',
    memory: 4096,
    memory_swap: 4096,
    security_opts: ['no-new-privileges'],
  });
  expect(capabilitiesOf(plannedValuesOf(plan, 'docker_container.workspace[0]'))).toEqual([
    { add: [], drop: ['ALL'] },
  ]);
  expect(plannedValuesOf(plan, 'docker_volume.home')?.name).toBe(`coder-${ADA.workspaceId}-home`);
  expect(plannedValuesOf(plan, 'coder_env.ai_model[0]')?.value).toBe('claude-sonnet-5-5');
});

test('the claim says what the gateway has to know, and its proof is the nested hash', async () => {
  const { plan } = expectOk(await template.plan({ ...ADA, groups: ['contractors', 'interns', 'book-club'] }));
  const found = claimIn(plannedValuesOf(plan, 'coder_script.ai_setup')?.script);
  expect(found?.claim).toMatchObject({
    v: 1,
    deployment: 'https://coder.example.com',
    workspace: { id: ADA.workspaceId, name: 'dev' },
    owner: { id: ADA.ownerId, name: 'ada', groups: ['contractors', 'interns'] },
    template: { id: ADA.templateId, name: 'contractor-workspace', version: 'v1' },
    level: 'design-first',
    transition: 'start',
    prebuild: false,
  });
  expect(Date.parse(String(found?.claim.issued_at))).toBeLessThanOrEqual(Date.now());
  const [version, body, proof] = found?.wire.split('.') ?? [];
  const text = Buffer.from(body ?? '', 'base64').toString('utf8');
  expect(version).toBe('v1');
  expect(proof).toBe(sha256(CLAIM_SECRET + sha256(CLAIM_SECRET + text)));
});

test('the claim and its secret are in no value but the set-up script', async () => {
  const { plan } = expectOk(await template.plan(ADA));
  const wire = claimIn(plannedValuesOf(plan, 'coder_script.ai_setup')?.script)?.wire ?? 'missing';
  const others = (plan.planned_values.root_module.resources ?? []).filter(
    ({ address }) => address !== 'coder_script.ai_setup',
  );
  expect(JSON.stringify(others)).not.toContain(wire);
  expect(JSON.stringify(plan.planned_values)).not.toContain(CLAIM_SECRET);
});

test.each([
  ['nobody known', { parameters: { ai_enforcement_level: 'unrestricted' } }, 'unrestricted'],
  [
    'a group',
    { groups: ['contractors'], parameters: { ai_enforcement_level: 'unrestricted' } },
    'design-first',
  ],
  ['two groups: the stricter', { groups: ['staff', 'contractors'] }, 'design-first'],
  ['a person', { ownerId: 'grace-id', parameters: { ai_enforcement_level: 'unrestricted' } }, 'standard'],
  [
    'a choice above the floor',
    { groups: ['staff'], parameters: { ai_enforcement_level: 'design-first' } },
    'design-first',
  ],
])('the level in force for %s', async (_, changes, level) => {
  expect(await levelOf({ ...ADA, ...changes })).toBe(level);
});

test.each([
  ['ai_assistant', 'copilot'],
  ['ai_model', 'gpt-5'],
  ['ai_enforcement_level', 'none'],
  ['ai_gateway_url', 'http://elsewhere:4000'],
])('an unknown value of %s is refused, with its name', async (name, value) => {
  const result = await template.plan({ ...ADA, parameters: { [name]: value } });
  expect(result.ok).toBe(false);
  expect(errorTexts(result).join('\n')).toContain(value);
});

test('a level no form knows counts as the strictest, should one ever arrive', async () => {
  const lenient = Terraform.copyOf(template.terraform.dir);
  const form = readFileSync(join(lenient.dir, 'parameters.tf'), 'utf8');
  // Without options and form type the provider takes any value, as the form itself does.
  lenient.write(
    'parameters.tf',
    form.replace(/\n *option \{[^}]*\}/g, '').replace(/\n *form_type .*"(radio|dropdown)"/g, ''),
  );
  const result = await lenient.plan({
    env: workspaceEnv({ ...ADA, parameters: { ai_enforcement_level: 'whatever' } }),
    vars: { workspace_claim_secret: CLAIM_SECRET },
  });
  const level = plannedValuesOf(expectOk(result).plan, 'coder_env.ai_enforcement_level[0]')?.value;
  lenient.dispose();
  expect(level).toBe('design-first');
});

test.each([
  ['https://git.example.com/team/app.git', 'folder=/home/coder/app'],
  ['https://git.example.com/team/app/', 'folder=/home/coder/app'],
  ['https://git.example.com/team/app.git#feat/x', 'folder=/home/coder/app'],
  ['https://github.com/team/app/tree/feat/x', 'folder=/home/coder/app'],
  ['https://git.example.com/group/sub/app/-/tree/feat/x?ref_type=heads', 'folder=/home/coder/app'],
  ['https://git.example.com/team/app/src/branch/feat/x', 'folder=/home/coder/app'],
  ['https://git.example.com/tree/app', 'folder=/home/coder/app'],
  ['', 'folder=/home/coder/project'],
  ['https://git.example.com/team/.config.git', 'folder=/home/coder/project'],
  ['https://git.example.com/team/bin', 'folder=/home/coder/project'],
])('for the repository "%s" the editor opens with %s', async (address, query) => {
  const { plan } = expectOk(await template.plan({ ...ADA, parameters: { git_repo: address } }));
  expect(plannedValuesOf(plan, 'coder_app.code_server')?.url).toBe(`http://localhost:8080/?${query}`);
});

test.each(['git@git.example.com:team/app', 'ssh://git@git.example.com/team/app'])(
  'the address %s is refused in the form: the image has no ssh',
  async (address) => {
    const result = await template.plan({ ...ADA, parameters: { git_repo: address } });
    expect(errorTexts(result).join('\n')).toContain('An address that starts with https://, with %24');
  },
);

test('of the address the agent comes from only a host that is this machine is replaced', async () => {
  const addresses = {
    'http://localhost:7080/': 'http://host.docker.internal:7080/',
    'http://127.0.0.1:3000/': 'http://host.docker.internal:3000/',
    'http://[::1]:3000/': 'http://host.docker.internal:3000/',
    'http://localhost': 'http://host.docker.internal',
    'BINARY_URL="https://localhost/bin"\nURL="http://localhost"\n':
      'BINARY_URL="https://host.docker.internal/bin"\nURL="http://host.docker.internal"\n',
    'https://localhost.example.com/': 'https://localhost.example.com/',
    'https://coder-localhost.example.com:8443/': 'https://coder-localhost.example.com:8443/',
    'https://coder.example.com/localhost': 'https://coder.example.com/localhost',
    'http://127.0.0.100:3000/': 'http://127.0.0.100:3000/',
  };
  const code = readFileSync(join(template.terraform.dir, 'workspace.tf'), 'utf8');
  const replacing = /replace\(coder_agent\.main\.init_script, .*\)(?=,\n)/.exec(code)?.[0] ?? 'missing';
  const bench = Terraform.fromFiles({
    'main.tf': `output "scripts" {
  value = [for script in ${JSON.stringify(Object.keys(addresses))} : ${replacing.replace('coder_agent.main.init_script', 'script')}]
}`,
  });
  try {
    expectOk(await bench.init());
    const { plan } = expectOk(await bench.plan());
    expect(plan.output_changes?.scripts?.after).toEqual(Object.values(addresses));
  } finally {
    bench.dispose();
  }
});

describe('the form says which floor holds for its reader', () => {
  test.each([
    [
      'nobody known',
      [],
      'How the assistant works. Your organisation may ask for a stricter mode than you choose.',
    ],
    [
      'a group with a floor',
      ['staff'],
      'How the assistant works. Your organisation asks for "Standard" or stricter from you: "Unrestricted" has no effect.',
    ],
    [
      'the stricter of two',
      ['staff', 'contractors'],
      'How the assistant works. Your organisation asks for "Design first" from you: "Unrestricted" and "Standard" have no effect.',
    ],
  ])('%s', async (_, groups, description) => {
    const { plan } = expectOk(await template.plan({ ...ADA, groups }));
    const level = plannedValuesOf(plan, 'data.coder_parameter.ai_enforcement_level');
    expect(level?.description).toBe(description);
    // Options are the same for everybody: a stored one that is gone would break builds.
    expect((level?.option as { value: string }[]).map(({ value }) => value)).toEqual([
      'unrestricted',
      'standard',
      'design-first',
    ]);
  });
});

test('cpu and memory keep to their range', async () => {
  const result = await template.plan({ ...ADA, parameters: { cpu: '99' } });
  expect(errorTexts(result).join('\n')).toContain('A whole number from 1 to 8.');
});

describe('a claim secret that is too short', () => {
  // Coder keeps all that Terraform says of an import in a log, where every template administrator reads it.
  const SECRET = 'planted-secret-0123456789abcdef';
  const vars = { workspace_claim_secret: SECRET };

  test.each([
    ['an import', { env: {}, vars }],
    ['a start', { env: workspaceEnv(ADA), vars }],
  ])('%s is refused with the way to make one, and nothing shows it', async (_, run) => {
    const result = await template.terraform.plan(run);
    expect(result.ok).toBe(false);
    expect(errorTexts(result).join('\n')).toContain('openssl rand -hex 32');
    expect(JSON.stringify(result)).not.toContain(SECRET);
    expect(await template.terraform.planOutput(run)).not.toContain(SECRET);
  });

  test('a workspace can still be stopped', async () => {
    const result = await template.terraform.plan({ env: workspaceEnv({ ...ADA, transition: 'stop' }), vars });
    expectOk(result);
  });
});

test('"none" means no AI: no claim, nothing in the environment', async () => {
  const { plan } = expectOk(await template.plan({ ...ADA, parameters: { ai_assistant: 'none' } }));
  expect(Object.keys(plannedActions(plan)).filter((address) => address.startsWith('coder_env.ai_'))).toEqual(
    [],
  );
  expect(claimIn(plannedValuesOf(plan, 'coder_script.ai_setup')?.script)).toBeUndefined();
});
