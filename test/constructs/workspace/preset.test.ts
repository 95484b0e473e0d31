import { Parameter } from '../../../constructs/workspace/parameter';
import { Preset } from '../../../constructs/workspace/preset';
import { WorkspaceParameters } from '../../../constructs/workspace/workspace-parameters';
import { WorkspacePresets } from '../../../constructs/workspace/workspace-presets';
import { catalog } from '../../../src/catalog';
import { policy } from '../../../src/policy';
import { newStack } from '../support';

const namesOf = (presets: WorkspacePresets): string[] =>
  presets.node.children
    .filter((child) => child instanceof Preset)
    .map(({ resource }) => resource.nameInput ?? '');

test('the contractor workspace offers three, none by default: it would win over a command line', () => {
  const stack = newStack();
  const parameters = new WorkspaceParameters(stack, 'Parameters', { catalog, policy });
  const presets = new WorkspacePresets(stack, 'Presets', { parameters });
  expect(namesOf(presets)).toEqual(['Everyday', 'Design first', 'Light']);
  const defaults = presets.node.children.map((child) => (child as Preset).resource.defaultInput);
  expect(defaults).toEqual([undefined, undefined, undefined]);
});

test('one whose values a template does not offer is left out', () => {
  const stack = newStack();
  const choices = catalog.choices.filter(({ value }) => value !== 'claude-opus');
  const parameters = new WorkspaceParameters(stack, 'Parameters', {
    catalog: { ...catalog, choices },
    policy,
  });
  expect(namesOf(new WorkspacePresets(stack, 'Presets', { parameters }))).toEqual(['Everyday', 'Light']);
});

test.each([
  [{ name: ' ' }, '"name" must not be empty'],
  [{ value: 'huge' }, '"values" has "huge" for "size", which is none of its options'],
  [{ twice: true }, '"values" must name each parameter once, got "size", "size"'],
])('fails for %j', (change: { name?: string; value?: string; twice?: boolean }, words) => {
  const stack = newStack();
  const size = new Parameter(stack, 'Size', {
    name: 'size',
    displayName: 'Size',
    description: 'How big.',
    default: 'small',
    order: 1,
    options: [{ value: 'small', label: 'Small' }],
  });
  const one = [size, change.value ?? 'small'] as const;
  const values = change.twice ? [one, one] : [one];
  expect(() => new Preset(stack, 'Preset', { name: change.name ?? 'P', values })).toThrow(words);
});
