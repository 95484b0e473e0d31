import type { Block } from '../../synth/form-rules/block';
import { code, codes } from '../code-span';
import type { Change } from './change';
import type { Template } from './template';
import { written } from './value-difference';

const byName = (template: Template): Map<string, Block> =>
  new Map(template.configuration.ofKind('variable').map((block) => [block.name, block]));

const hasDefault = (variable: Block): boolean => variable.get('default') !== undefined;

/** What a push has to bring along. Coder stores values of variables with the template. */
export function variableChanges(before: Template, after: Template): Change[] {
  const [old, now] = [byName(before), byName(after)];
  return [
    ...[...now].flatMap(([name, variable]) => {
      const older = old.get(name);
      return older === undefined ? [addedVariable(variable)] : changedVariable(older, variable);
    }),
    ...[...old.keys()].filter((name) => !now.has(name)).map(removedVariable),
  ];
}

const addedVariable = (variable: Block): Change =>
  hasDefault(variable)
    ? {
        severity: 'cosmetic',
        title: `variable ${code(variable.name)} added`,
        details: [
          'It has a default. Coder stores it at this push: a later push with another default changes nothing any more.',
        ],
      }
    : {
        severity: 'push',
        title: `variable ${code(variable.name)} added without a default`,
        details: ['The push fails without a value; the server has none stored yet.'],
        todo: `write ${code(`${variable.name}: …`)} into the file for --variables-file`,
      };

const removedVariable = (name: string): Change => ({
  severity: 'cosmetic',
  title: `variable ${code(name)} removed`,
  details: ['Its stored value is dropped with this version.'],
  todo: `take ${code(name)} out of the file for --variables-file`,
});

function changedVariable(before: Block, after: Block): Change[] {
  const name = code(after.name);
  const differs = (argument: string): boolean =>
    JSON.stringify(before.get(argument) ?? null) !== JSON.stringify(after.get(argument) ?? null);
  const changes: Change[] = [];
  if (differs('default')) {
    changes.push({
      severity: 'push',
      title: `variable ${name}: default ${written(before.get('default'))} → ${written(after.get('default'))}`,
      details: hasDefault(after)
        ? ['The server ignores a new default: it goes on with the value it stored at an earlier push.']
        : ['A server that has no value stored refuses the push.'],
      todo: `push with ${code(`--variable ${after.name}=…`)}, or write it into the file for --variables-file`,
    });
  }
  const isFree = differs('validation') && after.nested('validation').length === 0;
  if (isFree && !differs('type') && !differs('nullable')) {
    changes.push({
      severity: 'cosmetic',
      title: `variable ${name}: ${code('validation')} removed`,
      details: [
        'A push is no longer refused for its value; what refuses it now is among the other changes, if anything.',
      ],
    });
  } else if (differs('type') || differs('validation') || differs('nullable')) {
    const which = ['type', 'validation', 'nullable'].filter(differs);
    changes.push({
      severity: 'push',
      title: `variable ${name}: ${codes(which)} changed`,
      details: ['The stored value may be refused now: then the push fails.'],
      todo: 'push with a value that fits',
    });
  }
  if (differs('sensitive')) {
    const isHidden = after.get('sensitive') === true;
    changes.push({
      severity: isHidden ? 'cosmetic' : 'push',
      title: `variable ${name} is ${isHidden ? 'sensitive from now on' : 'no longer sensitive'}`,
      details: isHidden
        ? ['Its value is hidden in the API and in logs.']
        : ['Its value is shown to template administrators and in build logs.'],
      ...(isHidden ? {} : { todo: 'if it is a secret, leave it sensitive' }),
    });
  }
  if (differs('description')) {
    changes.push({
      severity: 'cosmetic',
      title: `variable ${name}: another description`,
      details: [`${written(before.get('description'))} → ${written(after.get('description'))}`],
    });
  }
  return changes;
}
