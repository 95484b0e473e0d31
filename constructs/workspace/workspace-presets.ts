import { Construct } from 'constructs';
import { validateProps } from '../common/validation';
import type { Parameter } from './parameter';
import { Preset } from './preset';
import type { WorkspaceParameters } from './workspace-parameters';

/**
 * @example
 * new WorkspacePresets(this, 'Presets', { parameters });
 */
export interface WorkspacePresetsProps {
  readonly parameters: WorkspaceParameters;
}

interface PresetChoice {
  readonly id: string;
  readonly name: string;
  /** @param model what the form calls the preset's model */
  readonly description: (model: string) => string;
  readonly icon: string;
  readonly model: string;
  /** Beside the model. */
  readonly values: (parameters: WorkspaceParameters) => readonly (readonly [Parameter, string])[];
}

const CHOICES: readonly PresetChoice[] = [
  {
    id: 'Everyday',
    name: 'Everyday',
    description: (model) => `${model}; explains its changes`,
    icon: '/icon/code.svg',
    model: 'claude-sonnet',
    values: ({ level }) => [[level, 'standard']],
  },
  {
    id: 'DesignFirst',
    name: 'Design first',
    description: (model) => `${model}; a proposal and your consent before any code`,
    icon: '/icon/widgets.svg',
    model: 'claude-opus',
    values: ({ level }) => [[level, 'design-first']],
  },
  {
    id: 'Light',
    name: 'Light',
    description: (model) => `${model}; a small machine`,
    icon: '/icon/memory.svg',
    model: 'claude-haiku',
    values: ({ level, cpu, memory }) => [
      [level, 'standard'],
      [cpu, '1'],
      [memory, '2'],
    ],
  },
];

/**
 * Common choices, one click each. One that a template's own options do not allow is left out.
 *
 * None is the default: Coder puts what it sets above what a command line chose, and hides it in the form.
 */
export class WorkspacePresets extends Construct {
  constructor(scope: Construct, id: string, props: WorkspacePresetsProps) {
    super(scope, id);
    validateProps(this, 'WorkspacePresetsProps', props);
    const { parameters } = props;
    for (const choice of CHOICES) {
      const { model } = parameters;
      const values = [[model, choice.model] as const, ...choice.values(parameters)];
      if (!values.every(([parameter, value]) => parameter.accepts(value))) continue;
      new Preset(this, choice.id, {
        name: choice.name,
        description: choice.description(model.labelOf(choice.model)),
        icon: choice.icon,
        values,
      });
    }
  }
}
