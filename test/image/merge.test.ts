import { AiLockdown } from '../../constructs/workspace/ai-lockdown';
import { mergeParts, type NamedParts } from '../../workspace-image/image/merge';
import { workspaceImage } from '../../workspace-image/image/workspace-image';

const faultsOf = (parts: readonly NamedParts[], removed: readonly string[] = []): string[] => {
  try {
    mergeParts(parts, removed);
  } catch (error) {
    return (error as Error).message.split('\n').filter((line) => line.startsWith('- '));
  }
  return [];
};

test('parts that agree are brought together once, in an order of their own', () => {
  const one = { name: 'one', parts: { packages: { b: '1.0.0', a: '2.0.0' }, settings: { x: 1 } } };
  const other = { name: 'other', parts: { packages: { a: '2.0.0' }, settings: { x: 1, w: { z: [] } } } };
  expect(mergeParts([one, other])).toEqual(mergeParts([other, one]));
  expect(mergeParts([one, other]).packages).toEqual([
    { name: 'a', version: '2.0.0' },
    { name: 'b', version: '1.0.0' },
  ]);
});

test('one error names every contradiction and who is part of it', () => {
  const faults = faultsOf([
    {
      name: 'one',
      parts: {
        packages: { tool: '1.0.0' },
        extensions: [{ id: 'Acme.tool', version: '1.0.0' }],
        files: [{ path: '/etc/tool.json', content: 'a' }],
        settings: { 'tool.on': true },
      },
    },
    {
      name: 'other',
      parts: {
        packages: { tool: '1.0.1' },
        extensions: [{ id: 'acme.tool', version: '1.0.1' }],
        files: [{ path: '/etc/tool.json', content: 'b' }],
        settings: { 'tool.on': false },
      },
    },
  ]);
  expect(faults).toHaveLength(4);
  for (const fault of faults) expect(fault).toMatch(/one wants .*, other wants /);
});

test.each<[string, NamedParts['parts'], RegExp]>([
  ['a version that floats', { packages: { tool: '^1.0.0' } }, /"\^1\.0\.0".*exact/],
  ['a tag instead of a version', { packages: { tool: 'latest' } }, /"latest".*exact/],
  ['a package that is an option', { packages: { '--registry=x': '1.0.0' } }, /no name of a package/],
  ['an extension without publisher', { extensions: [{ id: 'tool', version: '1.0.0' }] }, /publisher\.name/],
  ['a relative file', { files: [{ path: 'etc/x', content: '' }] }, /absolute path/],
  ['a file that climbs', { files: [{ path: '/etc/../x', content: '' }] }, /absolute path/],
  ['a file in the home', { files: [{ path: '/home/coder/.x', content: '' }] }, /volume/],
  ['a mode with setuid', { files: [{ path: '/etc/x', content: '', mode: '4755' }] }, /three octal digits/],
])('%s is refused', (_, parts, message) => {
  const faults = faultsOf([{ name: 'tool', parts }]);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(message);
});

test('an assistant whose extension is switched off elsewhere is a fault', () => {
  const parts = { extensions: [{ id: 'GitHub.copilot', version: '1.0.0' }] };
  expect(faultsOf([{ name: 'tool', parts }], new AiLockdown().removedExtensions)[0]).toMatch(
    /src\/ai-features\.ts/,
  );
});

test("the project's own assistants agree, and each says where a repository must not reach", () => {
  const { parts, removedExtensions } = workspaceImage();
  const merged = mergeParts(parts, removedExtensions);
  expect(merged.extensions.map(({ id, machineSettings }) => [id, machineSettings])).toEqual([
    ['RooVeterinaryInc.roo-cline', ['roo-cline.autoImportSettingsPath']],
    ['ZooCodeOrganization.zoo-code', ['zoo-code.autoImportSettingsPath']],
  ]);
  expect(merged.packages.map(({ name }) => name)).toEqual(['@anthropic-ai/claude-code', 'opencode-ai']);
});
