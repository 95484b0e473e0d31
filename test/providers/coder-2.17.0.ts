/** Every type of coder/coder 2.17.0 with its attributes, types and flags. Blocks: [nesting min..max]. */
export const CODER_TABLE = `
provider config (state version 0)
  url: string optional
resource coder_agent (state version 1)
  api_key_scope: string optional
  arch: string required
  auth: string optional
  connection_timeout: number optional
  dir: string optional deprecated
  display_apps.port_forwarding_helper: bool optional
  display_apps.ssh_helper: bool optional
  display_apps.vscode: bool optional
  display_apps.vscode_insiders: bool optional
  display_apps.web_terminal: bool optional
  display_apps: [set 0..1]
  env: map(string) optional
  id: string optional computed
  init_script: string computed
  metadata.display_name: string optional
  metadata.interval: number required
  metadata.key: string required
  metadata.order: number optional
  metadata.script: string required
  metadata.timeout: number optional
  metadata: [list 0..]
  motd_file: string optional
  order: number optional
  os: string required
  resources_monitoring.memory.enabled: bool required
  resources_monitoring.memory.threshold: number required
  resources_monitoring.memory: [set 0..1]
  resources_monitoring.volume.enabled: bool required
  resources_monitoring.volume.path: string required
  resources_monitoring.volume.threshold: number required
  resources_monitoring.volume: [set 0..]
  resources_monitoring: [set 0..1]
  shutdown_script: string optional
  startup_script: string optional
  startup_script_behavior: string optional
  token: string computed sensitive
  troubleshooting_url: string optional
resource coder_agent_instance (state version 0)
  agent_id: string required
  id: string optional computed
  instance_id: string required
resource coder_ai_task (state version 1)
  app_id: string optional computed
  enabled: bool computed
  id: string computed
  prompt: string computed
  sidebar_app.id: string required
  sidebar_app: [set 0..1] deprecated
resource coder_app (state version 1)
  agent_id: string required
  command: string optional
  display_name: string optional
  external: bool optional
  group: string optional
  healthcheck.interval: number required
  healthcheck.threshold: number required
  healthcheck.url: string required
  healthcheck: [set 0..1]
  hidden: bool optional
  icon: string optional
  id: string optional computed
  open_in: string optional
  order: number optional
  share: string optional
  slug: string required
  subdomain: bool optional
  tooltip: string optional
  url: string optional
resource coder_devcontainer (state version 1)
  agent_id: string required
  config_path: string optional
  id: string optional computed
  subagent_id: string computed
  workspace_folder: string required
resource coder_env (state version 1)
  agent_id: string required
  id: string optional computed
  merge_strategy: string optional
  name: string required
  value: string optional
resource coder_external_agent (state version 1)
  agent_id: string required
  id: string optional computed
resource coder_metadata (state version 1)
  daily_cost: number optional
  hide: bool optional
  icon: string optional
  id: string optional computed
  item.is_null: bool computed
  item.key: string required
  item.sensitive: bool optional
  item.value: string optional
  item: [list 0..]
  resource_id: string required
resource coder_script (state version 1)
  agent_id: string required
  cron: string optional
  display_name: string required
  icon: string optional
  id: string optional computed
  log_path: string optional
  run_on_start: bool optional
  run_on_stop: bool optional
  script: string required
  start_blocks_login: bool optional
  timeout: number optional
data coder_external_auth (state version 1)
  access_token: string computed sensitive
  id: string required
  optional: bool optional
data coder_parameter (state version 1)
  default: string optional
  description: string optional
  display_name: string optional
  ephemeral: bool optional
  form_type: string optional
  icon: string optional
  id: string optional computed
  mutable: bool optional
  name: string required
  option.description: string optional
  option.icon: string optional
  option.name: string required
  option.value: string required
  option: [list 0..]
  optional: bool computed
  order: number optional
  styling: string optional
  type: string optional
  validation.error: string optional
  validation.max: number optional
  validation.max_disabled: bool computed
  validation.min: number optional
  validation.min_disabled: bool computed
  validation.monotonic: string optional
  validation.regex: string optional
  validation: [list 0..1]
  value: string computed
data coder_provisioner (state version 1)
  arch: string computed
  id: string optional computed
  os: string computed
data coder_secret (state version 1)
  env: string optional
  file: string optional
  help_message: string required
  id: string optional computed
  value: string computed sensitive
data coder_task (state version 0)
  enabled: bool computed
  id: string computed
  prompt: string computed
data coder_workspace (state version 1)
  access_port: number computed
  access_url: string computed
  id: string computed
  is_prebuild: bool computed
  is_prebuild_claim: bool computed
  name: string computed
  prebuild_count: number computed
  start_count: number computed
  template_id: string computed
  template_name: string computed
  template_version: string computed
  transition: string computed
data coder_workspace_owner (state version 0)
  email: string computed
  full_name: string computed
  groups: list(string) computed
  id: string computed
  login_type: string computed
  name: string computed
  oidc_access_token: string computed sensitive
  rbac_roles: list(object({name: string, org_id: string})) computed
  session_token: string computed sensitive
  ssh_private_key: string computed sensitive
  ssh_public_key: string computed
data coder_workspace_preset (state version 1)
  default: bool optional
  description: string optional
  icon: string optional
  id: string computed
  name: string required
  parameters: map(string) optional
  prebuilds.expiration_policy.ttl: number required
  prebuilds.expiration_policy: [set 0..1]
  prebuilds.instances: number required
  prebuilds.scheduling.schedule.cron: string required
  prebuilds.scheduling.schedule.instances: number required
  prebuilds.scheduling.schedule: [list 1..]
  prebuilds.scheduling.timezone: string required
  prebuilds.scheduling: [list 0..1]
  prebuilds: [set 0..1]
data coder_workspace_tags (state version 1)
  id: string optional computed
  tags: map(string) optional
`;
