import { claudeCodeImage, type ClaudeCodeImageProps } from '../../../workspace-image/image/claude-code';
import type { Catalog } from '../../../src/catalog';
import type { Assistant, AssistantHost, AssistantParts, ImageParts } from './assistant';

/**
 * Claude Code in the terminal. It writes nothing into the home: gateway and models come by the environment, and the
 * key by a helper of the image that hands it to no other gateway.
 */
export class ClaudeCode implements Assistant {
  readonly name = 'claude-code';
  readonly image: ImageParts;

  constructor(props: ClaudeCodeImageProps = {}) {
    this.image = claudeCodeImage(props);
  }

  /** What it would fetch, send and install besides what it is asked, wherever it was started from. */
  readonly locks = {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  };

  bind(host: AssistantHost): AssistantParts {
    return {
      environment: {
        ANTHROPIC_BASE_URL: host.gateway,
        ANTHROPIC_MODEL: host.model,
      },
      constants: {
        // Betas that the gateway lets nobody through with.
        CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: host.catalog.smallModel,
        ...modelsOfFamilies(host.catalog),
      },
    };
  }
}

/** What its "sonnet" and "opus" come to: by itself it names models that the gateway may not know. */
const modelsOfFamilies = ({ models }: Catalog): Record<string, string> =>
  Object.fromEntries(
    ['sonnet', 'opus'].flatMap((family) => {
      const model = models.find(({ aliases }) => aliases.includes(`claude-${family}`));
      return model ? [[`ANTHROPIC_DEFAULT_${family.toUpperCase()}_MODEL`, model.name]] : [];
    }),
  );
