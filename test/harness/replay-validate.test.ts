import { brokenFolder, type BrokenBlock } from './broken-blocks';
import { expectOk, type Terraform, type ValidateResult } from './terraform';

const app = (body: object): Pick<BrokenBlock, 'type' | 'body'> => ({
  type: 'coder_app',
  body: { agent_id: 'a', slug: 'ok', ...body },
});
const agent = (body: object): Pick<BrokenBlock, 'type' | 'body'> => ({
  type: 'coder_agent',
  body: { os: 'linux', arch: 'amd64', ...body },
});
const script = (body: object): Pick<BrokenBlock, 'type' | 'body'> => ({
  type: 'coder_script',
  body: { agent_id: 'a', display_name: 'x', script: 'true', run_on_start: true, ...body },
});
const parameter = (body: object): Pick<BrokenBlock, 'type' | 'body'> => ({
  type: 'data.coder_parameter',
  body: { name: 'x', ...body },
});
const preset = (body: object): Pick<BrokenBlock, 'type' | 'body'> => ({
  type: 'data.coder_workspace_preset',
  body: { name: 'x', ...body },
});
const container = (body: object): Pick<BrokenBlock, 'type' | 'body'> => ({
  type: 'docker_container',
  body: { name: 'x', image: 'y', ...body },
});
const scheduling = (body: object): object => ({ prebuilds: [{ instances: 1, scheduling: [body] }] });

