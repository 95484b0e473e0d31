/** The types of kreuzwerker/docker 4.5.0 that templates use. Blocks: [nesting min..max]. */
export const DOCKER_TABLE = `
provider config (state version 0)
  ca_material: string optional
  cert_material: string optional
  cert_path: string optional
  context: string optional
  disable_docker_daemon_check: bool optional
  host: string optional
  key_material: string optional
  registry_auth.address: string required
  registry_auth.auth_disabled: bool optional
  registry_auth.config_file: string optional
  registry_auth.config_file_content: string optional
  registry_auth.password: string optional sensitive
  registry_auth.username: string optional
  registry_auth: [set 0..]
  ssh_opts: list(string) optional
resource docker_container (state version 2)
  attach: bool optional
  bridge: string computed
  capabilities.add: set(string) optional
  capabilities.drop: set(string) optional
  capabilities: [set 0..1]
  cgroup_parent: string optional
  cgroupns_mode: string optional
  command: list(string) optional computed
  container_logs: string computed
  container_read_refresh_timeout_milliseconds: number optional
  cpu_period: number optional
  cpu_quota: number optional
  cpu_set: string optional
  cpu_shares: number optional
  cpus: string optional
  destroy_grace_seconds: number optional
  device_read_bps.path: string required
  device_read_bps.rate: number required
  device_read_bps: [set 0..]
  device_read_iops.path: string required
  device_read_iops.rate: number required
  device_read_iops: [set 0..]
  device_requests.capabilities: set(string) optional
  device_requests.count: number optional
  device_requests.device_ids: set(string) optional
  device_requests.driver: string optional
  device_requests.options: map(string) optional
  device_requests: [set 0..]
  device_write_bps.path: string required
  device_write_bps.rate: number required
  device_write_bps: [set 0..]
  device_write_iops.path: string required
  device_write_iops.rate: number required
  device_write_iops: [set 0..]
  devices.container_path: string optional
  devices.host_path: string required
  devices.permissions: string optional
  devices: [set 0..]
  dns: set(string) optional
  dns_opts: set(string) optional
  dns_search: set(string) optional
  domainname: string optional
  entrypoint: list(string) optional computed
  env: set(string) optional computed
  exit_code: number computed
  gpus: string optional
  group_add: set(string) optional
  healthcheck.interval: string optional
  healthcheck.retries: number optional
  healthcheck.start_interval: string optional
  healthcheck.start_period: string optional
  healthcheck.test: list(string) optional
  healthcheck.timeout: string optional
  healthcheck: [list 0..1]
  host.host: string required
  host.ip: string required
  host: [set 0..]
  hostname: string optional computed
  id: string optional computed
  image: string required
  init: bool optional computed
  ipc_mode: string optional computed
  labels.label: string required
  labels.value: string required
  labels: [set 0..]
  log_driver: string optional computed
  log_opts: map(string) optional
  logs: bool optional
  max_retry_count: number optional
  memory: number optional
  memory_reservation: number optional
  memory_swap: number optional
  mounts.bind_options.propagation: string optional
  mounts.bind_options: [list 0..1]
  mounts.read_only: bool optional
  mounts.source: string optional
  mounts.target: string required
  mounts.tmpfs_options.mode: number optional
  mounts.tmpfs_options.size_bytes: number optional
  mounts.tmpfs_options: [list 0..1]
  mounts.type: string required
  mounts.volume_options.driver_name: string optional
  mounts.volume_options.driver_options: map(string) optional
  mounts.volume_options.labels.label: string required
  mounts.volume_options.labels.value: string required
  mounts.volume_options.labels: [set 0..]
  mounts.volume_options.no_copy: bool optional
  mounts.volume_options.subpath: string optional
  mounts.volume_options: [list 0..1]
  mounts: [set 0..]
  must_run: bool optional
  name: string required
  network_data: list(object({gateway: string, global_ipv6_address: string, global_ipv6_prefix_length: number, ip_address: string, ip_prefix_length: number, ipv6_gateway: string, mac_address: string, network_name: string})) computed
  network_mode: string optional
  networks_advanced.aliases: set(string) optional
  networks_advanced.driver_opts: set(string) optional
  networks_advanced.gw_priority: number optional
  networks_advanced.ipv4_address: string optional
  networks_advanced.ipv6_address: string optional
  networks_advanced.link_local_ips: set(string) optional
  networks_advanced.mac_address: string optional
  networks_advanced.name: string required
  networks_advanced: [set 0..]
  pid_mode: string optional
  platform: string optional computed
  ports.external: number optional computed
  ports.internal: number required
  ports.ip: string optional
  ports.protocol: string optional
  ports: [list 0..]
  privileged: bool optional
  publish_all_ports: bool optional
  read_only: bool optional
  remove_volumes: bool optional
  restart: string optional
  rm: bool optional
  runtime: string optional computed
  security_opts: set(string) optional computed
  shm_size: number optional computed
  start: bool optional
  stdin_open: bool optional
  stop_signal: string optional computed
  stop_timeout: number optional computed
  storage_opts: map(string) optional
  sysctls: map(string) optional
  timeouts.create: string optional
  timeouts.delete: string optional
  timeouts.update: string optional
  timeouts: [single 0..]
  tmpfs: map(string) optional
  tty: bool optional
  ulimit.hard: number required
  ulimit.name: string required
  ulimit.soft: number required
  ulimit: [set 0..]
  upload.content: string optional
  upload.content_base64: string optional
  upload.executable: bool optional
  upload.file: string required
  upload.permissions: string optional
  upload.source: string optional
  upload.source_hash: string optional
  upload: [set 0..]
  user: string optional
  userns_mode: string optional
  volumes.container_path: string optional
  volumes.from_container: string optional
  volumes.host_path: string optional
  volumes.read_only: bool optional
  volumes.selinux_relabel: string optional
  volumes.volume_name: string optional
  volumes: [set 0..]
  wait: bool optional
  wait_timeout: number optional
  working_dir: string optional
resource docker_image (state version 0)
  build.additional_contexts: list(string) optional
  build.auth_config.auth: string optional
  build.auth_config.email: string optional
  build.auth_config.host_name: string required
  build.auth_config.identity_token: string optional
  build.auth_config.password: string optional
  build.auth_config.registry_token: string optional
  build.auth_config.server_address: string optional
  build.auth_config.user_name: string optional
  build.auth_config: [list 0..]
  build.build_args: map(string) optional
  build.build_id: string optional
  build.build_log_file: string optional
  build.builder: string optional
  build.cache_from: list(string) optional
  build.cache_to: list(string) optional
  build.cgroup_parent: string optional
  build.context: string required
  build.cpu_period: number optional
  build.cpu_quota: number optional
  build.cpu_set_cpus: string optional
  build.cpu_set_mems: string optional
  build.cpu_shares: number optional
  build.dockerfile: string optional
  build.extra_hosts: list(string) optional
  build.force_remove: bool optional
  build.isolation: string optional
  build.label: map(string) optional
  build.labels: map(string) optional
  build.memory: number optional
  build.memory_swap: number optional
  build.network_mode: string optional
  build.no_cache: bool optional
  build.platform: string optional
  build.provenance: string optional
  build.pull_parent: bool optional
  build.remote_context: string optional
  build.remove: bool optional
  build.sbom: string optional
  build.secrets.env: string optional
  build.secrets.id: string required
  build.secrets.src: string optional
  build.secrets: [list 0..]
  build.security_opt: list(string) optional
  build.session_id: string optional
  build.shm_size: number optional
  build.squash: bool optional
  build.suppress_output: bool optional
  build.tag: list(string) optional
  build.target: string optional
  build.ulimit.hard: number required
  build.ulimit.name: string required
  build.ulimit.soft: number required
  build.ulimit: [list 0..]
  build.use_legacy_builder: bool optional
  build.version: string optional
  build: [set 0..1]
  force_remove: bool optional
  id: string computed
  image_id: string computed
  keep_locally: bool optional
  name: string required
  platform: string optional
  pull_triggers: set(string) optional
  repo_digest: string computed
  timeouts.create: string optional
  timeouts.delete: string optional
  timeouts.update: string optional
  timeouts: [single 0..]
  triggers: map(string) optional
resource docker_network (state version 1)
  attachable: bool optional
  driver: string optional computed
  id: string optional computed
  ingress: bool optional
  internal: bool optional computed
  ipam_config.aux_address: map(string) optional
  ipam_config.gateway: string optional
  ipam_config.ip_range: string optional
  ipam_config.subnet: string optional
  ipam_config: [set 0..]
  ipam_driver: string optional
  ipam_options: map(string) optional
  ipv6: bool optional
  labels.label: string required
  labels.value: string required
  labels: [set 0..]
  name: string required
  options: map(string) optional computed
  scope: string computed
resource docker_volume (state version 1)
  cluster.availability: string optional
  cluster.group: string optional
  cluster.id: string computed
  cluster.limit_bytes: string optional
  cluster.required_bytes: string optional
  cluster.scope: string optional
  cluster.sharing: string optional
  cluster.topology_preferred: string optional
  cluster.topology_required: string optional
  cluster.type: string optional
  cluster: [list 0..1]
  driver: string optional computed
  driver_opts: map(string) optional
  id: string optional computed
  labels.label: string required
  labels.value: string required
  labels: [set 0..]
  mountpoint: string computed
  name: string optional computed
`;
