import { Construct } from 'constructs';
import type { Parameter } from './parameter';
import { Preset } from './preset';
import type { WorkspaceParameters } from './workspace-parameters';

export interface WorkspacePresetsProps {
  readonly parameters: WorkspaceParameters;
}

interface PresetChoice {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly icon: string;
  readonly values: (parameters: WorkspaceParameters) => readonly (readonly [Parameter, string])[];
}

const CHOICES: readonly PresetChoice[] = [
  {
    id: 'Everyday',
    name: 'Everyday',
    description: 'A balanced model that explains its changes',
    icon: '/icon/code.svg',
    values: ({ model, level }) => [
      [model, 'claude-sonnet'],
      [level, 'standard'],
    ],
  },
  {
    id: 'DesignFirst',
    name: 'Design first',
    description: 'A proposal and your consent before any code',
    icon: '/icon/widgets.svg',
    values: ({ model, level }) => [
      [model, 'claude-opus'],
      [level, 'design-first'],
    ],
  },
  {
    id: 'Light',
    name: 'Light',
    description: 'A fast model and a small machine',
    icon: '/icon/memory.svg',
    values: ({ model, level, cpu, memory }) => [
      [model, 'claude-haiku'],
      [level, 'standard'],
      [cpu, '1'],
      [memory, '2'],
    ],
  },
];

/** Common choices, one click each. One that a template's own options do not allow is left out. */
export class WorkspacePresets extends Construct {
  constructor(scope: Construct, id: string, { parameters }: WorkspacePresetsProps) {
    super(scope, id);
    for (const choice of CHOICES) {
      const values = choice.values(parameters);
      if (!values.every(([parameter, value]) => parameter.accepts(value))) continue;
      new Preset(this, choice.id, {
        name: choice.name,
        description: choice.description,
        icon: choice.icon,
        values,
        isDefault: choice.id === 'Everyday' || undefined,
      });
    }
  }
}