/** Every check of the validate phase, broken once. */
const ROWS: Readonly<Record<string, BrokenBlock>> = {
  agent_arch: {
    ...agent({ arch: 'x86' }),
    fault: /expected arch to be one of \["amd64" "armv7" "arm64"\], got x86/,
  },
  agent_os: { ...agent({ os: 'plan9' }), fault: /expected os to be one of/ },
  agent_auth: { ...agent({ auth: 'none' }), fault: /expected auth to be one of/ },
  agent_behavior: {
    ...agent({ startup_script_behavior: 'x' }),
    fault: /expected startup_script_behavior to be one of/,
  },
  agent_scope: { ...agent({ api_key_scope: 'x' }), fault: /expected api_key_scope to be one of/ },
  agent_timeout: {
    ...agent({ connection_timeout: -1 }),
    fault: /expected connection_timeout to be at least \(0\)/,
  },
  agent_threshold: {
    ...agent({ resources_monitoring: [{ memory: [{ enabled: true, threshold: 101 }] }] }),
    fault: /expected threshold to be at most \(100\), got 101/,
  },
  agent_path: {
    ...agent({ resources_monitoring: [{ volume: [{ enabled: true, threshold: 1, path: 'home' }] }] }),
    fault: /path: must be an absolute path/,
  },
  app_slug: { ...app({ slug: 'Code_Server' }), fault: /invalid value for slug/ },
  app_share: { ...app({ share: 'all' }), fault: /expected share to be one of/ },
  app_open_in: { ...app({ open_in: 'window' }), fault: /expected open_in to be one of/ },
  app_display_name: {
    ...app({ display_name: 'x'.repeat(65) }),
    fault: /expected length of display_name .*64/,
  },
  app_group: { ...app({ group: 'é'.repeat(33) }), fault: /expected length of group .*got 66 bytes/ },
  app_tooltip: { ...app({ tooltip: 'x'.repeat(2049) }), fault: /expected length of tooltip/ },
  app_icon: { ...app({ icon: '/icon/100%.svg' }), fault: /invalid URL escape/ },
  app_command_url: { ...app({ command: 'x', url: 'http://x' }), fault: /"url": conflicts with command/ },
  app_command_subdomain: {
    ...app({ command: 'x', subdomain: false }),
    fault: /"command": conflicts with subdomain/,
  },
  app_external_share: {
    ...app({ external: false, share: 'owner' }),
    fault: /"external": conflicts with share/,
  },
  app_external_healthcheck: {
    ...app({ external: false, healthcheck: [{ url: 'u', interval: 1, threshold: 1 }] }),
    fault: /"external": conflicts with healthcheck/,
  },
  app_healthcheck_command: {
    ...app({ command: 'x', healthcheck: [{ url: 'u', interval: 1, threshold: 1 }] }),
    fault: /"healthcheck": conflicts with command/,
  },
  script_timeout: { ...script({ timeout: 0 }), fault: /expected timeout to be at least \(1\), got 0/ },
  script_cron: { ...script({ cron: 'soon' }), fault: /expected exactly 6 fields/ },
  env_name: { type: 'coder_env', body: { agent_id: 'a', name: '1X' }, fault: /invalid value for name/ },
  env_merge: {
    type: 'coder_env',
    body: { agent_id: 'a', name: 'X', merge_strategy: 'join' },
    fault: /expected merge_strategy to be one of/,
  },
  metadata_icon: {
    type: 'coder_metadata',
    body: { resource_id: 'r', icon: ':' },
    fault: /missing protocol scheme/,
  },
  devcontainer_folder: {
    type: 'coder_devcontainer',
    body: { agent_id: 'a', workspace_folder: '' },
    fault: /workspace_folder.*to not be an empty string/,
  },
  task_app: { type: 'coder_ai_task', body: { app_id: 'x' }, fault: /valid UUID/ },
  task_both: {
    type: 'coder_ai_task',
    body: {
      app_id: '6f1ed1a2-3b4c-4d5e-8f60-718293a4b5c6',
      sidebar_app: [{ id: '6f1ed1a2-3b4c-4d5e-8f60-718293a4b5c6' }],
    },
    fault: /conflicts with sidebar_app/,
  },
  parameter_type: { ...parameter({ type: 'int' }), fault: /expected type to be one of/ },
  parameter_form: { ...parameter({ form_type: 'listbox' }), fault: /expected form_type to be one of/ },
  parameter_icon: {
    ...parameter({ icon: 'a b:c' }),
    fault: /first path segment in URL cannot contain colon/,
  },
  parameter_regex_min: {
    ...parameter({ default: '1', validation: [{ regex: 'x', min: 1, error: 'e' }] }),
    fault: /"validation.regex": conflicts with validation.min/,
  },
  parameter_two_validations: {
    ...parameter({ default: '1', validation: [{ min: 1 }, { max: 2 }] }),
    fault: /Too many validation blocks|No more than 1 "validation" blocks/,
  },
  preset_name: { ...preset({ name: '' }), fault: /"name".*to not be an empty string/ },
  preset_description: {
    ...preset({ description: 'x'.repeat(129) }),
    fault: /expected length of description/,
  },
  preset_icon: { ...preset({ icon: 'x'.repeat(257) }), fault: /expected length of icon/ },
  preset_instances: {
    ...preset({ prebuilds: [{ instances: -1 }] }),
    fault: /expected instances to be at least/,
  },
  preset_ttl: {
    ...preset({ prebuilds: [{ instances: 1, expiration_policy: [{ ttl: 60 }] }] }),
    fault: /0 or between 3600 and 31536000/,
  },
  preset_cron_fields: {
    ...preset(scheduling({ timezone: 'UTC', schedule: [{ cron: '* 8 * *', instances: 1 }] })),
    fault: /expected exactly 5 fields/,
  },
  preset_cron_minute: {
    ...preset(scheduling({ timezone: 'UTC', schedule: [{ cron: '0 8 * * *', instances: 1 }] })),
    fault: /minute field must be \*/,
  },
  preset_timezone: {
    ...preset(scheduling({ timezone: 'Mars/Base', schedule: [{ cron: '* 8 * * *', instances: 1 }] })),
    fault: /unknown time zone Mars\/Base/,
  },
  secret_env: {
    type: 'data.coder_secret',
    body: { env: 'A-B', help_message: 'h' },
    fault: /invalid value for env/,
  },
  secret_file: {
    type: 'data.coder_secret',
    body: { file: 'relative', help_message: 'h' },
    fault: /invalid value for file/,
  },
  container_restart: { ...container({ restart: 'sometimes' }), fault: /invalid value for restart/ },
  container_cpu_set: { ...container({ cpu_set: 'all' }), fault: /invalid value for cpu_set/ },
  container_memory: { ...container({ memory: -1 }), fault: /expected memory to be at least \(0\)/ },
  container_swap: { ...container({ memory_swap: -2 }), fault: /expected memory_swap to be at least \(-1\)/ },
  container_mount: {
    ...container({ mounts: [{ type: 'nfs', target: '/x' }] }),
    fault: /invalid value for type/,
  },
  container_permissions: {
    ...container({ upload: [{ file: '/x', content: 'y', permissions: '644' }] }),
    fault: /invalid value for permissions/,
  },
  container_base64: {
    ...container({ upload: [{ file: '/x', content_base64: 'ä' }] }),
    fault: /expected a base64 string/,
  },
  container_host_path: {
    ...container({ volumes: [{ container_path: '/x', host_path: 'y' }] }),
    fault: /invalid value for host_path/,
  },
  container_interval: {
    ...container({ healthcheck: [{ test: ['x'], interval: '1 minute' }] }),
    fault: /invalid duration/,
  },
  container_negative: {
    ...container({ healthcheck: [{ test: ['x'], timeout: '-1s' }] }),
    fault: /duration must not be negative/,
  },
  container_pids: {
    ...container({ pids_limit: 5 }),
    fault: /Extraneous JSON object property|Unsupported argument/,
  },
  image_build: {
    type: 'docker_image',
    body: { name: 'x', build: [{ context: '.' }], pull_triggers: ['y'] },
    fault: /"build": conflicts with pull_triggers/,
  },
};

