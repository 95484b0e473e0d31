import { REQUIRED_PROVIDERS } from './broken-blocks';
import {
  changeOf,
  describeDiagnostics,
  errorTexts,
  expectOk,
  plannedActions,
  Terraform,
  usesRealProviders,
  valuesOf,
  workspaceEnv,
} from './terraform';

type Body = Record<string, unknown>;

/** A small workspace: agent, what hangs on it, image, volume, container. */
function workspace(changes: { agent?: Body; container?: Body; resource?: Body; env?: Body } = {}): string {
  return JSON.stringify({
    ...REQUIRED_PROVIDERS,
    data: { coder_workspace: { me: {} } },
    resource: {
      coder_agent: { main: { os: 'linux', arch: 'amd64', ...changes.agent } },
      coder_env: {
        level: { agent_id: '${coder_agent.main.id}', name: 'LEVEL', value: 'high', ...changes.env },
      },
      coder_metadata: {
        info: { resource_id: '${docker_volume.home.id}', item: [{ key: 'a', value: 'b' }, { key: 'none' }] },
      },
      docker_image: { main: { name: 'example/image:1' } },
      docker_volume: { home: { name: 'home', labels: [{ label: 'a', value: 'b' }] } },
      docker_network: { net: { name: 'net' } },
      docker_container: {
        main: {
          count: '${data.coder_workspace.me.start_count}',
          name: 'workspace',
          image: '${docker_image.main.image_id}',
          env: ['TOKEN=${coder_agent.main.token}'],
          entrypoint: ['sh', '-c', '${coder_agent.main.init_script}'],
          networks_advanced: [{ name: '${docker_network.net.name}' }],
          ports: [{ internal: 80 }],
          volumes: [{ container_path: '/home', volume_name: '${docker_volume.home.name}' }],
          ...changes.container,
        },
      },
      ...changes.resource,
    },
  });
}

/** A build whose agent keeps its token, as every build after the first. */
const BUILD = workspaceEnv({
  workspaceId: 'w',
  agentToken: 'token',
  agentScripts: { linux_amd64: 'sh ${ACCESS_URL}bin ${AUTH_TYPE}' },
});

// The real providers would start the container.
const suite = usesRealProviders() ? describe.skip : describe;
const name = usesRealProviders()
  ? 'after an apply (skipped: with the real providers it needs a Docker engine)'
  : 'after an apply';

