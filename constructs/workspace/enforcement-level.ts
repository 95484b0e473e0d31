import { Construct } from 'constructs';
import { LEVELS } from '../../src/levels';
import type { Floors } from '../../src/policy';
import { expression } from '../common/expression';
import { local } from '../common/local';
import { validateProps } from '../common/validation';
import type { WorkspaceContext } from './workspace-context';

/**
 * @example
 * new EnforcementLevel(this, 'Level', { context, chosen: parameters.level.ref, floors: policy.floors });
 */
export interface EnforcementLevelProps {
  readonly context: WorkspaceContext;
  /** Plain reference to the level the developer chose. */
  readonly chosen: string;
  /** What nobody goes below. The gateway applies the same floors at each request. */
  readonly floors: Floors;
}

/**
 * The level the client-side files are written for: the strictest of the choice and all floors that apply.
 *
 * A value that is no level counts as the strictest, because options of a form are never enforcement.
 */
export class EnforcementLevel extends Construct {
  /** Plain reference to the level. */
  readonly ref: string;
  /** Plain reference to the names of the groups the policy knows. */
  readonly groups: string;

  constructor(scope: Construct, id: string, props: EnforcementLevelProps) {
    super(scope, id);
    validateProps(this, 'EnforcementLevelProps', props);
    const { context, chosen, floors } = props;

    const levels = local(this, 'ai_levels', [...LEVELS]);
    const floorsRef = local(this, 'ai_level_floors', {
      everyone: floors.everyone,
      templates: { ...floors.templates },
      groups: { ...floors.groups },
      people: { ...floors.people },
    });
    this.groups = `keys(${floorsRef}.groups)`;
    const applicable = local(
      this,
      'ai_levels_that_apply',
      expression`concat(
    [${chosen}, ${floorsRef}.everyone],
    [for name, level in ${floorsRef}.templates : level if name == ${context.workspace}.template_name],
    [for name, level in ${floorsRef}.groups : level if contains(${context.owner}.groups, name)],
    [for name, level in ${floorsRef}.people : level if contains([${context.owner}.id, ${context.owner}.name], name)],
  )`,
    );
    this.ref = local(
      this,
      'ai_level',
      expression`${levels}[max([
    for level in ${applicable} : try(index(${levels}, level), length(${levels}) - 1)
  ]...)]`,
    );
  }
}
