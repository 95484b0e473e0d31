import { literalText, type Block } from '../../synth/form-rules/block';
import type { Json } from '../../synth/hcl/expressions';
import { code, codes } from '../code-span';
import type { Change } from './change';
import type { ParameterPair } from './parameter-pair';
import type { Template } from './template';

const BROKEN =
  'A workspace that stores it refuses to start on this version until somebody chooses another value ("coder update" asks for one); older servers fail its stop and delete as well.';

/** The options by value; nothing when an expression decides over them. */
function optionsOf(parameter: Block): ReadonlyMap<string, Readonly<Record<string, Json>>> | undefined {
  if (parameter.isDynamic('option')) return undefined;
  const options = parameter.nested('option').map(({ body }) => [literalText(body.value), body] as const);
  if (options.some(([value]) => value === undefined)) return undefined;
  return new Map(options.map(([value, body]) => [value ?? '', body]));
}

/** What people may choose from; what is stored already and can no longer be chosen is the worst of all changes. */
export function optionChanges(pair: ParameterPair, before: Template, after: Template): Change[] {
  const { name } = pair;
  const [old, now] = [optionsOf(pair.before), optionsOf(pair.after)];
  if (old === undefined || now === undefined) return computedOptions(pair, before, after);
  if (old.size > 0 && now.size === 0) {
    return [
      {
        severity: 'new-only',
        title: `parameter ${code(name)}: any value instead of ${old.size} options`,
        details: ['Stored values stay valid.'],
      },
    ];
  }
  if (old.size === 0 && now.size > 0) {
    return [
      {
        severity: 'breaks',
        title: `parameter ${code(name)}: ${now.size} options instead of any value`,
        takesStored: true,
        details: [`Allowed are ${codes([...now.keys()])}. ${BROKEN.replace(' it ', ' another value ')}`],
        todo: 'make sure that no workspace stores another value, or ask under another name',
      },
    ];
  }
  return [
    ...[...old.keys()].filter((value) => !now.has(value)).map((value) => removedOption(name, value)),
    ...[...now.keys()].filter((value) => !old.has(value)).map((value) => addedOption(name, value)),
    ...renamedOptions(name, old, now),
    ...orderOfOptions(name, old, now),
  ];
}

const removedOption = (parameter: string, value: string): Change => ({
  severity: 'breaks',
  title: `parameter ${code(parameter)}: option ${code(value)} removed`,
  takesStored: true,
  details: [BROKEN],
  todo: `keep the option ${code(value)} and let the template treat it as another one, or first change every workspace that stores it`,
});

const addedOption = (parameter: string, value: string): Change => ({
  severity: 'new-only',
  title: `parameter ${code(parameter)}: option ${code(value)} added`,
  details: [
    'Workspaces that choose it cannot go back to the version before without choosing again: the value would be unknown there.',
  ],
});

function renamedOptions(
  parameter: string,
  old: ReadonlyMap<string, Readonly<Record<string, Json>>>,
  now: ReadonlyMap<string, Readonly<Record<string, Json>>>,
): Change[] {
  return [...now].flatMap(([value, option]): Change[] => {
    const older = old.get(value);
    const changed = ['name', 'description', 'icon'].filter(
      (argument) =>
        older !== undefined && JSON.stringify(older[argument]) !== JSON.stringify(option[argument]),
    );
    if (changed.length === 0) return [];
    return [
      {
        severity: 'cosmetic',
        title: `parameter ${code(parameter)}: ${codes(changed)} of option ${code(value)} changed`,
        details: changed.map(
          (argument) => `${code(argument)}: ${shownText(older?.[argument])} → ${shownText(option[argument])}`,
        ),
      },
    ];
  });
}

const shownText = (value: Json | undefined): string =>
  value === undefined || value === null ? 'nothing' : code(literalText(value) ?? JSON.stringify(value));

function orderOfOptions(
  parameter: string,
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
): Change[] {
  const kept = [...now.keys()].filter((value) => old.has(value));
  const before = [...old.keys()].filter((value) => now.has(value));
  if (kept.join('\n') === before.join('\n')) return [];
  return [
    {
      severity: 'cosmetic',
      title: `parameter ${code(parameter)}: options in another order`,
      details: [`Now ${codes([...now.keys()])}.`],
    },
  ];
}

/** Nobody can tell from the text which values an expression gives. */
function computedOptions({ name, ...blocks }: ParameterPair, before: Template, after: Template): Change[] {
  const meaning = (template: Template, block: Block): string =>
    ['option', 'dynamic'].map((part) => template.references.meaningOf(block.get(part) ?? null)).join('\n');
  if (meaning(before, blocks.before) === meaning(after, blocks.after)) return [];
  return [
    {
      severity: 'breaks',
      takesStored: true,
      title: `parameter ${code(name)}: its options are worked out by expressions that changed`,
      details: [`Which values they give cannot be told from here. A value may have gone: ${BROKEN}`],
      todo: 'compare the values that both versions offer',
    },
  ];
}
