import {
  expectOk,
  plannedActions,
  plannedValuesOf,
  Terraform,
  usesRealProviders,
  workspaceEnv,
} from '../harness/terraform';
import { readyForHost } from '../harness/docker-host';
import { PROGRAMS, removeSynthesized, synthesizeByProgram } from './programs';
import { ADA, CLAIM_SECRET, nextSecond } from './support';

afterAll(removeSynthesized);

const run = (changes: Partial<typeof ADA> = {}): Parameters<Terraform['plan']>[0] => ({
  env: workspaceEnv({ ...ADA, ...changes }),
  vars: { workspace_claim_secret: CLAIM_SECRET },
});

describe.each(Object.keys(PROGRAMS).filter((name) => name !== 'contractor-workspace'))('%s', (name) => {
  let terraform: Terraform;
  beforeAll(async () => {
    terraform = new Terraform(synthesizeByProgram(name).folder);
    if (usesRealProviders()) await readyForHost(terraform.dir);
    expectOk(await terraform.init());
  });
  afterAll(() => terraform.clear());

  test('is valid, formatted, and plans for a newcomer', async () => {
    expect(await terraform.validate()).toMatchObject({ valid: true, diagnostics: [] });
    expect(await terraform.fmtCheck()).toMatchObject({ ok: true, files: [] });
    const { plan } = expectOk(await terraform.plan(run({ templateName: name })));
    expect(new Set(Object.values(plannedActions(plan)))).toEqual(new Set(['create']));
    expect(plannedValuesOf(plan, 'docker_container.workspace[0]')).toMatchObject({
      security_opts: ['no-new-privileges'],
    });
  });

  test('planned again after it was applied, only the claim is new', async () => {
    const agentToken = '44444444-4444-4444-8444-444444444444';
    expectOk(await terraform.apply(run({ agentToken })));
    await nextSecond();
    const { plan } = expectOk(await terraform.plan(run({ agentToken })));
    expect(plannedActions(plan)).toEqual({ 'coder_script.ai_setup': 'replace' });
  });
});

describe('what the examples are there to show', () => {
  const planOf = async (name: string, changes: Parameters<typeof run>[0] = {}) => {
    const terraform = new Terraform(synthesizeByProgram(name).folder);
    expectOk(await terraform.init());
    return terraform.plan(run(changes));
  };

  test('contractor: dotfiles from an unknown host are refused in the form', async () => {
    const foreign = await planOf('contractor', {
      parameters: { dotfiles: 'https://git.example.com:x@evil.example/dotfiles' },
    });
    expect(foreign.ok).toBe(false);
    expect(JSON.stringify(foreign.diagnostics)).toContain('names git.example.com');
    expectOk(
      await planOf('contractor', { parameters: { dotfiles: 'https://git.example.com/ada/dotfiles.git' } }),
    );
  });

  test('contractor: a new one works by design-first, whatever was chosen', async () => {
    const { plan } = expectOk(
      await planOf('contractor', {
        groups: ['contractors-new'],
        parameters: { ai_enforcement_level: 'unrestricted' },
      }),
    );
    expect(plannedValuesOf(plan, 'coder_env.ai_enforcement_level[0]')?.value).toBe('design-first');
  });

  test('air-gapped: the container is on the site’s own network, from its own registry', async () => {
    const { plan } = expectOk(await planOf('air-gapped'));
    expect(plannedValuesOf(plan, 'docker_container.workspace[0]')).toMatchObject({
      networks_advanced: [expect.objectContaining({ name: 'workspaces-internal' })],
    });
    expect(plannedValuesOf(plan, 'docker_image.workspace[0]')?.name).toMatch(
      /^registry\.internal\.example\//,
    );
  });
});
