import type { Block } from '../../synth/form-rules/block';
import { code, codes } from '../code-span';
import type { Change } from './change';
import { optionChanges } from './option-changes';
import type { ParameterPair } from './parameter-pair';
import type { Template } from './template';
import { validationChanges } from './validation-changes';
import { written, writtenPair } from './value-difference';

/** Coder stores values under the name; the block's own name is of no account. */
const nameOf = (parameter: Block): string => parameter.text('name') ?? parameter.address;

const byName = (template: Template): Map<string, Block> =>
  new Map(template.configuration.ofType('data', 'coder_parameter').map((block) => [nameOf(block), block]));

/** A block of a parameter as text, so that two can be told to offer the same. */
const valuesOf = (parameter: Block): string =>
  JSON.stringify(parameter.nested('option').map(({ body }) => body.value ?? null));

const isSameQuestion = (one: Block, other: Block): boolean =>
  one.text('type') === other.text('type') &&
  one.text('display_name') === other.text('display_name') &&
  valuesOf(one) === valuesOf(other);

/** What another version asks people for, and what becomes of what they answered before. */
export function parameterChanges(before: Template, after: Template): Change[] {
  const [old, now] = [byName(before), byName(after)];
  const removed = [...old].filter(([name]) => !now.has(name));
  const added = [...now].filter(([name]) => !old.has(name));
  const renamed = removed.flatMap(([from, block]) => {
    const match = added.find(([, other]) => isSameQuestion(block, other));
    return match === undefined ? [] : [{ from, to: match[0] }];
  });
  return [
    ...renamed.map(({ from, to }) => renamedParameter(from, to)),
    ...removed
      .filter(([name]) => !renamed.some(({ from }) => from === name))
      .map(([name]) => removedParameter(name)),
    ...added
      .filter(([name]) => !renamed.some(({ to }) => to === name))
      .map(([name, block]) => addedParameter(name, block)),
    ...[...now].flatMap(([name, block]) => {
      const older = old.get(name);
      return older === undefined ? [] : pairChanges({ name, before: older, after: block }, before, after);
    }),
  ];
}

const renamedParameter = (from: string, to: string): Change => ({
  severity: 'loses-data',
  title: `parameter ${code(from)} is now ${code(to)}`,
  details: [
    'Coder stores values by name: at its next start on this version every workspace falls back to the default, and what was chosen under the old name is gone.',
    `Create links and scripts that pass ${code(from)} fail.`,
  ],
  todo: `keep the name ${code(from)}; the display name may change freely`,
});

const removedParameter = (name: string): Change => ({
  severity: 'loses-data',
  title: `parameter ${code(name)} removed`,
  details: [
    'The stored value of each workspace is dropped at its next start on this version; adding the parameter again later does not bring it back.',
    `Create links and scripts that pass ${code(name)} fail.`,
  ],
  todo: 'make sure that nobody needs the stored values',
});

function addedParameter(name: string, parameter: Block): Change {
  const fallback = parameter.get('default');
  if (fallback === undefined) {
    return {
      severity: 'breaks',
      title: `parameter ${code(name)} added without a default`,
      details: [
        'Existing workspaces have no value for it: they do not start before somebody enters one, autostart included.',
      ],
      todo: 'give it a default',
    };
  }
  return {
    severity: 'next-start',
    title: `parameter ${code(name)} added`,
    details: [
      `Existing workspaces get its default ${written(fallback)} at their next start on this version.`,
      ...(parameter.get('mutable') === true
        ? []
        : ['It can be set once, at that start, and not changed later.']),
    ],
  };
}

function pairChanges(pair: ParameterPair, before: Template, after: Template): Change[] {
  const meaning = (template: Template, block: Block, argument: string): string =>
    template.references.meaningOf(block.get(argument) ?? null);
  const differs = (argument: string): boolean =>
    meaning(before, pair.before, argument) !== meaning(after, pair.after, argument);
  return [
    ...typeChanges(pair),
    ...optionChanges(pair, before, after),
    ...validationChanges(pair),
    ...(differs('default') ? [defaultChange(pair)] : []),
    ...flagChanges(pair),
    ...(differs('count') || differs('for_each') ? [conditionChange(pair)] : []),
    ...looks(pair, LOOKS.filter(differs)),
  ];
}

function typeChanges({ name, before, after }: ParameterPair): Change[] {
  const types = [before, after].map((block) => block.text('type') ?? 'string');
  if (types[0] === types[1]) return [];
  return [
    {
      severity: 'breaks',
      title: `parameter ${code(name)}: type ${types.map((type) => code(type)).join(' → ')}`,
      details: [
        'Stored values were made for the old type: what cannot be read as the new one fails every build of its workspace, stop and delete included.',
      ],
      todo: 'add a parameter under another name instead',
    },
  ];
}

const defaultChange = ({ name, before, after }: ParameterPair): Change => ({
  severity: after.get('default') === undefined ? 'breaks' : 'new-only',
  title: `parameter ${code(name)}: default ${writtenPair(before.get('default'), after.get('default'))}`,
  details:
    after.get('default') === undefined
      ? ['A workspace without a stored value does not start before somebody enters one.']
      : ['Existing workspaces keep their stored value.'],
});

const isOn = (block: Block, argument: string): boolean => block.get(argument) === true;

function flagChanges({ name, before, after }: ParameterPair): Change[] {
  const changes: Change[] = [];
  if (isOn(before, 'mutable') !== isOn(after, 'mutable')) {
    changes.push({
      severity: 'next-start',
      title: `parameter ${code(name)} ${isOn(after, 'mutable') ? 'can be changed from now on' : 'can no longer be changed'}`,
      details: isOn(after, 'mutable')
        ? ['People may change it in the settings of an existing workspace; it lands at the next start.']
        : ['Each workspace keeps the value it has; whoever wants another one has to make another workspace.'],
    });
  }
  if (isOn(before, 'ephemeral') !== isOn(after, 'ephemeral')) {
    changes.push({
      severity: isOn(after, 'ephemeral') ? 'loses-data' : 'next-start',
      title: `parameter ${code(name)} ${isOn(after, 'ephemeral') ? 'is no longer stored' : 'is stored from now on'}`,
      details: isOn(after, 'ephemeral')
        ? ['Stored values count no more: each start begins with the default.']
        : ['A value holds until it is changed, not for one start.'],
    });
  }
  return changes;
}

const conditionChange = ({ name, before, after }: ParameterPair): Change => ({
  severity: 'loses-data',
  title: `parameter ${code(name)} is shown under another condition`,
  details: [
    `${code('count')}: ${writtenPair(before.get('count') ?? before.get('for_each'), after.get('count') ?? after.get('for_each'))}`,
    'A workspace for which it is hidden loses its stored value at that start.',
  ],
  todo: 'show it always, and ignore its value where it does not apply',
});

const LOOKS = ['form_type', 'display_name', 'description', 'icon', 'order', 'styling'];

/** What Coder shows of a parameter; the value is not touched by it. */
function looks({ name, before, after }: ParameterPair, changed: readonly string[]): Change[] {
  if (changed.length === 0) return [];
  return [
    {
      severity: 'cosmetic',
      title: `parameter ${code(name)}: ${codes(changed)} changed`,
      details: changed.map(
        (argument) => `${code(argument)}: ${writtenPair(before.get(argument), after.get(argument))}`,
      ),
    },
  ];
}
