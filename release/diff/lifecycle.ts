import type { Block } from '../../synth/form-rules/block';
import type { Json } from '../../synth/hcl/expressions';
import type { Effect, Pair } from './effect';

/** The values of a setting in the lifecycle blocks of a resource. */
const settings = (block: Block, name: string): readonly Json[] =>
  block.nested('lifecycle').flatMap(({ body }) => (body[name] === undefined ? [] : [body[name]]));

const says = (block: Block, name: string): string => JSON.stringify(settings(block, name));

/** What another `lifecycle` block does; it changes no value, yet decides what happens to those that do. */
export function lifecycleEffect({ before, after }: Pair): Effect {
  const isNew = (name: string): boolean =>
    settings(after, name).length > 0 && says(before, name) !== says(after, name);
  if (isNew('prevent_destroy') && settings(after, 'prevent_destroy').includes(true)) {
    return {
      severity: 'breaks',
      says: 'Terraform refuses to remove it: deleting a workspace fails, and stopping too where that removes it.',
      todo: 'leave prevent_destroy out',
    };
  }
  if (isNew('precondition') || isNew('postcondition')) {
    return {
      severity: 'breaks',
      says: 'Every build that does not meet the condition fails; one that also runs at stop or delete keeps people from both.',
      todo: 'make sure that every stored value meets it, and that it holds at stop and delete',
    };
  }
  if (says(before, 'ignore_changes') !== says(after, 'ignore_changes')) {
    if (before.type === 'docker_volume' && settings(before, 'ignore_changes').length > 0) {
      return {
        severity: 'loses-data',
        says:
          'THE VOLUME IS NO LONGER KEPT AS IT WAS MADE: wherever the template says something else by now, ' +
          'as with a label or after a rename of the workspace, Terraform replaces it with all that is in it.',
        todo: 'put ignore_changes = all back',
      };
    }
    return {
      severity: 'next-start',
      says: 'Terraform notices other differences than before between what is there and what is declared.',
    };
  }
  return { severity: 'cosmetic', says: 'Terraform proceeds in another way; what it makes is the same.' };
}
