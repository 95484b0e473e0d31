import { AssistantChoice } from '../../constructs/workspace/assistants/assistant-choice';
import {
  ContractorWorkspace,
  type ContractorWorkspaceProps,
} from '../../constructs/workspace/contractor-workspace';
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
import { ContractorWorkspaceStack } from '../../src/stacks/contractor-workspace';
import { newApp, newStack } from './support';

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
  [{ policy: { ...policy, gateways: ['http://a:99999'] } }, 'got ["http://a:99999"]'],
  [{ defaultAssistant: 'copilot' }, '"defaultAssistant" must be one that is offered, got "copilot"'],
  [{ policy: { ...policy, gateways: [] } }, '"policy.gateways" must hold origins'],
  [{ policy: { ...policy, gateways: ['http://litellm:4000/v1'] } }, 'got ["http://litellm:4000/v1"]'],
  [{ policy: { ...policy, gateways: ["http://x'$(id)"] } }, '"policy.gateways" must hold origins'],
  [
    { policy: { ...policy, defaultLevel: 'strict' as Level } },
    '"policy.defaultLevel" must be one of "unrestricted", "standard", "design-first", got "strict"',
  ],
  [{ cpu: { max: 2, default: 4 } }, '"cpu" must have whole numbers 1 ≤ default ≤ max'],
  [{ memory: { max: 2.5, default: 1 } }, '"memory" must have whole numbers'],
  [
    { catalog: { ...catalog, defaultChoice: 'gpt' } },
    '"catalog.defaultChoice" must be the value of one of its choices, got "gpt": use one of "claude-sonnet"',
  ],
])('workspace parameters with %j', (change, words) => {
  expect(faultOf(() => new WorkspaceParameters(newStack(), 'P', { ...PARAMETERS, ...change }))).toContain(
    words,
  );
});

test.each([
  [RepositoryAddress.anyHost(), '"trustedRepositories" must name hosts, got any host'],
  [RepositoryAddress.onHosts([]), '"trustedRepositories" must name at least one host'],
  [RepositoryAddress.onHosts(['https://x.org']), 'got "https://x.org": write "git.example.com"'],
])('trusted repositories that are %j', (trustedRepositories, words) => {
  const props = { catalog, policy, trustedRepositories };
  expect(faultOf(() => new ContractorWorkspace(newStack(), 'Workspace', props))).toContain(words);
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

test.each<[string, (props: ContractorWorkspaceProps) => unknown]>([
  ['a workspace', (props) => new ContractorWorkspace(newStack(), 'Workspace', props)],
  ['a stack', (props) => new ContractorWorkspaceStack(newApp(), 'x', props)],
])('%s by itself checks the types of its props, too, and tells of all in one list', (_, make) => {
  const props = {
    catalog,
    policy: { ...policy, floor: {}, retentionDays: '30' },
    offerAPIKey: false,
    image: ImageSource.of('x:latest'),
    network: NetworkSource.perWorkspace({ internl: true } as object),
  } as unknown as ContractorWorkspaceProps;
  expect(
    faultOf(() => make(props))
      .split('\n')
      .slice(1),
  ).toEqual([
    '- "policy.retentionDays" must be a number, got "30": write it without quotes',
    '- "policy.floor" is not known: did you mean "floors"?',
    '- "network = NetworkSource.perWorkspace(props).internl" is not known: did you mean "internal"?',
    '- "offerAPIKey" is not known: did you mean "offerApiKey"?',
    expect.stringMatching(/^- "image" must not use a tag that moves/),
  ]);
});

test.each<[string, () => unknown, string]>([
  [
    'a parameter',
    () => new Parameter(newStack(), 'P', { ...PARAMETER, defualt: 'small' } as never),
    '"defualt" is not known: did you mean "default"?',
  ],
  [
    'an agent',
    () => new WorkspaceAgent(newStack(), 'Agent', { context: 'me' } as never),
    '"context" must be a WorkspaceContext, got "me"',
  ],
  [
    'presets',
    () => new WorkspacePresets(newStack(), 'Presets', {} as never),
    '"parameters" is missing: it must be a WorkspaceParameters',
  ],
  [
    'the form',
    () => new WorkspaceParameters(newStack(), 'P', undefined as never),
    'what is given must be an object with "catalog", "policy", got nothing',
  ],
])('%s by itself checks the types of its props', (_, make, words) => {
  expect(faultOf(make)).toContain(words);
});

test('what an assistant of a user gives back is checked as well', () => {
  const image = {};
  const aider = { name: 'aider', image, bind: () => ({ file: [], environment: { A: 1 } }) as never };
  const own = AssistantChoice.of({ value: 'aider', label: 'Aider', description: '', assistants: [aider] });
  const props = { catalog, policy, assistants: [own] };
  const message = faultOf(() => new ContractorWorkspace(newStack(), 'Workspace', props));
  expect(message).toContain('bind() of the assistant "aider": "environment.A" must be text, got 1');
  expect(message).toContain('bind() of the assistant "aider": "file" is not known: did you mean "files"?');
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
    '"floors.groups.contractors" must be one of "unrestricted", "standard", "design-first", got "strict"',
  );
});

const imageOf = (source: ImageSource): WorkspaceImage => {
  const stack = newStack();
  return new WorkspaceImage(stack, 'Image', { context: new WorkspaceContext(stack, 'Context'), source });
};

test.each([
  ['contractor-workspace', 'pin a version'],
  ['contractor-workspace:latest', 'must not use a tag that moves'],
  ['registry.example.com:5000/x', 'pin a version'],
  ['x@sha256:abc', 'pin a version'],
  ['x:1; rm -rf /', 'pin a version'],
])('an image "%s"', (reference, words) => {
  const image = (): unknown => imageOf(ImageSource.of(reference));
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
  const image = (): unknown => imageOf(ImageSource.built(build));
  expect(faultOf(image)).toContain(words);
});

test.each(['x:1', 'registry.example.com:5000/team/x:1.2.3', `x@sha256:${'a'.repeat(64)}`])(
  'an image "%s" is taken',
  (reference) => {
    expect(() => imageOf(ImageSource.of(reference))).not.toThrow();
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
