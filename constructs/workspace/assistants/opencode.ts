import type { Catalog, Model } from '../../../src/catalog';
import { openCodeImage } from '../../../workspace-image/image/opencode';
import { expression } from '../../common/expression';
import { local } from '../../common/local';
import { checkTypes } from '../../common/validation';
import { shipFile } from '../workspace-file';
import type { Assistant, AssistantHost, AssistantParts } from './assistant';
import { renderJsonTemplate, Slot } from './json-template';

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
}

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
