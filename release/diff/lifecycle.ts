import type { Block } from '../../synth/form-rules/block';
import type { Json } from '../../synth/hcl/expressions';
import { templateParts } from '../../synth/hcl/strings';
import { codes } from '../code-span';
import type { Effect, Pair } from './effect';
import type { Template } from './template';

/** The values of a setting in the lifecycle blocks of a resource. */
const settings = (block: Block, name: string): readonly Json[] =>
  block.nested('lifecycle').flatMap(({ body }) => (body[name] === undefined ? [] : [body[name]]));

const says = (block: Block, name: string): string => JSON.stringify(settings(block, name));

/** What is asked for in a block of a resource or a variable: conditions as they are written. */
const conditionsOf = (block: Block, type: string): string[] =>
  block.nested(type).map(({ body }) => JSON.stringify(body.condition ?? null));

/** `var.x`, `data.y`, … that a condition looks at. */
function namesIn(condition: string): string[] {
  const parsed = JSON.parse(condition) as Json;
  if (typeof parsed !== 'string') return [];
  return templateParts(parsed).flatMap((part) => {
    const { tokens } = part;
    return tokens
      .map((token, at) =>
        token.kind === 'ident' && tokens[at + 1]?.text === '.' && tokens[at - 1]?.text !== '.'
          ? `${token.text}.${tokens[at + 2]?.text ?? ''}`
          : '',
      )
      .filter((name) => name !== '');
  });
}

/** Whether there is nothing of the resource in a build that stops or deletes. */
const isOfStartsOnly = (block: Block): boolean =>
  // As one may write it who wants just that.
  /^"\$\{\s*data\.coder_workspace\.\w+\.start_count\s*\}"$/.test(JSON.stringify(block.get('count') ?? null));

/** What conditions that are new do; undefined when there are none. */
function conditionEffect({ before, after }: Pair, older: Template): Effect | undefined {
  const added = ['precondition', 'postcondition'].flatMap((type) => {
    const known = conditionsIn(before, type);
    return conditionsIn(after, type).filter((condition) => !known.includes(condition));
  });
  if (added.length === 0) return undefined;
  const accepted = older.configuration
    .ofKind('variable')
    .flatMap((variable) => conditionsOf(variable, 'validation'));
  if (added.every((condition) => accepted.includes(condition)))
    return {
      severity: 'cosmetic',
      says: 'The variable asked for the same before, by its validation: the same values are accepted.',
    };
  const isStart = isOfStartsOnly(after);
  const names = [...new Set(added.flatMap(namesIn))];
  const areVariables = added.every((condition) => {
    const found = namesIn(condition);
    return found.length > 0 && found.every((name) => name.startsWith('var.'));
  });
  // Values of the push, the same for every workspace.
  if (areVariables)
    return {
      severity: 'push',
      says: `${isStart ? 'A start fails' : 'Every build fails, stop and delete included,'} while ${codes(names)} does not meet the condition${isStart ? '; stop and delete go on' : ''}.`,
      todo: 'push with a value that meets it',
    };
  return {
    severity: 'breaks',
    says: `Every build that does not meet the condition fails; one that also runs at stop or delete keeps people from both.${isStart ? ' This one is looked at by starts alone.' : ''}`,
    todo: `make sure that every stored value meets it${isStart ? '' : ', and that it holds at stop and delete'}`,
  };
}

const conditionsIn = (block: Block, type: string): string[] =>
  block
    .nested('lifecycle')
    .flatMap(({ body }) => {
      const value = body[type];
      return (Array.isArray(value) ? value : value === undefined ? [] : [value]) as readonly Json[];
    })
    .map((one) => JSON.stringify((one as Readonly<Record<string, Json>>).condition ?? null));

/** What another `lifecycle` block does; it changes no value, yet decides what happens to those that do. */
/** @param older the template that `before` is of */
export function lifecycleEffect({ before, after }: Pair, older: Template): Effect {
  const isNew = (name: string): boolean =>
    settings(after, name).length > 0 && says(before, name) !== says(after, name);
  if (isNew('prevent_destroy') && settings(after, 'prevent_destroy').includes(true)) {
    return {
      severity: 'breaks',
      says: 'Terraform refuses to remove it: deleting a workspace fails, and stopping too where that removes it.',
      todo: 'leave prevent_destroy out',
    };
  }
  const conditions = conditionEffect({ address: after.address, before, after }, older);
  if (conditions !== undefined && conditions.severity !== 'cosmetic') return conditions;
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
  return (
    conditions ?? {
      severity: 'cosmetic',
      says: 'Terraform proceeds in another way; what it makes is the same.',
    }
  );
}
