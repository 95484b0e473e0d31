import { changeOf, expectOk, plannedActions, plannedValuesOf } from '../harness/terraform';
import { ADA, claimIn, TemplateUnderTest } from './support';

let template: TemplateUnderTest;
beforeEach(async () => {
  template = await TemplateUnderTest.synthesize();
});
afterEach(() => template.dispose());

const script = 'coder_script.ai_setup';

test('no script holds a login up, and each has an end', async () => {
  const everything = {
    git_repo: 'https://git.example.com/a/app.git',
    dotfiles: 'https://git.example.com/a/dot',
  };
  const { plan } = expectOk(await template.plan({ ...ADA, parameters: everything }));
  const scripts = (plan.planned_values.root_module.resources ?? []).filter(
    ({ type }) => type === 'coder_script',
  );
  expect(scripts.map(({ address }) => address).sort()).toEqual([
    'coder_script.ai_setup',
    'coder_script.code_server',
    'coder_script.dotfiles[0]',
    'coder_script.git_clone[0]',
    'coder_script.git_identity',
    'coder_script.usage_page[0]',
  ]);
  for (const { values } of scripts) {
    expect(values['start_blocks_login']).not.toBe(true);
    expect(values['timeout']).toBeGreaterThan(0);
  }
});

test('stopping removes the container, keeps the home, and asks for no key', async () => {
  await template.apply(ADA);
  const { plan } = expectOk(await template.plan({ ...ADA, transition: 'stop', agentToken: 'running-token' }));
  const actions = plannedActions(plan);
  expect(actions['docker_container.workspace[0]']).toBe('delete');
  expect(actions['docker_volume.home']).toBeUndefined();
  expect(claimIn(plannedValuesOf(plan, script)?.script)).toBeUndefined();
});

test('planned again as the same build, only the claim is new', async () => {
  const running = { ...ADA, agentToken: '11111111-1111-4111-8111-111111111111' };
  await template.apply(running);
  const { plan } = expectOk(await template.plan(running));
  expect(plannedActions(plan)).toEqual({ [script]: 'replace' });
});

test('the next start of a running workspace replaces neither agent nor container nor home', async () => {
  const running = { ...ADA, agentToken: '11111111-1111-4111-8111-111111111111' };
  await template.apply(running);
  const { plan } = expectOk(
    await template.plan({
      ...running,
      buildId: 'b0000000-0000-4000-8000-000000000002',
      templateVersion: 'v2',
      workspaceName: 'renamed',
      parameters: { ai_model: 'claude-haiku', ai_enforcement_level: 'design-first' },
    }),
  );
  const replaced = Object.entries(plannedActions(plan))
    .filter(([, action]) => action !== 'update')
    .map(([address]) => address);
  expect(replaced.sort()).toEqual([
    'coder_env.ai_enforcement_level[0]',
    'coder_env.ai_model[0]',
    // Shows the workspace's name in the dashboard.
    'coder_metadata.workspace[0]',
    script,
  ]);
});

test('a start after a stop keeps the home volume', async () => {
  await template.apply(ADA);
  const home = { ...ADA, workspaceName: 'renamed' };
  await template.apply({ ...home, transition: 'stop' });
  const { plan } = expectOk(
    await template.plan({ ...home, buildId: 'b0000000-0000-4000-8000-000000000003' }),
  );
  expect(changeOf(plan, 'docker_volume.home')?.change.actions).toEqual(['no-op']);
  expect(plannedActions(plan)['docker_container.workspace[0]']).toBe('create');
});

test('a prebuild claims no key of its own, and its claim by a person replaces no container', async () => {
  const agentToken = '22222222-2222-4222-8222-222222222222';
  const prebuild = { ...ADA, owner: 'prebuilds', ownerId: 'prebuilds-id', prebuild: true, agentToken };
  await template.apply(prebuild);
  const { plan: same } = expectOk(await template.plan(prebuild));
  expect(claimIn(plannedValuesOf(same, script)?.script)).toBeUndefined();

  const { plan } = expectOk(await template.plan({ ...ADA, prebuildClaim: true, agentToken }));
  expect(claimIn(plannedValuesOf(plan, script)?.script)?.claim).toMatchObject({
    prebuild: false,
    owner: { name: 'ada' },
  });
  const actions = plannedActions(plan);
  expect(actions['coder_agent.main']).toBeUndefined();
  expect(actions['docker_container.workspace[0]']).toBeUndefined();
  expect(actions['docker_volume.home']).toBeUndefined();
});

test('deleting removes everything', async () => {
  await template.apply(ADA);
  const { plan } = expectOk(
    await template.terraform.plan({ destroy: true, vars: { workspace_claim_secret: 'x'.repeat(32) } }),
  );
  expect(new Set(Object.values(plannedActions(plan)))).toEqual(new Set(['delete']));
});