/** Configurations that are right, or cannot be judged yet. */
const SOUND: Readonly<Record<string, Omit<BrokenBlock, 'fault'>>> = {
  unknown_arch: agent({ arch: '${terraform_data.later.output}' }),
  unknown_slug: app({ slug: '${terraform_data.later.output}', icon: '${terraform_data.later.output}' }),
  unknown_conflict: app({ command: 'x', url: '${terraform_data.later.output}' }),
  null_conflict: app({ command: 'x', subdomain: null }),
  icons: app({ icon: '/icon/code.svg', url: 'http://localhost:8080?folder=/home' }),
  emoji: parameter({
    icon: '/emojis/1f916.png',
    validation: [{ min: 1, max: 3, error: 'x' }],
    default: '2',
    type: 'number',
  }),
  cron: script({ cron: '0 30 8 * * MON-FRI' }),
  descriptor: script({ cron: '@daily' }),
  ttl: preset({ prebuilds: [{ instances: 1, expiration_policy: [{ ttl: 0 }] }] }),
  durations: container({
    healthcheck: [{ test: ['x'], interval: '1m30s', timeout: '500ms' }],
    restart: 'unless-stopped',
  }),
};

describe('validate phase', () => {
  let tf: Terraform;
  let result: ValidateResult;
  const faultsOf = (name: string): string[] =>
    result.diagnostics
      .filter(({ range, severity }) => severity === 'error' && range?.filename === `${name}.tf.json`)
      .map(({ summary, detail }) => `${summary}: ${detail ?? ''}`);

  beforeAll(async () => {
    tf = brokenFolder(ROWS);
    expectOk(await tf.init());
    result = await tf.validate();
  });
  afterAll(() => tf.dispose());

  it.each(Object.keys(ROWS))('refuses %s', (name) => {
    const found = faultsOf(name);
    expect(found.join('\n')).toMatch(ROWS[name]?.fault ?? /^$/);
  });

  it('says nothing else', () => {
    const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
    const known = errors.filter(({ range }) => (range?.filename.replace(/\.tf\.json$/, '') ?? '') in ROWS);
    expect(known).toHaveLength(errors.length);
    // One fault per row, but for the two ends of a conflict.
    const twice = Object.keys(ROWS).filter((name) => faultsOf(name).length > 1);
    expect(twice.sort()).toEqual(['app_command_url', 'task_both']);
  });
});

describe('validate phase, sound configurations', () => {
  it('accepts them, unknown values included, and warns of five fields and of dir', async () => {
    const tf = brokenFolder({ ...SOUND, five: script({ cron: '30 8 * * 1' }), dir: agent({ dir: '/srv' }) });
    try {
      tf.write('later.tf.json', JSON.stringify({ resource: { terraform_data: { later: { input: 'x' } } } }));
      expectOk(await tf.init());
      const result = await tf.validate();
      expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const warned = result.diagnostics.map(({ range, summary }) => `${range?.filename}: ${summary}`);
      expect(warned).toContain('five.tf.json: the cron expression has 5 fields, 6 are expected');
      expect(warned.filter((text) => text.startsWith('dir.tf.json'))).not.toHaveLength(0);
    } finally {
      tf.dispose();
    }
  });
});
