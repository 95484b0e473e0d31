import type { Subject } from './rule';

/** What one argument of a resource or data source may be. */
export interface ArgumentFact {
  readonly about: Subject;
  /** Through nested blocks: `resources_monitoring.memory.threshold`. */
  readonly at: string;
  /** @default - any text */
  readonly oneOf?: readonly string[];
  /** @default - no lower bound */
  readonly min?: number;
  /** @default - no upper bound */
  readonly max?: number;
  /** Characters. @default - any number */
  readonly longest?: number;
  /** @default - any text */
  readonly form?: { readonly holds: (text: string) => boolean; readonly must: string };
}

/** Go reads addresses of icons; a path is one too. */
const icon: ArgumentFact['form'] = {
  holds: (text) => !/[\x00-\x1f\x7f]|%(?![0-9a-fA-F]{2})|^:/.test(text),
  must: 'a path or a URL, such as "/icon/code.svg"',
};

const absolute: ArgumentFact['form'] = {
  holds: (text) => /^\/|^[a-zA-Z]:[\\/]/.test(text),
  must: 'an absolute path',
};

const matching = (pattern: RegExp, must: string): ArgumentFact['form'] => ({
  holds: (text) => pattern.test(text),
  must,
});

const percent = { min: 0, max: 100 };

const agent = 'resource coder_agent';
const app = 'resource coder_app';
const parameter = 'data coder_parameter';
const preset = 'data coder_workspace_preset';
const secret = 'data coder_secret';
const container = 'resource docker_container';

/** What the providers check when a template is pushed, so that it need not be pushed to learn of it. */
export const ARGUMENT_FACTS: readonly ArgumentFact[] = [
  { about: agent, at: 'os', oneOf: ['linux', 'darwin', 'windows'] },
  { about: agent, at: 'arch', oneOf: ['amd64', 'arm64', 'armv7'] },
  {
    about: agent,
    at: 'auth',
    oneOf: ['token', 'google-instance-identity', 'aws-instance-identity', 'azure-instance-identity'],
  },
  { about: agent, at: 'startup_script_behavior', oneOf: ['blocking', 'non-blocking'] },
  { about: agent, at: 'api_key_scope', oneOf: ['all', 'no_user_data'] },
  { about: agent, at: 'connection_timeout', min: 0 },
  { about: agent, at: 'resources_monitoring.memory.threshold', ...percent },
  { about: agent, at: 'resources_monitoring.volume.threshold', ...percent },
  { about: agent, at: 'resources_monitoring.volume.path', form: absolute },
  { about: app, at: 'share', oneOf: ['owner', 'authenticated', 'public'] },
  { about: app, at: 'open_in', oneOf: ['tab', 'slim-window'] },
  { about: app, at: 'icon', form: icon },
  { about: 'resource coder_metadata', at: 'icon', form: icon },
  {
    about: 'resource coder_env',
    at: 'merge_strategy',
    oneOf: ['replace', 'append', 'prepend', 'error'],
  },
  { about: parameter, at: 'validation.monotonic', oneOf: ['increasing', 'decreasing'] },
  { about: parameter, at: 'icon', form: icon },
  { about: parameter, at: 'option.icon', form: icon },
  { about: preset, at: 'icon', form: icon, longest: 256 },
  { about: preset, at: 'description', longest: 128 },
  { about: preset, at: 'prebuilds.instances', min: 0 },
  {
    about: secret,
    at: 'env',
    form: matching(/^([a-zA-Z_][a-zA-Z0-9_]*)?$/, 'letters, digits and underscores, no digit first'),
  },
  { about: secret, at: 'file', form: matching(/^(\/.*|~\/.*)?$/s, 'a path that begins with "/" or "~/"') },
  { about: container, at: 'restart', oneOf: ['no', 'on-failure', 'always', 'unless-stopped'] },
  { about: container, at: 'mounts.type', oneOf: ['bind', 'volume', 'tmpfs'] },
  {
    about: container,
    at: 'mounts.bind_options.propagation',
    oneOf: ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'],
  },
  { about: container, at: 'memory', min: 0 },
  { about: container, at: 'memory_reservation', min: 0 },
  { about: container, at: 'memory_swap', min: -1 },
  { about: container, at: 'shm_size', min: 0 },
  { about: container, at: 'cpu_shares', min: 0 },
  { about: container, at: 'cpu_period', min: 0 },
  { about: container, at: 'cpu_quota', min: 0 },
  {
    about: container,
    at: 'cpu_set',
    form: matching(/^\d+([,-]\d+)*$/, 'numbers of processors, such as "0-3" or "0,2"'),
  },
  { about: container, at: 'volumes.host_path', form: absolute },
  {
    about: container,
    at: 'upload.permissions',
    form: matching(/^0[0-7]{3}$/, 'four octal digits, such as "0644"'),
  },
];