suite(name, () => {
  let tf: Terraform;
  const planWith = async (text: string, env = BUILD): Promise<Record<string, string>> => {
    tf.write('main.tf.json', text);
    return plannedActions(expectOk(await tf.plan({ env })).plan);
  };

  beforeAll(async () => {
    tf = Terraform.fromFiles({ 'main.tf.json': workspace() });
    expectOk(await tf.init());
    expectOk(await tf.apply({ env: BUILD }));
  });
  afterAll(() => tf.dispose());

  it('the next plan changes nothing', async () => {
    tf.write('main.tf.json', workspace());
    const { plan, hasChanges } = expectOk(await tf.plan({ env: BUILD }));
    expect(plannedActions(plan)).toEqual({});
    expect(hasChanges).toBe(false);
  });

  it('computed values are filled', async () => {
    const { plan } = expectOk(await tf.plan({ env: BUILD }));
    const values = (address: string): object => valuesOf(plan.prior_state?.values, address) ?? {};
    expect(values('coder_agent.main')).toMatchObject({
      token: 'token',
      init_script: 'sh https://mydeployment.coder.com/bin token',
      display_apps: [{ vscode: true, vscode_insiders: false, web_terminal: true }],
    });
    expect(values('coder_metadata.info')).toMatchObject({ item: [{ is_null: false }, { is_null: true }] });
    expect(values('docker_volume.home')).toMatchObject({ id: 'home', name: 'home', driver: 'local' });
    expect(values('docker_image.main')).toMatchObject({
      image_id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
    expect(values('docker_container.main[0]')).toMatchObject({
      network_data: [{ network_name: 'net' }],
      ports: [{ external: 32768, internal: 80, ip: '0.0.0.0', protocol: 'tcp' }],
      env: ['TOKEN=token'],
    });
  });

  it('a new token at every refresh replaces the container unless the build names the running one', async () => {
    const unnamed = workspaceEnv({
      workspaceId: 'w',
      agentScripts: { linux_amd64: 'sh ${ACCESS_URL}bin ${AUTH_TYPE}' },
    });
    expect(await planWith(workspace(), unnamed)).toEqual({ 'docker_container.main[0]': 'replace' });
    tf.write('main.tf.json', workspace());
    const unrefreshed = expectOk(await tf.plan({ env: unnamed, refresh: false }));
    expect(plannedActions(unrefreshed.plan)).toEqual({});
  });

  it.each<[string, string, Record<string, string>]>([
    [
      'an argument of the agent replaces it and all that hangs on it',
      workspace({ agent: { env: { A: 'b' } } }),
      { 'coder_agent.main': 'replace', 'coder_env.level': 'replace', 'docker_container.main[0]': 'replace' },
    ],
    [
      'a new block of the agent replaces it',
      workspace({ agent: { metadata: [{ key: 'a', script: 'b', interval: 1 }] } }),
      { 'coder_agent.main': 'replace', 'coder_env.level': 'replace', 'docker_container.main[0]': 'replace' },
    ],
    [
      'display_apps written as the provider fills them change nothing',
      workspace({
        agent: {
          display_apps: [
            {
              vscode: true,
              vscode_insiders: false,
              web_terminal: true,
              ssh_helper: true,
              port_forwarding_helper: true,
            },
          ],
        },
      }),
      {},
    ],
    [
      'a coder_env replaces itself alone',
      workspace({ env: { value: 'low' } }),
      { 'coder_env.level': 'replace' },
    ],
    ['a written default changes nothing', workspace({ container: { restart: 'no', must_run: true } }), {}],
    [
      'restart changes in place',
      workspace({ container: { restart: 'always' } }),
      { 'docker_container.main[0]': 'update' },
    ],
    [
      'an image replaces',
      workspace({ container: { image: 'other' } }),
      { 'docker_container.main[0]': 'replace' },
    ],
    [
      'an attribute inside a set of blocks replaces',
      workspace({ container: { volumes: [{ container_path: '/srv', volume_name: 'home' }] } }),
      { 'docker_container.main[0]': 'replace' },
    ],
    [
      'an attribute inside a list of blocks replaces',
      workspace({ container: { ports: [{ internal: 81 }] } }),
      { 'docker_container.main[0]': 'replace' },
    ],
    [
      'a block more replaces',
      workspace({ container: { capabilities: [{ drop: ['ALL'] }] } }),
      { 'docker_container.main[0]': 'replace' },
    ],
  ])('%s', async (_, text, expected) => {
    expect(await planWith(text)).toEqual(expected);
  });

  it('names the path that forces the replacement', async () => {
    tf.write('main.tf.json', workspace({ container: { ports: [{ internal: 81 }], hostname: 'other' } }));
    const { plan } = expectOk(await tf.plan({ env: BUILD }));
    const paths = changeOf(plan, 'docker_container.main[0]')?.change.replace_paths ?? [];
    expect(paths.map((path) => path.join('.')).sort()).toEqual(['hostname', 'ports.0.internal']);
    expect(await tf.planText()).toContain('# forces replacement');
  });

  it('a stop removes the container alone, and everything can be destroyed', async () => {
    const stop = { ...BUILD, ...workspaceEnv({ transition: 'stop' }) };
    expect(await planWith(workspace(), stop)).toEqual({ 'docker_container.main[0]': 'delete' });
    const left = expectOk(await tf.destroy({ env: stop }));
    expect(left.state.values).toBeUndefined();
  });
});

suite('values that read back in another form', () => {
  const FORMS: Readonly<Record<string, { body: Body; next: string | undefined }>> = {
    cpus_short: { body: { cpus: '2' }, next: 'replace' },
    cpus_normal: { body: { cpus: '2.0' }, next: undefined },
    cpus_fraction: { body: { cpus: '0.25' }, next: undefined },
    cpus_zero: { body: { cpus: '1.50' }, next: 'replace' },
    capability_short: { body: { capabilities: [{ add: ['CHOWN'] }] }, next: 'replace' },
    capability_full: { body: { capabilities: [{ add: ['CAP_CHOWN'], drop: ['ALL'] }] }, next: undefined },
    memory_alone: { body: { memory: 512 }, next: 'update' },
    memory_and_swap: { body: { memory: 512, memory_swap: 1024 }, next: undefined },
    health_short: { body: { healthcheck: [{ test: ['x'], interval: '60s' }] }, next: 'update' },
    health_normal: {
      body: { healthcheck: [{ test: ['x'], interval: '1m0s', timeout: '1.5s' }] },
      next: undefined,
    },
  };

  it('differ at the next plan as with the real engine', async () => {
    const rows = Object.entries(FORMS).map(([name, { body }]) => [name, { name, image: 'x', ...body }]);
    const text = JSON.stringify({
      ...REQUIRED_PROVIDERS,
      resource: { docker_container: Object.fromEntries(rows) as Body },
    });
    const tf = Terraform.fromFiles({ 'main.tf.json': text });
    try {
      expectOk(await tf.init());
      expectOk(await tf.apply());
      const expected = Object.entries(FORMS)
        .filter(([, { next }]) => next !== undefined)
        .map(([name, { next }]) => [`docker_container.${name}`, next]);
      const first = expectOk(await tf.plan());
      expect(plannedActions(first.plan)).toEqual(Object.fromEntries(expected));
      // Applying them again does not help.
      expectOk(await tf.apply());
      expect(plannedActions(expectOk(await tf.plan()).plan)).toEqual(Object.fromEntries(expected));
    } finally {
      tf.dispose();
    }
  });
});

suite('checks of the apply phase', () => {
  const script = (body: Body): Body => ({ agent_id: 'a', display_name: 'x', script: 'true', ...body });
  const RESOURCES: Readonly<Record<string, Body>> = {
    coder_script: {
      never: script({}),
      login: script({ run_on_stop: true, start_blocks_login: true }),
      fine: script({ run_on_start: true, start_blocks_login: true }),
      cron: script({ cron: '0 0 8 * * *' }),
    },
    coder_ai_task: { none: {} },
    docker_container: {
      cpus: { name: 'a', image: 'x', cpus: 'two' },
      command: { name: 'b', image: 'x', command: ['sh', ''] },
    },
    coder_app: { hidden: { agent_id: 'a', slug: 'x', hidden: true, display_name: 'X' } },
  };

  it('pass validate and plan and fail the build', async () => {
    const tf = Terraform.fromFiles({
      'main.tf.json': JSON.stringify({ ...REQUIRED_PROVIDERS, resource: RESOURCES }),
    });
    try {
      expectOk(await tf.init());
      expectOk(await tf.validate());
      expectOk(await tf.plan());
      const applied = await tf.apply();
      const faults = Object.fromEntries(
        applied.diagnostics.map((one) => [`${one.severity} ${one.address}`, one.summary]),
      );
      expect(faults).toEqual({
        'error coder_script.never': 'at least one of "run_on_start", "run_on_stop", or "cron" must be set',
        'error coder_script.login': '"start_blocks_login" can only be set if "run_on_start" is "true"',
        'error coder_ai_task.none': '"app_id" must be set',
        'error docker_container.cpus': 'Unable to create container',
        'error docker_container.command': 'Unable to create container',
        'warning coder_app.hidden': '"display_name" has no effect',
      });
      const made = (applied.state.values?.root_module?.resources ?? []).map(({ address }) => address);
      expect(made.sort()).toEqual(['coder_app.hidden', 'coder_script.cron', 'coder_script.fine']);
    } finally {
      tf.dispose();
    }
  });
});

describe('provider configuration', () => {
  it('wants a URL, and takes it from the environment', async () => {
    const config = {
      ...REQUIRED_PROVIDERS,
      provider: { coder: { url: '' } },
      data: { coder_workspace: { me: {} } },
    };
    const tf = Terraform.fromFiles({ 'main.tf.json': JSON.stringify(config) });
    try {
      expectOk(await tf.init());
      const empty = await tf.plan({ env: workspaceEnv({ accessUrl: 'http://coder.test' }) });
      expect(errorTexts(empty).join()).toMatch(/CODER_AGENT_URL must not be empty/);
      tf.write('main.tf.json', JSON.stringify({ ...config, provider: { coder: { url: 'a b:c' } } }));
      expect(describeDiagnostics((await tf.validate()).diagnostics)).toMatch(/invalid value for url/);
    } finally {
      tf.dispose();
    }
  });
});
