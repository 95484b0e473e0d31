import * as fs from 'node:fs';
import { deriveSchema, renderSchema, SCHEMA_FILE } from '../../providers/docker/derive-schema';
import { DOCKER_TABLE } from './docker-4.5.0';
import { schemaTable } from './schema-table';

/** What 4.5.0 has and 3.6.2 has not, by type; a block stands for everything in it. */
const ADDED_LATER: Readonly<Record<string, readonly string[]>> = {
  docker_container: [
    'device_read_bps',
    'device_read_iops',
    'device_requests',
    'device_write_bps',
    'device_write_iops',
    'memory_reservation',
    'networks_advanced.driver_opts',
    'networks_advanced.gw_priority',
    'networks_advanced.link_local_ips',
    'networks_advanced.mac_address',
    'platform',
    'timeouts',
    'volumes.selinux_relabel',
  ],
  docker_image: [
    'build.additional_contexts',
    'build.cache_to',
    'build.provenance',
    'build.sbom',
    'build.use_legacy_builder',
  ],
  docker_volume: ['cluster'],
};
/** Lines of 3.6.2 that differ in 4.5.0. */
const CHANGED_LATER: Readonly<Record<string, string | undefined>> = {
  'docker_container.healthcheck.test: list(string) required':
    'docker_container.healthcheck.test: list(string) optional',
  'docker_network.check_duplicate: bool optional': undefined,
};

/** Lines `type.path: …` of a table. */
function lines(table: string): string[] {
  let type = '';
  return table
    .trim()
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('  ')) return [`${type}.${line.trim()}`];
      type = line.split(' ')[1] ?? '';
      return [line];
    });
}

function isAddedLater(line: string): boolean {
  const [path = ''] = line.split(':');
  const [type = '', ...rest] = path.split('.');
  const dotted = rest.join('.');
  return (ADDED_LATER[type] ?? []).some((name) => dotted === name || dotted.startsWith(`${name}.`));
}

describe('schema of docker 3.6.2', () => {
  const derived = deriveSchema();
  const schema = Object.values(derived.provider_schemas)[0];
  const later = lines(DOCKER_TABLE);
  const types = new Set(
    later.filter((line) => line.startsWith('resource ')).map((line) => line.split(' ')[1]),
  );

  it('is committed as the installed bindings give it', () => {
    expect(fs.readFileSync(SCHEMA_FILE, 'utf8')).toBe(renderSchema());
  });

  it('names its version', () => {
    expect(derived.provider_versions).toEqual({ 'registry.terraform.io/kreuzwerker/docker': '3.6.2' });
    expect(Object.keys(schema?.resource_schemas ?? {})).toHaveLength(11);
    expect(Object.keys(schema?.data_source_schemas ?? {})).toHaveLength(6);
  });

  it('differs from 4.5.0 only in what is listed here', () => {
    if (schema === undefined) throw new Error('no schema');
    const ours = {
      provider: schema.provider,
      resource_schemas: Object.fromEntries(
        Object.entries(schema.resource_schemas).filter(([type]) => types.has(type)),
      ),
      data_source_schemas: {},
    };
    const expected = lines(schemaTable(ours)).flatMap((line) =>
      line in CHANGED_LATER ? (CHANGED_LATER[line] ?? []) : line,
    );
    expect(expected.sort()).toEqual(later.filter((line) => !isAddedLater(line)).sort());
  });
});
