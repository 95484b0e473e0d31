import type { Catalog, Model } from '../../../src/catalog';
import { openCodeImage } from '../../../workspace-image/image/opencode';
import { expression } from '../../common/expression';
import { local } from '../../common/local';
import { checkTypes } from '../../common/validation';
import { shipFile } from '../workspace-file';
import type { Assistant, AssistantHost, AssistantParts } from './assistant';
import { renderJsonTemplate, Slot } from './json-template';
import { workflowsOf, type Command, type Reviewer, type WorkflowsProps } from './workflows';

const PROVIDER = 'litellm';

/** What OpenCode does before it uses a tool. */
export type OpenCodeAction = 'ask' | 'allow' | 'deny';

/** Before commands, changes of files, and pages of the web. By pattern: the last that fits decides. */
export interface OpenCodePermission {
  /** @default 'ask' */
  readonly bash?: OpenCodeAction | Readonly<Record<string, OpenCodeAction>>;
  /** @default 'ask' */
  readonly edit?: OpenCodeAction | Readonly<Record<string, OpenCodeAction>>;
  /** @default - OpenCode's own */
  readonly webfetch?: OpenCodeAction;
}

/**
 * @example
 * new OpenCode({ permission: { bash: 'ask' } });
 */
export interface OpenCodeProps {
  /**
   * What it asks a person before. Comfort, no boundary: its user may say otherwise, and where nobody can be asked,
   * as in `opencode run`, what would be asked is refused.
   *
   * @default - it asks before each command and each change of a file
   */
  readonly permission?: OpenCodePermission;
  /** Agents that review, and commands. @default - ours */
  readonly workflows?: WorkflowsProps;
}

/** Whatever else it is offered is denied; what may hold secrets too, since nobody is asked. */
const READS_ONLY = {
  '*': 'deny',
  read: { '*': 'allow', '*.env': 'deny', '*.env.*': 'deny' },
  glob: 'allow',
  grep: 'allow',
  list: 'allow',
} as const;

/** Run by OpenCode when a person gives the command; bounded, since it is sent. */
const CHANGES = [
  'What has changed:',
  '',
  '!`git --no-pager diff --no-ext-diff --no-textconv HEAD | head --bytes 100000`',
].join('\n');

const reviewAgent = ({ description, text }: Reviewer): Record<string, unknown> => ({
  description,
  mode: 'all',
  permission: READS_ONLY,
  prompt: text,
});

const openCodeCommand = ({ description, reviewer, text }: Command): Record<string, unknown> => ({
  description,
  ...(reviewer === undefined ? {} : { agent: reviewer }),
  template: text({ arguments: '$ARGUMENTS', changes: CHANGES }),
});

/** OpenCode never asks the gateway for models or prices: this is its only list. */
const openCodeModel = (model: Model): Record<string, unknown> => {
  const price = model.deployments[0]?.price;
  return {
    name: model.displayName,
    attachment: model.supportsImages,
    reasoning: false,
    tool_call: true,
    limit: { context: model.contextWindow, output: model.maxOutputTokens },
    ...(price && {
      cost: {
        input: price.input,
        output: price.output,
        cache_read: price.cacheRead,
        cache_write: price.cacheWrite,
      },
    }),
  };
};

/**
 * OpenCode's configuration. The key stays in its own file, which OpenCode reads by itself.
 *
 * Template variables: gateway, model, instruction_files.
 */
export function openCodeConfig(catalog: Catalog, props: OpenCodeProps = {}): Record<string, unknown> {
  const { reviewers, commands } = workflowsOf(props.workflows, 'the assistant OpenCode');
  return {
    $schema: 'https://opencode.ai/config.json',
    model: new Slot(`"${PROVIDER}/\${model}"`),
    small_model: `${PROVIDER}/${catalog.smallModel}`,
    enabled_providers: [PROVIDER],
    share: 'disabled',
    autoupdate: false,
    instructions: new Slot('instruction_files'),
    // Unless told, OpenCode runs commands and changes files unasked.
    permission: { bash: 'ask', edit: 'ask', ...props.permission },
    // Here and in no files of their own: what is not wanted any more is gone with the next start.
    agent: Object.fromEntries(reviewers.map((each) => [each.name, reviewAgent(each)])),
    command: Object.fromEntries(commands.map((each) => [each.name, openCodeCommand(each)])),
    provider: {
      [PROVIDER]: {
        npm: '@ai-sdk/openai-compatible',
        name: 'AI gateway',
        options: {
          baseURL: new Slot('"${gateway}/v1"'),
          apiKey: '{file:~/.config/ai-gateway/key}',
        },
        models: Object.fromEntries(catalog.models.map((model) => [model.name, openCodeModel(model)])),
      },
    },
  };
}

/** OpenCode in the terminal. */
export class OpenCode implements Assistant {
  readonly name = 'opencode';
  readonly image = openCodeImage;

  constructor(private readonly props: OpenCodeProps = {}) {
    checkTypes('the assistant OpenCode', 'OpenCodeProps', props);
  }

  /**
   * It must not obey a repository's own configuration, which could send the key elsewhere or run commands, nor update
   * itself, share sessions, fetch model lists and language servers.
   */
  readonly locks = {
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_CLAUDE_CODE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_PROJECT_CONFIG: '1',
    OPENCODE_DISABLE_SHARE: '1',
  };

  bind(host: AssistantHost): AssistantParts {
    const document = renderJsonTemplate(openCodeConfig(host.catalog, this.props));
    const config = local(
      host.scope,
      'opencode_config',
      expression`templatefile(${shipFile(host.scope, 'settings/opencode.json', document)}, {
    gateway           = ${host.gateway}
    model             = ${host.model}
    instruction_files = ${host.instructions} == "" ? [] : ["~/.config/opencode/enforcement.md"]
  })`,
    );
    return {
      files: [
        {
          path: '.config/opencode/opencode.json',
          content: config,
          models: { at: ['provider', PROVIDER, 'models'], namedBy: 'small_model' },
        },
        { path: '.config/opencode/enforcement.md', content: host.instructions },
      ],
    };
  }
}
