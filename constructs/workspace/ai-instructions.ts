import { Construct } from 'constructs';
import { LEVEL_TEXTS } from '../../src/levels';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { validateProps } from '../common/validation';
import { shipSource } from './workspace-file';

/**
 * @example
 * new AiInstructions(this, 'Instructions', { level: enforcement.ref });
 */
export interface AiInstructionsProps {
  /** Plain reference to the level in force. */
  readonly level: string;
}

/** What an assistant is told about the level. The rules themselves come from the gateway, with every request. */
export class AiInstructions extends Construct {
  /** Plain reference to the text; empty where there are no rules. */
  readonly ref: string;

  constructor(scope: Construct, id: string, props: AiInstructionsProps) {
    super(scope, id);
    validateProps(this, 'AiInstructionsProps', props);
    const { level } = props;
    const descriptions = local(
      this,
      'ai_level_descriptions',
      Object.fromEntries(Object.entries(LEVEL_TEXTS).map(([name, text]) => [name, text.description])),
    );
    this.ref = local(
      this,
      'ai_instructions',
      expression`${level} == "unrestricted" ? "" : templatefile(${shipSource(this, 'settings/instructions.md')}, {
    level       = ${level}
    description = ${descriptions}[${level}]
  })`,
    );
  }
}
