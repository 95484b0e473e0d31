/** registry.terraform.io/kreuzwerker/docker as the replay provider serves it: no engine, repeatable ids. */
import { createHash } from 'node:crypto';
import type { ResourceHooks, ServedProvider } from '../provider';
import { readRules, readSchema } from '../schema';
import { canonical, textOf, Unknown, type CtyObject, type CtyValue } from '../values';
import { container } from './container';

function hash(value: CtyValue): string {
  return createHash('sha256').update(canonical(value, true)).digest('hex');
}

function fillUnknown(planned: CtyObject, values: CtyObject): CtyObject {
  const filled = Object.entries(values).filter(([name]) => planned[name] instanceof Unknown);
  return { ...planned, ...Object.fromEntries(filled) };
}

const image: ResourceHooks = {
  fill: (planned) => {
    const { name, build, platform, pull_triggers: pullTriggers, triggers } = planned;
    const digest = `sha256:${hash([name ?? null, build ?? null, platform ?? null, pullTriggers ?? null, triggers ?? null])}`;
    const isBuilt = Array.isArray(build) && build.length > 0;
    const repository = textOf(name).replace(/@.*$|:[^:/]*$/, '');
    return fillUnknown(planned, {
      id: `${digest}${textOf(name)}`,
      image_id: digest,
      repo_digest: isBuilt ? '' : `${repository}@sha256:${hash(textOf(name))}`,
    });
  },
};

const volume: ResourceHooks = {
  fill: (planned) => {
    const name = typeof planned['name'] === 'string' ? planned['name'] : hash(planned);
    return fillUnknown(planned, {
      driver: 'local',
      id: name,
      mountpoint: `/var/lib/docker/volumes/${name}/_data`,
      name,
    });
  },
};

const network: ResourceHooks = {
  computedBlocks: ['ipam_config'],
  fill: (planned) => ({
    ...fillUnknown(planned, {
      driver: 'bridge',
      id: hash(planned),
      internal: false,
      options: {},
      scope: 'local',
    }),
    ipam_config:
      planned['ipam_config'] instanceof Unknown
        ? [{ aux_address: {}, gateway: '172.18.0.1', ip_range: '', subnet: '172.18.0.0/16' }]
        : (planned['ipam_config'] ?? []),
  }),
};

/** Fills every computed attribute of a data source from a hash of its configuration. */
function readData(config: CtyObject): CtyObject {
  return { ...config, id: `sha256:${hash(config)}` };
}

export function dockerProvider(): ServedProvider {
  const { address, schema } = readSchema('docker');
  return {
    address,
    schema,
    rules: readRules('docker'),
    resources: {
      docker_container: container,
      docker_image: image,
      docker_network: network,
      docker_volume: volume,
    },
    dataSources: {
      docker_registry_image: (config) => ({
        value: { ...readData(config), sha256_digest: `sha256:${hash(textOf(config['name']))}` },
        diagnostics: [],
      }),
      docker_image: (config) => ({
        value: { ...readData(config), repo_digest: `${textOf(config['name'])}@sha256:${hash(config)}` },
        diagnostics: [],
      }),
    },
  };
}
