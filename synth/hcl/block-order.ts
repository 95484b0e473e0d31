/** Stand above everything else in a body, set off by a blank line. */
export const FIRST_ATTRIBUTES: readonly string[] = ['count', 'for_each', 'provider', 'providers'];

/** Stand below everything else in a body. */
export const LAST_BLOCKS: readonly string[] = ['connection', 'provisioner', 'lifecycle'];
export const LAST_ATTRIBUTES: readonly string[] = ['depends_on'];

/**
 * The order in which people expect the attributes of a block, by block type; the others follow in the order of the schema.
 */
export const PREFERRED_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  terraform: ['required_version'],
  provider: ['alias'],
  dynamic: ['for_each', 'iterator', 'labels'],
  required_providers: ['coder', 'docker'],
  requirement: ['source', 'version'],
  variable: ['type', 'description', 'default', 'sensitive', 'nullable'],
  output: ['description', 'value', 'sensitive'],
  module: ['source', 'version'],
  validation: ['regex', 'min', 'max', 'monotonic', 'condition', 'error', 'error_message'],
  option: ['name', 'value', 'description', 'icon'],
  metadata: ['key', 'display_name', 'script', 'interval', 'timeout', 'order'],
  item: ['key', 'value', 'sensitive'],
  prebuilds: ['instances'],
  schedule: ['cron', 'instances'],
  healthcheck: ['url', 'interval', 'threshold'],
  precondition: ['condition', 'error_message'],
  postcondition: ['condition', 'error_message'],
  labels: ['label', 'value'],
  volumes: ['container_path', 'volume_name', 'host_path', 'read_only'],
  host: ['host', 'ip'],
  ports: ['internal', 'external', 'ip', 'protocol'],
  coder_parameter: [
    'name',
    'display_name',
    'description',
    'type',
    'form_type',
    'default',
    'mutable',
    'ephemeral',
    'icon',
    'order',
    'styling',
  ],
  coder_workspace_preset: ['name', 'description', 'icon', 'default', 'parameters'],
  coder_agent: ['arch', 'os', 'auth', 'dir', 'env', 'startup_script', 'startup_script_behavior'],
  coder_script: [
    'agent_id',
    'display_name',
    'icon',
    'run_on_start',
    'start_blocks_login',
    'run_on_stop',
    'cron',
    'timeout',
    'log_path',
    'script',
  ],
  coder_app: [
    'agent_id',
    'slug',
    'display_name',
    'icon',
    'url',
    'command',
    'external',
    'subdomain',
    'share',
    'open_in',
    'order',
    'group',
    'hidden',
    'tooltip',
  ],
  coder_env: ['agent_id', 'name', 'value', 'merge_strategy'],
  coder_metadata: ['resource_id', 'icon', 'daily_cost', 'hide'],
  docker_container: ['name', 'image', 'hostname', 'user', 'entrypoint', 'command', 'env'],
  docker_image: ['name', 'keep_locally', 'triggers'],
  docker_network: ['name', 'driver', 'internal'],
  docker_volume: ['name'],
};

/** Sorts the names of a body's attributes: preferred ones first, the others as they came. */
export function orderedAttributes(blockType: string, names: readonly string[]): string[] {
  const preferred = PREFERRED_ATTRIBUTES[blockType] ?? [];
  const rank = (name: string): number => {
    const at = preferred.indexOf(name);
    return at === -1 ? preferred.length : at;
  };
  return [...names].sort((a, b) => rank(a) - rank(b));
}

/** Sorts the names of a body's nested blocks: Terraform's own ones last, the others as they came. */
export function orderedBlocks(names: readonly string[]): string[] {
  return [...names].sort((a, b) => LAST_BLOCKS.indexOf(a) - LAST_BLOCKS.indexOf(b));
}
