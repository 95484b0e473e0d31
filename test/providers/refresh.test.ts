import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { clean, renderSchema } from '../../providers/coder/refresh-schema';

const ROOT = path.join(__dirname, '..', '..');
const ADDRESS = 'registry.terraform.io/coder/coder';

describe('refresh of the coder schema', () => {
  it('drops documentation, not attributes or types that are called description', () => {
    const block = {
      description_kind: 'plain',
      description: 'about the type',
      attributes: {
        type: { type: ['object', { description: 'string', a: 'bool' }], description: 'text', computed: true },
        description: { type: 'string', description: 'text', description_kind: 'markdown', optional: true },
      },
    };
    expect(JSON.stringify(clean(block))).toBe(
      '{"attributes":{"description":{"optional":true,"type":"string"},' +
        '"type":{"computed":true,"type":["object",{"description":"string","a":"bool"}]}}}',
    );
  });

  it('writes the committed file again from what is in it', () => {
    const committed = fs.readFileSync(path.join(ROOT, 'providers/coder/schema.json'), 'utf8');
    expect(renderSchema(JSON.parse(committed) as never, '2.17.0')).toBe(committed);
  });

  it('keeps only what bindings read, and refuses an answer without the provider', () => {
    const answer = { provider_schemas: { [ADDRESS]: { provider: { version: 0 }, functions: {} } } };
    const file = JSON.parse(renderSchema(answer, '2.18.0')) as Record<string, unknown>;
    expect(file).toEqual({
      format_version: '1.0',
      provider_schemas: { [ADDRESS]: { provider: { version: 0 } } },
      provider_versions: { [ADDRESS]: '2.18.0' },
    });
    expect(() => renderSchema({ provider_schemas: {} }, '2.18.0')).toThrow(/holds no schema of/);
  });

  it.each([
    ['no Terraform', [], /no "no-such-terraform" on the PATH/],
    ['a version that is none', ['latest'], /"latest" is no version, expected e\.g\. 2\.17\.0/],
  ])('says what is wrong: %s', (_, args, fault) => {
    const program = path.join(ROOT, 'providers/coder/refresh-schema.ts');
    const result = spawnSync(process.execPath, ['--require', require.resolve('tsx/cjs'), program, ...args], {
      env: { ...process.env, TERRAFORM_BINARY_NAME: 'no-such-terraform' },
      encoding: 'utf8',
    });
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(fault);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});
