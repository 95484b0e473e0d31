import { App } from 'cdktf';
import {
  AssistantChoice,
  catalog,
  ContractorWorkspaceStack,
  ImageSource,
  NetworkSource,
  policy,
  RepositoryAddress,
  runTemplateProgram,
  type Policy,
} from 'contractor-workspace';
import { CoderApp } from 'contractor-workspace/coder';
import { DockerContainer } from 'contractor-workspace/docker';
import { runPlatformProgram, ServiceImage } from 'contractor-workspace/platform';
import { expression, TemplateStack } from 'contractor-workspace/synth';

const mine: Policy = { ...policy, floors: { ...policy.floors, everyone: 'standard' } };

// Never called: what is asked here is whether the compiler knows their types.
export const stack = (): TemplateStack => new ContractorWorkspaceStack(new App(), 'other', { policy: mine });
export const platform = (): void => runPlatformProgram({ platform: { policy: mine } });
export const others = [CoderApp, DockerContainer, ServiceImage, expression];

// @ts-expect-error -- a misspelt prop is refused
export const misspelt = (): void => runTemplateProgram({ name: 'mine', workspace: { offerAPIKey: true } });

runTemplateProgram({
  name: 'mine',
  workspace: {
    policy: mine,
    catalog,
    assistants: [AssistantChoice.OPENCODE, AssistantChoice.NONE],
    network: NetworkSource.perWorkspace(),
    repositories: RepositoryAddress.onHosts(['git.example.com']),
    image: ImageSource.of('registry.example.com/workspace:1'),
  },
});
