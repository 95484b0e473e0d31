/**
 * What a template of one's own is made of: `import { runTemplateProgram } from 'contractor-workspace'`.
 *
 * Everything named here keeps its name and meaning within a major version.
 */
export {
  catalog,
  type Catalog,
  type Deployment,
  type Model,
  type ModelChoice,
  type Price,
} from '../src/catalog';
export { LEVELS, type Level } from '../src/levels';
export {
  policy,
  SCOPE_NAMES,
  type Allowance,
  type Budget,
  type BudgetDuration,
  type DesignFirst,
  type Floors,
  type Policy,
  type Scope,
  type ScopeName,
  type Teams,
} from '../src/policy';
export {
  ContractorWorkspaceStack,
  type ContractorWorkspaceStackProps,
} from '../src/stacks/contractor-workspace';
export { synthesize, type SynthesizeOptions } from '../src/synthesize';
export { runTemplateProgram, type TemplateProgramProps } from '../src/template-program';

export type { Assistant, AssistantHost, AssistantParts } from '../constructs/workspace/assistants/assistant';
export {
  AssistantChoice,
  type AssistantChoiceProps,
} from '../constructs/workspace/assistants/assistant-choice';
export { CodeServer, type CodeServerProps } from '../constructs/workspace/code-server';
export {
  ContractorWorkspace,
  type CloneProps,
  type ContractorWorkspaceProps,
} from '../constructs/workspace/contractor-workspace';
export { GitIdentity, type GitIdentityProps } from '../constructs/workspace/git-identity';
export { HomeVolume, type HomeVolumeProps } from '../constructs/workspace/home-volume';
export {
  ImageSource,
  WorkspaceImage,
  type ImageBuildProps,
  type WorkspaceImageProps,
} from '../constructs/workspace/image';
export {
  Parameter,
  type ParameterOption,
  type ParameterProps,
  type ParameterValidation,
} from '../constructs/workspace/parameter';
export { Preset, type PresetProps } from '../constructs/workspace/preset';
export {
  RegistryModule,
  type RegistryModuleProps,
  type WorkspaceModule,
} from '../constructs/workspace/registry-module';
export { RepositoryAddress, type RepositoryAddressProps } from '../constructs/workspace/repository-address';
export {
  WorkspaceAgent,
  type AgentMetadata,
  type WorkspaceAgentProps,
} from '../constructs/workspace/workspace-agent';
export { WorkspaceApp, type WorkspaceAppProps } from '../constructs/workspace/workspace-app';
export {
  WorkspaceContainer,
  type WorkspaceContainerProps,
} from '../constructs/workspace/workspace-container';
export { WorkspaceContext } from '../constructs/workspace/workspace-context';
export { shipFile } from '../constructs/workspace/workspace-file';
export { WorkspaceMetadata, type WorkspaceMetadataProps } from '../constructs/workspace/workspace-metadata';
export { NetworkSource, type PerWorkspaceNetworkProps } from '../constructs/workspace/workspace-network';
export { WorkspaceScript, type WorkspaceScriptProps } from '../constructs/workspace/workspace-script';
export { WorkspaceVariable, type WorkspaceVariableProps } from '../constructs/workspace/workspace-variable';
