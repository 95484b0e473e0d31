import { made } from '../../common/made-values';
import type { Assistant } from './assistant';
import { ClaudeCode } from './claude-code';
import { OpenCode } from './opencode';
import { RooCode } from './roo-code';
import { ZooCode } from './zoo-code';

/**
 * @example
 * AssistantChoice.of({ value: 'opencode-only', label: 'OpenCode', description: 'In the terminal', assistants: [new OpenCode()] });
 */
export interface AssistantChoiceProps {
  /** Value of `ai_assistant`: for ever, a stored one that is gone breaks even stop and delete. */
  readonly value: string;
  readonly label: string;
  readonly description: string;
  /** None: no AI at all, no key asked for, nothing written. */
  readonly assistants: readonly Assistant[];
}

/** One answer to the form's question for an assistant. */
export class AssistantChoice {
  static readonly ROO_CODE = AssistantChoice.of({
    value: 'roo-code',
    label: 'Roo Code',
    description: 'Roo Code in the editor, OpenCode in the terminal',
    assistants: [new RooCode(), new OpenCode()],
  });
  static readonly ZOO_CODE = AssistantChoice.of({
    value: 'zoo-code',
    label: 'Zoo Code',
    description: 'The successor of Roo Code, and OpenCode',
    assistants: [new ZooCode(), new OpenCode()],
  });
  static readonly OPENCODE = AssistantChoice.of({
    value: 'opencode',
    label: 'OpenCode',
    description: 'OpenCode in the terminal',
    assistants: [new OpenCode()],
  });
  static readonly CLAUDE_CODE = AssistantChoice.of({
    value: 'claude-code',
    label: 'Claude Code',
    description: 'Claude Code in the terminal',
    assistants: [new ClaudeCode()],
  });
  static readonly NONE = AssistantChoice.of({
    value: 'none',
    label: 'None',
    description: 'No AI in this workspace',
    assistants: [],
  });

  /** All of ours, in the order of the form. */
  static readonly ALL: readonly AssistantChoice[] = [
    AssistantChoice.ROO_CODE,
    AssistantChoice.ZOO_CODE,
    AssistantChoice.OPENCODE,
    AssistantChoice.CLAUDE_CODE,
    AssistantChoice.NONE,
  ];

  /** @example AssistantChoice.of({ value: 'terminal', label: 'Terminal', description: '…', assistants: [new OpenCode()] }) */
  static of(props: AssistantChoiceProps): AssistantChoice {
    const choice = new AssistantChoice(props?.value, props?.label, props?.description, props?.assistants);
    return made(choice, 'AssistantChoice', 'of', props);
  }

  private constructor(
    readonly value: string,
    readonly label: string,
    readonly description: string,
    readonly assistants: readonly Assistant[],
  ) {}
}

/** The assistants of some choices, each once. */
export function assistantsOf(choices: readonly AssistantChoice[]): Assistant[] {
  const byName = new Map(choices.flatMap(({ assistants }) => assistants).map((one) => [one.name, one]));
  return [...byName.values()];
}
