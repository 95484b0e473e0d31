import { Construct } from 'constructs';
import { literal } from '../../synth/hcl/strings';
import { shown } from '../../synth/shown';
import { DataCoderWorkspacePreset } from './coder';
import type { Parameter } from './parameter';
import { listed, validateProps, type Rule } from '../common/validation';

/**
 * @example
 * new Preset(this, 'Small', { name: 'Small', values: [[parameters.cpu, '2'], [parameters.memory, '4']] });
 */
export interface PresetProps {
  /** What people pick; unique in the template. */
  readonly name: string;
  /** @default - none */
  readonly description?: string;
  /** @default - none */
  readonly icon?: string;
  /** What it fills in; everything else keeps its own default. */
  readonly values: readonly (readonly [parameter: Parameter, value: string])[];
  /**
   * Chosen when nobody chose; then it must set nothing. Coder puts the values of a default preset above those that a
   * command line gives by `--parameter` (coder/coder#18912), and its form hides what it sets.
   *
   * @default false
   */
  readonly isDefault?: boolean;
}

const RULES: readonly Rule<PresetProps>[] = [
  {
    holds: ({ name }) => name.trim() !== '',
    message: ({ name }) => `"name" must not be empty, got ${shown(name)}: people pick the preset by it`,
  },
  {
    holds: ({ values }) => new Set(values.map(([parameter]) => parameter)).size === values.length,
    message: ({ values }) =>
      `"values" must name each parameter once, got ${listed(values.map(([parameter]) => parameter.name))}`,
  },
  {
    holds: ({ values }) => values.every(([parameter, value]) => parameter.accepts(value)),
    message: ({ values }) =>
      values
        .filter(([parameter, value]) => !parameter.accepts(value))
        .map(
          ([parameter, value]) =>
            `"values" has ${shown(value)} for ${shown(parameter.name)}, which is none of its options`,
        )
        .join('; '),
  },
];

/** A choice of several parameters at once (`data "coder_workspace_preset"`). */
export class Preset extends Construct {
  readonly resource: DataCoderWorkspacePreset;

  constructor(scope: Construct, id: string, props: PresetProps) {
    super(scope, id);
    validateProps(this, 'PresetProps', props, RULES);
    this.resource = new DataCoderWorkspacePreset(this, 'Resource', {
      name: literal(props.name),
      description: props.description === undefined ? undefined : literal(props.description),
      icon: props.icon,
      default: props.isDefault,
      parameters: Object.fromEntries(
        props.values.map(([parameter, value]) => [parameter.name, literal(value)]),
      ),
    });
    this.resource.overrideLogicalId(
      props.name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_|_$/g, ''),
    );
  }
}
