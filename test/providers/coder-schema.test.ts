import type { CtyType } from '../../providers/schema-types';
import { FORMATS } from '../harness/replay-provider/formats';
import { readRules, readSchema, type TypeRules } from '../harness/replay-provider/schema';
import { CODER_TABLE } from './coder-2.17.0';
import { blockLines, schemaTable } from './schema-table';
import { clean } from '../../providers/coder/refresh-schema';

const { address, schema } = readSchema('coder');

describe('schema of coder 2.17.0', () => {
  it('has every type, attribute, flag and block count', () => {
    expect(schemaTable(schema).split('\n')).toEqual(CODER_TABLE.trim().split('\n'));
  });

  it('has 9 resources and 9 data sources under the registry address', () => {
    expect(address).toBe('registry.terraform.io/coder/coder');
    expect(Object.keys(schema.resource_schemas)).toHaveLength(9);
    expect(Object.keys(schema.data_source_schemas)).toHaveLength(9);
  });

  it('is in the form that a refresh writes', () => {
    expect(JSON.stringify(clean(schema as never))).toBe(JSON.stringify(schema));
    expect(JSON.stringify(schema)).not.toContain('description_kind');
  });
});

/** Paths of one type with their types; blocks have none. */
function pathsOf(lines: readonly string[]): Map<string, string> {
  return new Map(lines.map((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 2)]));
}

describe.each(['coder', 'docker'])('behaviour of %s', (name) => {
  const served = readSchema(name).schema;
  const rules = readRules(name);
  const groups: [string, TypeRules, ReadonlyMap<string, string>][] = [
    ['provider', rules.provider, pathsOf(blockLines(served.provider.block))],
    ...Object.entries(rules.resources).map(([type, group]): [string, TypeRules, Map<string, string>] => [
      type,
      group,
      pathsOf(blockLines(served.resource_schemas[type]?.block ?? {})),
    ]),
    ...Object.entries(rules.dataSources).map(([type, group]): [string, TypeRules, Map<string, string>] => [
      `data.${type}`,
      group,
      pathsOf(blockLines(served.data_source_schemas[type]?.block ?? {})),
    ]),
  ];

  it.each(groups)('%s: rules are about attributes that exist', (_, group, paths) => {
    for (const [path, rule] of Object.entries(group)) {
      expect([...paths.keys()]).toContain(path);
      for (const other of rule.conflictsWith ?? []) expect([...paths.keys()]).toContain(other);
      if (rule.format !== undefined) expect(Object.keys(FORMATS)).toContain(rule.format);
      if (rule.pattern !== undefined) expect(() => new RegExp(rule.pattern ?? '')).not.toThrow();
      if (rule.default !== undefined) {
        const type: CtyType =
          typeof rule.default === 'boolean' ? 'bool' : (typeof rule.default as 'string' | 'number');
        expect(`${path}: ${paths.get(path)?.split(' ')[0]}`).toBe(`${path}: ${type}`);
      }
    }
  });
});
