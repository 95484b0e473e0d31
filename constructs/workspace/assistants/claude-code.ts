import { claudeCodeImage, type ClaudeCodeImageProps } from '../../../workspace-image/image/claude-code';
import type { Catalog } from '../../../src/catalog';
import { checkTypes } from '../../common/validation';
import type { Assistant, AssistantHost, AssistantParts, ImageParts } from './assistant';
import { renderMarkdown, workflowFiles } from './workflow-files';
import { workflowsOf, type Workflows, type WorkflowsProps } from './workflows';

/**
 * @example
 *   { workflows: { ours: false } }
 */
export interface ClaudeCodeProps extends ClaudeCodeImageProps {
  /** Agents that review, which are part of the image, and commands. @default - ours */
  readonly workflows?: WorkflowsProps;
}

/** Where managed agents lie: those stand above a repository's and a person's of the same name. */
const AGENTS = '/etc/claude-code/.claude/agents';

/** Run by Claude Code when a person gives the command. */
const CHANGES = 'What has changed:\n\n!`git diff --no-ext-diff --no-textconv HEAD`';

/**
 * Claude Code in the terminal. But for commands it writes nothing into the home: gateway and models come by the
 * environment, and the key by a helper of the image that hands it to no other gateway.
 */
export class ClaudeCode implements Assistant {
  readonly name = 'claude-code';
  readonly image: ImageParts;

  private readonly workflows: Workflows;

  constructor(props: ClaudeCodeProps = {}) {
    const { workflows, ...image } = checkTypes<ClaudeCodeProps>(
      'the assistant Claude Code',
      'ClaudeCodeProps',
      props,
    );
    this.workflows = workflowsOf(workflows, 'the assistant Claude Code');
    const parts = claudeCodeImage(image);
    const agents = this.workflows.reviewers.map(({ name, description, text }) => ({
      path: `${AGENTS}/${name}.md`,
      content: renderMarkdown({ head: { name, description, tools: 'Read, Grep, Glob' }, text }),
    }));
    this.image = { ...parts, files: [...(parts.files ?? []), ...agents] };
  }

  /** What it would fetch, send and install besides what it is asked, wherever it was started from. */
  readonly locks = {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  };

  bind(host: AssistantHost): AssistantParts {
    const { commands, leftAway } = this.workflows;
    const commandFiles = commands.map(({ name, description, hint, reviewer, text }) => ({
      name,
      head: {
        description,
        ...(hint === '' ? {} : { 'argument-hint': hint }),
        // In the hands of an agent that only reads; and for nothing but to see what has changed.
        ...(reviewer === undefined
          ? {}
          : { context: 'fork', agent: reviewer, 'allowed-tools': 'Bash(git diff:*)' }),
      },
      text: text({ arguments: '$ARGUMENTS', changes: CHANGES }),
    }));
    return {
      files: workflowFiles(host, this.name, '.claude/commands', commandFiles, leftAway),
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
