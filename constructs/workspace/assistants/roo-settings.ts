/** The settings file that Roo Code and Zoo Code import at each start of the editor. */
import type { Catalog, Model } from '../../../src/catalog';
import { expression } from '../../common/expression';
import { local } from '../../common/local';
import { shipFile } from '../workspace-file';
import { KEY, type AssistantHost, type HomeFile } from './assistant';
import { renderJsonTemplate, Slot } from './json-template';
import { workflowFiles } from './workflow-files';
import { workflowsOf, type Reviewer, type Workflows, type WorkflowsProps } from './workflows';

/**
 * @example
 * new RooCode({ deniedCommands: ['git push', 'rm -rf'] });
 */
export interface RooSettingsProps {
  /**
   * Command prefixes the assistant may run without asking once the developer lets it run commands by itself. Comfort,
   * no boundary.
   *
   * @default - commands that only show the state of the repository
   */
  readonly allowedCommands?: readonly string[];
  /** Command prefixes it must never run by itself. @default - what destroys work or leaves the workspace */
  readonly deniedCommands?: readonly string[];
  /** Modes that review, and commands. @default - ours */
  readonly workflows?: WorkflowsProps;
}

/** Where the settings `roo-cline.autoImportSettingsPath` and `zoo-code.autoImportSettingsPath` point. */
export const ROO_SETTINGS_PATH = '.config/roo-code/settings.json';

type Extension = 'roo-code' | 'zoo-code';

/** The modes both come with; each points at our profile, else the one picked first wins for ever. */
const MODES = ['code', 'architect', 'ask', 'debug', 'orchestrator'];

/** Name and id people, scripts and `modeApiConfigs` know the chosen model's profile by. */
const PROFILE = { name: 'litellm', id: 'litellm-default' };

const ALLOWED_COMMANDS = ['git status', 'git diff', 'git log', 'git show', 'ls', 'pwd'];
const DENIED_COMMANDS = ['rm -rf', 'git push', 'git reset --hard', 'git clean', 'sudo', 'curl', 'wget'];

/**
 * The announcement of Roo Code 3.52, the last there will be; it would cover the first screen. Zoo Code counts its own:
 * one it does not know would bring its announcement back at each start.
 */
const LAST_ANNOUNCEMENT = 'apr-2026-v3.52.0-poe-xai-minimax';

/** Advertising for a cloud service that a workspace has no use for. */
const DISMISSED = ['longRunningTask', 'taskList2'];

/** A mode that reads files, and has no tool to change one or to run a command. */
const reviewMode = ({ name, title, description, text }: Reviewer): Record<string, unknown> => ({
  slug: name,
  name: title,
  description,
  roleDefinition: 'You review changes of software.',
  customInstructions: text,
  groups: ['read'],
  // Into the folder of the extension: of a project, it would be written into the repository.
  source: 'global',
});

/** It runs no program for a command, and its review modes cannot. */
const CHANGES = 'If the message has no @git-changes and names no file, ask for that.';

/** Its ModelInfo: without it the editor shows no cost and counts against 128k tokens of context. */
export function rooModelInfo(model: Model): Record<string, unknown> {
  const price = model.deployments[0]?.price;
  return {
    contextWindow: model.contextWindow,
    maxTokens: model.maxOutputTokens,
    supportsImages: model.supportsImages,
    supportsPromptCache: true,
    ...(price && {
      inputPrice: price.input,
      outputPrice: price.output,
      cacheWritesPrice: price.cacheWrite,
      cacheReadsPrice: price.cacheRead,
    }),
  };
}

const profile = (id: string, model: unknown, info: unknown): Record<string, unknown> => ({
  id,
  apiProvider: 'openai',
  openAiBaseUrl: new Slot('"${gateway}/v1"'),
  openAiApiKey: KEY,
  openAiModelId: model,
  openAiCustomModelInfo: info,
  includeMaxTokens: true,
});

/**
 * One profile per model, because context, prices and cache belong to the profile; `litellm` is the chosen one.
 *
 * What is present overwrites the developer's own value at each start, so only what must hold is here.
 * Template variables: gateway, model, model_info, instructions.
 */
function settingsDocument(
  extension: Extension,
  catalog: Catalog,
  props: RooSettingsProps,
  { reviewers }: Workflows,
): Record<string, unknown> {
  return {
    providerProfiles: {
      currentApiConfigName: PROFILE.name,
      apiConfigs: {
        [PROFILE.name]: profile(PROFILE.id, new Slot('model'), new Slot('model_info')),
        ...Object.fromEntries(
          catalog.models.map((model) => [
            `${PROFILE.name}-${model.name}`,
            profile(`${PROFILE.name}-${model.name}`, model.name, rooModelInfo(model)),
          ]),
        ),
      },
      modeApiConfigs: Object.fromEntries(
        [...MODES, ...reviewers.map(({ name }) => name)].map((mode) => [mode, PROFILE.id]),
      ),
    },
    globalSettings: {
      // Present even when empty: a setting that is left out keeps its value from an earlier start.
      customInstructions: new Slot('instructions'),
      // "unset" counts as enabled.
      telemetrySetting: 'disabled',
      allowedCommands: props.allowedCommands ?? ALLOWED_COMMANDS,
      deniedCommands: props.deniedCommands ?? DENIED_COMMANDS,
      ...(extension === 'roo-code' && { lastShownAnnouncementId: LAST_ANNOUNCEMENT }),
      dismissedUpsells: DISMISSED,
      ...(reviewers.length > 0 && { customModes: reviewers.map(reviewMode) }),
    },
  };
}

/** The files in the home: the same for both but for what an extension counts for itself. */
export function rooFiles(extension: Extension, host: AssistantHost, props: RooSettingsProps): HomeFile[] {
  const workflows = workflowsOf(props.workflows, `the assistant ${extension}`);
  const commands = workflows.commands.map(({ name, description, hint, reviewer, text }) => ({
    name,
    head: {
      description,
      ...(hint === '' ? {} : { 'argument-hint': hint }),
      ...(reviewer === undefined ? {} : { mode: reviewer }),
    },
    text: text({ arguments: 'see the message', changes: CHANGES }),
  }));
  return [
    settingsFile(extension, host, props, workflows),
    ...workflowFiles(host, extension, '.roo/commands', commands, workflows.leftAway),
  ];
}

function settingsFile(
  extension: Extension,
  host: AssistantHost,
  props: RooSettingsProps,
  workflows: Workflows,
): HomeFile {
  const infos = host.once('roo_code_model_infos', (scope) =>
    local(
      scope,
      'roo_code_model_infos',
      Object.fromEntries(host.catalog.models.map((model) => [model.name, rooModelInfo(model)])),
    ),
  );
  const document = renderJsonTemplate(settingsDocument(extension, host.catalog, props, workflows));
  const content = local(
    host.scope,
    `${extension.replace('-', '_')}_settings`,
    expression`templatefile(${shipFile(host.scope, `settings/${extension}.json`, document)}, {
    gateway      = ${host.gateway}
    model        = ${host.model}
    model_info   = ${infos}[${host.model}]
    instructions = ${host.instructions}
  })`,
  );
  return {
    path: ROO_SETTINGS_PATH,
    content,
    models: { at: ['providerProfiles', 'apiConfigs'], prefix: `${PROFILE.name}-` },
  };
}
