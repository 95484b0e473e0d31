import { isObject } from '../hcl/expressions';
import { shown, valuesAt } from './block';
import type { Rule, Subject } from './rule';
import type { StackFacts } from './stack-facts';
import { admitsOnlyBefore, isVersionConstraint } from './version-constraint';

/** The oldest version with which a template of ours can work at all, and why. */
const OLDEST: Readonly<Record<string, { readonly version: string; readonly why: string }>> = {
  'coder/coder': { version: '2.4.0', why: "Coder's form needs what came with it" },
  terraform: { version: '1.1.0', why: 'Coder runs nothing older' },
};

interface Feature {
  readonly source: string;
  readonly since: string;
  readonly about: Subject;
  /** @default - the whole resource or data source */
  readonly at?: string;
}

const coder = { source: 'coder/coder' };
const docker = { source: 'kreuzwerker/docker' };

/** What came later than the oldest version of its provider. */
const FEATURES: readonly Feature[] = [
  { ...coder, since: '2.4.2', about: 'resource coder_agent', at: 'api_key_scope' },
  { ...coder, since: '2.5.0', about: 'resource coder_app', at: 'group' },
  { ...coder, since: '2.11.0', about: 'resource coder_app', at: 'tooltip' },
  { ...coder, since: '2.15.0', about: 'resource coder_env', at: 'merge_strategy' },
  { ...coder, since: '2.16.0', about: 'data coder_secret' },
  { ...coder, since: '2.8.0', about: 'data coder_workspace_preset', at: 'default' },
  { ...coder, since: '2.9.0', about: 'data coder_workspace_preset', at: 'description' },
  { ...coder, since: '2.9.0', about: 'data coder_workspace_preset', at: 'icon' },
  { ...coder, since: '2.5.0', about: 'data coder_workspace_preset', at: 'prebuilds.expiration_policy' },
  { ...coder, since: '2.6.0', about: 'data coder_workspace_preset', at: 'prebuilds.scheduling' },
  { ...docker, since: '3.6.0', about: 'resource docker_container', at: 'cpus' },
  { ...docker, since: '3.7.0', about: 'resource docker_container', at: 'memory_reservation' },
  { ...docker, since: '4.0.0', about: 'resource docker_image', at: 'build.use_legacy_builder' },
];

/** The version constraint of each provider by its source, and Terraform's own. */
function constraints({ terraform }: StackFacts): Map<string, string> {
  const found = new Map<string, string>();
  const add = (source: unknown, version: unknown): void => {
    if (typeof source === 'string' && typeof version === 'string') found.set(source, version);
  };
  add('terraform', terraform.required_version);
  const required = [terraform.required_providers].flat().filter(isObject);
  for (const provider of required.flatMap((providers) => Object.values(providers))) {
    if (!isObject(provider)) continue;
    // The public registry goes without saying.
    const source = typeof provider.source === 'string' ? provider.source : '';
    add(source.toLowerCase().replace(/^registry\.terraform\.io\//, ''), provider.version);
  }
  return found;
}

/** Which provider's versions a template may run with, and what they have. */
export const PROVIDER_RULES: readonly Rule[] = [
  {
    id: 'provider/version-form',
    about: 'stack',
    check: (_, stack) =>
      [...constraints(stack)]
        .filter(([, version]) => !isVersionConstraint(version))
        .map(
          ([source, version]) =>
            `the version of ${source} must be a constraint, got ${shown(version)}: write ">= 2.13, < 3"`,
        ),
  },
  {
    id: 'provider/version-oldest',
    about: 'stack',
    check: (_, stack) =>
      [...constraints(stack)].flatMap(([source, version]) => {
        const oldest = OLDEST[source];
        return oldest !== undefined && admitsOnlyBefore(version, oldest.version)
          ? `the version of ${source} must admit ${oldest.version} or newer, got ${shown(version)}: ${oldest.why}`
          : [];
      }),
  },
  {
    id: 'provider/feature',
    about: [...new Set(FEATURES.map((feature) => feature.about))],
    check: (block, stack) =>
      FEATURES.filter(({ about }) => about === `${block.kind} ${block.type}`)
        .filter(({ at }) => at === undefined || valuesAt(block.body, at).length > 0)
        .flatMap(({ source, since, at = block.type }) => {
          const version = constraints(stack).get(source);
          return version !== undefined && admitsOnlyBefore(version, since)
            ? `${at} must go with ${source} ${since} or newer, got ${shown(version)}: ` +
                'older ones do not know it, widen the constraint or leave it out'
            : [];
        }),
  },
  {
    id: 'provider/empty-address',
    about: 'provider',
    check: (provider) =>
      (['host', 'url'] as const)
        .filter((argument) => ['coder', 'docker'].includes(provider.name) && provider.text(argument) === '')
        .map(
          (argument) =>
            `${argument} must not be empty, got "": every build would fail, leave it out or use null for the default`,
        ),
  },
  {
    id: 'network/check-duplicate',
    about: 'resource docker_network',
    check: (network, stack) => {
      const version = constraints(stack).get(docker.source) ?? '';
      return network.get('check_duplicate') === undefined || admitsOnlyBefore(version, '4.0.0')
        ? undefined
        : `check_duplicate is gone from ${docker.source} 4 and the constraint ${shown(version)} admits it: remove it`;
    },
  },
];
