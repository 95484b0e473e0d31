/**
 * The coder provider's bindings under names that stand alone: the generated `Agent`, `App`, `Env`, `Metadata` and
 * `Script` would collide with cdktf's own classes and with the constructs built on them.
 */

export { CoderProvider } from '@cdktf/provider-coder/provider';
export type { CoderProviderConfig } from '@cdktf/provider-coder/provider';

// Resources
export { Agent as CoderAgent } from '@cdktf/provider-coder/agent';
export type {
  AgentConfig as CoderAgentConfig,
  AgentDisplayApps as CoderAgentDisplayApps,
  AgentMetadata as CoderAgentMetadata,
  AgentResourcesMonitoring as CoderAgentResourcesMonitoring,
  AgentResourcesMonitoringMemory as CoderAgentResourcesMonitoringMemory,
  AgentResourcesMonitoringVolume as CoderAgentResourcesMonitoringVolume,
} from '@cdktf/provider-coder/agent';
export { AgentInstance as CoderAgentInstance } from '@cdktf/provider-coder/agent-instance';
export type { AgentInstanceConfig as CoderAgentInstanceConfig } from '@cdktf/provider-coder/agent-instance';
export { AiTask as CoderAiTask } from '@cdktf/provider-coder/ai-task';
export type {
  AiTaskConfig as CoderAiTaskConfig,
  AiTaskSidebarApp as CoderAiTaskSidebarApp,
} from '@cdktf/provider-coder/ai-task';
export { App as CoderApp } from '@cdktf/provider-coder/app';
export type {
  AppConfig as CoderAppConfig,
  AppHealthcheck as CoderAppHealthcheck,
} from '@cdktf/provider-coder/app';
export { Devcontainer as CoderDevcontainer } from '@cdktf/provider-coder/devcontainer';
export type { DevcontainerConfig as CoderDevcontainerConfig } from '@cdktf/provider-coder/devcontainer';
export { Env as CoderEnv } from '@cdktf/provider-coder/env';
export type { EnvConfig as CoderEnvConfig } from '@cdktf/provider-coder/env';
export { ExternalAgent as CoderExternalAgent } from '@cdktf/provider-coder/external-agent';
export type { ExternalAgentConfig as CoderExternalAgentConfig } from '@cdktf/provider-coder/external-agent';
export { Metadata as CoderMetadata } from '@cdktf/provider-coder/metadata';
export type {
  MetadataConfig as CoderMetadataConfig,
  MetadataItem as CoderMetadataItem,
} from '@cdktf/provider-coder/metadata';
export { Script as CoderScript } from '@cdktf/provider-coder/script';
export type { ScriptConfig as CoderScriptConfig } from '@cdktf/provider-coder/script';

// Data sources
export { DataCoderExternalAuth } from '@cdktf/provider-coder/data-coder-external-auth';
export type { DataCoderExternalAuthConfig } from '@cdktf/provider-coder/data-coder-external-auth';
export { DataCoderParameter } from '@cdktf/provider-coder/data-coder-parameter';
export type {
  DataCoderParameterConfig,
  DataCoderParameterOption,
  DataCoderParameterValidation,
} from '@cdktf/provider-coder/data-coder-parameter';
export { DataCoderProvisioner } from '@cdktf/provider-coder/data-coder-provisioner';
export type { DataCoderProvisionerConfig } from '@cdktf/provider-coder/data-coder-provisioner';
export { DataCoderSecret } from '@cdktf/provider-coder/data-coder-secret';
export type { DataCoderSecretConfig } from '@cdktf/provider-coder/data-coder-secret';
export { DataCoderTask } from '@cdktf/provider-coder/data-coder-task';
export type { DataCoderTaskConfig } from '@cdktf/provider-coder/data-coder-task';
export { DataCoderWorkspace } from '@cdktf/provider-coder/data-coder-workspace';
export type { DataCoderWorkspaceConfig } from '@cdktf/provider-coder/data-coder-workspace';
export { DataCoderWorkspaceOwner } from '@cdktf/provider-coder/data-coder-workspace-owner';
export type {
  DataCoderWorkspaceOwnerConfig,
  DataCoderWorkspaceOwnerRbacRoles,
} from '@cdktf/provider-coder/data-coder-workspace-owner';
export { DataCoderWorkspacePreset } from '@cdktf/provider-coder/data-coder-workspace-preset';
export type {
  DataCoderWorkspacePresetConfig,
  DataCoderWorkspacePresetPrebuilds,
  DataCoderWorkspacePresetPrebuildsExpirationPolicy,
  DataCoderWorkspacePresetPrebuildsScheduling,
  DataCoderWorkspacePresetPrebuildsSchedulingSchedule,
} from '@cdktf/provider-coder/data-coder-workspace-preset';
export { DataCoderWorkspaceTags } from '@cdktf/provider-coder/data-coder-workspace-tags';
export type { DataCoderWorkspaceTagsConfig } from '@cdktf/provider-coder/data-coder-workspace-tags';
