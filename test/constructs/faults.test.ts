import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import { ContractorWorkspace } from '../../constructs/workspace/contractor-workspace';
import { EnforcementLevel } from '../../constructs/workspace/enforcement-level';
import { ImageSource, WorkspaceImage, type ImageBuildProps } from '../../constructs/workspace/image';
import { Parameter, type ParameterProps } from '../../constructs/workspace/parameter';
import { RepositoryAddress } from '../../constructs/workspace/repository-address';
import { ValidationError } from '../../constructs/common/validation';
import { WorkspaceAgent } from '../../constructs/workspace/workspace-agent';
import { WorkspaceContext } from '../../constructs/workspace/workspace-context';
import { NetworkSource } from '../../constructs/workspace/workspace-network';
import { WorkspacePresets } from '../../constructs/workspace/workspace-presets';
import {
  WorkspaceParameters,
  type WorkspaceParametersProps,
} from '../../constructs/workspace/workspace-parameters';
import { catalog } from '../../src/catalog';
import type { Level } from '../../src/levels';
import { policy } from '../../src/policy';
import { newStack } from './support';

/** The message of the error, which must be ours. */
function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

const PARAMETER: ParameterProps = {
  name: 'size',
  displayName: 'Size',
  description: 'How big.',
  default: 'small',
  order: 1,
  options: [
    { value: 'small', label: 'Small' },
    { value: 'large', label: 'Large' },
  ],
};

test.each([
  [{ name: 'Size' }, '"name" must be lower case letters, digits and underscores, got "Size"'],
  [{ default: 'huge' }, '"default" must be one of the options, got "huge": use one of "small", "large"'],
  [{ options: [], default: '' }, '"options" must not be empty'],
])('a parameter with %j', (change, words) => {
  expect(faultOf(() => new Parameter(newStack(), 'P', { ...PARAMETER, ...change }))).toContain(words);
});

test('one error lists every fault, and says where', () => {
  const message = faultOf(
    () => new Parameter(newStack(), 'P', { ...PARAMETER, name: 'Size', default: 'huge' }),
  );
  expect(message).toMatch(/^stack\/P: props are not valid\n- .*"name".*\n- .*"default"/);
});

const { NONE } = AssistantChoice;
const PARAMETERS: WorkspaceParametersProps = { catalog, policy };

test.each<[Partial<WorkspaceParametersProps>, string]>([
  [{ assistants: [NONE, NONE] }, '"assistants" must hold each value once, got "none", "none"'],
  [
    { assistants: [AssistantChoice.of({ ...NONE, value: 'No AI' })] },
    '"assistants" must have values of lower case letters, digits and "-", got "No AI"',
  ],
  [
    { assistants: [NONE], defaultAssistant: 'roo-code' },
    '"defaultAssistant" must be one that is offered, got "roo-code": use one of "none"',
  ],
  [{ assistants: [] }, '"assistants" must not be empty'],
  [{ dotfiles: RepositoryAddress.onHosts(['https://x.org']) }, '"dotfiles" must name at least one host'],
  [{ dotfiles: RepositoryAddress.onHosts([]) }, '"dotfiles" must name at least one host'],
  [
    { repositories: RepositoryAddress.onHosts(['a b', 'x.org']) },
    '"repositories" must name at least one host',
  ],
  [{ policy: { ...policy, gateways: ['http://a:99999'] } }, 'got "http://a:99999"'],
  [{ defaultAssistant: 'copilot' }, '"defaultAssistant" must be one that is offered, got "copilot"'],
  [{ policy: { ...policy, gateways: [] } }, '"policy.gateways" must hold origins'],
  [{ policy: { ...policy, gateways: ['http://litellm:4000/v1'] } }, 'got "http://litellm:4000/v1"'],
  [{ policy: { ...policy, gateways: ["http://x'$(id)"] } }, '"policy.gateways" must hold origins'],
  [
    { policy: { ...policy, defaultLevel: 'strict' as Level } },
    '"policy.defaultLevel" is no level, got "strict"',
  ],
  [{ cpu: { max: 2, default: 4 } }, '"cpu" must have whole numbers 1 ≤ default ≤ max'],
  [{ memory: { max: 2.5, default: 1 } }, '"memory" must have whole numbers'],
  [{ catalog: { ...catalog, defaultChoice: 'gpt' } }, '"default" must be one of the options, got "gpt"'],
])('workspace parameters with %j', (change, words) => {
  expect(faultOf(() => new WorkspaceParameters(newStack(), 'P', { ...PARAMETERS, ...change }))).toContain(
    words,
  );
});

