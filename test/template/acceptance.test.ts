/** Checks of the template by the numbers platform teams know them by. */
import { changeOf, expectOk, plannedActions, plannedValuesOf } from '../harness/terraform';
import { ADA, capabilitiesOf, TemplateUnderTest } from './support';

let template: TemplateUnderTest;
beforeAll(async () => {
  template = await TemplateUnderTest.synthesize();
});
afterAll(() => template.dispose());

const planOf = async (build: Parameters<TemplateUnderTest['plan']>[0]) =>
  expectOk(await template.plan(build)).plan;
let planned: ReturnType<typeof planOf> | undefined;
/** Of a start with nothing chosen; made once for all that only look at it. */
const plainPlan = () => (planned ??= planOf(ADA));
const container = async (): Promise<Record<string, unknown>> =>
  plannedValuesOf(await plainPlan(), 'docker_container.workspace[0]') ?? {};

test('A37 every parameter can be changed later, the level too: floors hold it, not the form', async () => {
  const plan = await plainPlan();
  const parameters = (plan.prior_state?.values?.root_module?.resources ?? []).filter(
    ({ type }) => type === 'coder_parameter',
  );
  const mutable = Object.fromEntries(
    parameters.map(({ values }) => [String(values['name']), values['mutable']]),
  );
  expect(mutable).toEqual({
    ai_assistant: true,
    ai_model: true,
    ai_enforcement_level: true,
    cpu: true,
    memory: true,
    git_repo: true,
    dotfiles: true,
    ai_gateway_url: true,
    litellm_api_key: true,
  });
});

test('A38 of the buttons into the workspace only the web terminal is shown', async () => {
  expect(plannedValuesOf(await plainPlan(), 'coder_agent.main')?.display_apps).toEqual([
    {
      vscode: false,
      vscode_insiders: false,
      web_terminal: true,
      ssh_helper: false,
      port_forwarding_helper: false,
    },
  ]);
});

test('A39 the container runs with no-new-privileges', async () => {
  expect((await container()).security_opts).toEqual(['no-new-privileges']);
});

test('A40 the container does not run as root', async () => {
  expect((await container()).user).toBe('1000:1000');
});

test('A41 inverted: the container has no NET_ADMIN, nor any other capability', async () => {
  expect(capabilitiesOf(await container())).toEqual([{ add: [], drop: ['ALL'] }]);
});

test('A56 a workspace is made with the parameters that were chosen', async () => {
  const plan = await planOf({
    ...ADA,
    parameters: {
      cpu: '4',
      memory: '8',
      ai_model: 'claude-opus',
      git_repo: 'https://git.example.com/a/app.git',
    },
  });
  expect(plannedValuesOf(plan, 'docker_container.workspace[0]')).toMatchObject({ cpus: '4.0', memory: 8192 });
  expect(plannedValuesOf(plan, 'coder_env.ai_model[0]')?.value).toBe('claude-opus-4');
  expect(plannedValuesOf(plan, 'coder_app.code_server')?.url).toBe(
    'http://localhost:8080/?folder=/home/coder/app',
  );
});

describe('over a workspace’s life', () => {
  let template: TemplateUnderTest;
  beforeEach(async () => {
    template = await TemplateUnderTest.synthesize();
  });
  afterEach(() => template.dispose());
  const planOf = async (build: Parameters<TemplateUnderTest['plan']>[0]) =>
    expectOk(await template.plan(build)).plan;

  test('A61 stopping removes the container and leaves the home', async () => {
    await template.apply(ADA);
    const plan = await planOf({ ...ADA, transition: 'stop' });
    expect(plannedActions(plan)['docker_container.workspace[0]']).toBe('delete');
    expect(plannedActions(plan)['docker_volume.home']).toBeUndefined();
  });

  test('A62 deleting removes everything', async () => {
    await template.apply(ADA);
    const { plan } = expectOk(
      await template.terraform.plan({ destroy: true, vars: { workspace_claim_secret: 'x'.repeat(32) } }),
    );
    expect(new Set(Object.values(plannedActions(plan)))).toEqual(new Set(['delete']));
  });

  test('A64 after a stop and a start the agent has its new token and the home is the same', async () => {
    await template.apply({ ...ADA, agentToken: '55555555-5555-4555-8555-555555555555' });
    await template.apply({ ...ADA, transition: 'stop' });
    const agentToken = '66666666-6666-4666-8666-666666666666';
    const plan = await planOf({ ...ADA, agentToken });
    expect(plannedValuesOf(plan, 'docker_container.workspace[0]')?.env).toEqual(
      expect.arrayContaining([`CODER_AGENT_TOKEN=${agentToken}`, 'WORKSPACE_DOLLAR=$']),
    );
    expect(changeOf(plan, 'docker_volume.home')?.change.actions).toEqual(['no-op']);
  });

  test('A65 a changed model and assistant reach the next start', async () => {
    await template.apply(ADA);
    const plan = await planOf({
      ...ADA,
      parameters: { ai_model: 'claude-haiku', ai_assistant: 'claude-code' },
    });
    expect(plannedValuesOf(plan, 'coder_env.ai_model[0]')?.value).toBe('claude-haiku-4-5');
    expect(plannedValuesOf(plan, 'coder_env.anthropic_model[0]')?.value).toBe('claude-haiku-4-5');
  });
});