test('a workspace with faults in several constructs is told of all of them at once', () => {
  const props = {
    catalog,
    policy: { ...policy, gateways: [] },
    image: ImageSource.of('x:latest'),
    network: NetworkSource.existing('host'),
    cpu: { max: 0, default: 0 },
  };
  const message = faultOf(() => new ContractorWorkspace(newStack(), 'Workspace', props));
  for (const words of ['"policy.gateways"', '"cpu"', 'a tag that moves', `Docker's own network "host"`])
    expect(message).toContain(words);
});

test('a preset that a template’s own range does not allow is left out', () => {
  const stack = newStack();
  const memory = { max: 1, default: 1 };
  const parameters = new WorkspaceParameters(stack, 'P', { ...PARAMETERS, memory });
  const presets = new WorkspacePresets(stack, 'Presets', { parameters });
  expect(presets.node.children.map(({ node }) => node.id)).toEqual(['Everyday', 'DesignFirst']);
});

test('a floor that names an unknown level says which floor', () => {
  const stack = newStack();
  const floors = { ...policy.floors, groups: { contractors: 'strict' as Level } };
  const context = new WorkspaceContext(stack, 'Context');
  expect(faultOf(() => new EnforcementLevel(stack, 'Level', { context, chosen: 'var.x', floors }))).toContain(
    '"floors.groups.contractors" is no level, got "strict": use one of "unrestricted", "standard", "design-first"',
  );
});

test.each([
  ['contractor-workspace', 'pin a version'],
  ['contractor-workspace:latest', 'must not use a tag that moves'],
  ['registry.example.com:5000/x', 'pin a version'],
  ['x@sha256:abc', 'pin a version'],
  ['x:1; rm -rf /', 'pin a version'],
])('an image "%s"', (reference, words) => {
  const image = (): unknown => new WorkspaceImage(newStack(), 'Image', { source: ImageSource.of(reference) });
  expect(faultOf(image)).toContain(words);
});

test.each<[string, ImageBuildProps, string]>([
  ['a digest', { name: `x@sha256:${'a'.repeat(64)}`, context: new Map() }, 'cannot have a digest'],
  [
    'no Dockerfile',
    { name: 'x:1', context: new Map([['a', { content: '' }]]) },
    '"Dockerfile" in its context',
  ],
  [
    'bytes',
    {
      name: 'x:1',
      context: new Map<string, { content: string | Buffer }>([
        ['Dockerfile', { content: 'FROM x' }],
        ['x.vsix', { content: Buffer.of(0) }],
      ]),
    },
    'can ship text alone, got "x.vsix"',
  ],
])('an image to be built from %s', (_, build, words) => {
  const image = (): unknown => new WorkspaceImage(newStack(), 'Image', { source: ImageSource.built(build) });
  expect(faultOf(image)).toContain(words);
});

test.each(['x:1', 'registry.example.com:5000/team/x:1.2.3', `x@sha256:${'a'.repeat(64)}`])(
  'an image "%s" is taken',
  (reference) => {
    expect(
      () => new WorkspaceImage(newStack(), 'Image', { source: ImageSource.of(reference) }),
    ).not.toThrow();
  },
);

test('an agent whose environment differs per build would replace the container', () => {
  const stack = newStack();
  const context = new WorkspaceContext(stack, 'Context');
  const environment = { OWNER: '${data.coder_workspace_owner.me.name}' };
  expect(faultOf(() => new WorkspaceAgent(stack, 'Agent', { context, environment }))).toContain(
    'got an expression for "OWNER"',
  );
});
