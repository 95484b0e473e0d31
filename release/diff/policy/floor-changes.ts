import type { Json } from '../../../synth/hcl/expressions';
import { code } from '../../code-span';
import type { Change } from '../change';
import { asItStands } from './amounts';
import { fieldChanges, type FieldRule } from './field-rules';
import { levelOf, levelRank } from './levels';
import { membersOf, namesIn, type Members } from './members';
import { policyChange } from './policy-change';

const EVERYONE: FieldRule = {
  field: 'everyone',
  reads: 'floor for everyone',
  more: 'stricter',
  rank: levelRank,
  says: () => ['A stricter floor of a template, group or person still holds.'],
};

/** Floors by name: whom one concerns, and whether capitals count. */
const NAMED = [
  {
    field: 'templates',
    of: 'template',
    concerns: (name: string) =>
      `workspaces of the template ${code(name)}, and personal keys of people who have one`,
  },
  {
    field: 'groups',
    of: 'group',
    concerns: (name: string) =>
      `members of the group ${code(name)}, and people of whom nobody has told the groups yet`,
  },
  {
    field: 'people',
    of: 'person',
    concerns: (name: string) => `the person ${code(name)}, by id or by any name they ever had`,
    folds: true,
  },
] as const;

/** How strict an assistant has to be at least. */
export function floorChanges(before: Members, after: Members): Change[] {
  const place = { path: ['floors'], of: '', concerns: 'everyone' };
  const elsewhere = NAMED.map(({ field }) => field);
  return [
    ...fieldChanges([EVERYONE], elsewhere, before, after, place),
    ...NAMED.flatMap((kind) => {
      const [old, now] = [before, after].map((floors) => {
        const named = membersOf(floors.get(kind.field));
        return 'folds' in kind ? folded(named) : named;
      });
      return old === undefined || now === undefined
        ? []
        : namesIn(old, now).flatMap((name) =>
            namedFloor(
              kind,
              name,
              [old.get(name), now.get(name)],
              [before.get('everyone'), after.get('everyone')],
            ),
          );
    }),
  ];
}

/** Of people whatever the capitals; the strictest of two that are one. */
function folded(named: Members): Members {
  const levels = new Map<string, Json>();
  for (const [name, level] of named) {
    const key = name.toLowerCase();
    const other = levels.get(key);
    levels.set(key, other !== undefined && levelRank(other) > levelRank(level) ? other : level);
  }
  return levels;
}

type Pair = readonly [before: Json | undefined, after: Json | undefined];

function namedFloor(
  { field, of, concerns }: (typeof NAMED)[number],
  name: string,
  own: Pair,
  everyone: Pair,
): Change[] {
  const [before, after] = own;
  if (before === after) return [];
  // The floor for everyone holds for them as well, so that is what they notice.
  const [least, most] = own.map((level, side) =>
    Math.max(level === undefined ? 0 : levelRank(level), levelRank(everyone[side])),
  );
  const rank = (most ?? 0) - (least ?? 0);
  const title = `floor for the ${of} ${code(name)}: ${shown(before)} → ${shown(after)}`;
  return [
    policyChange({
      path: ['floors', field, name],
      title,
      concerns: concerns(name),
      direction: rank > 0 ? 'stricter' : rank < 0 ? 'looser' : 'none',
      details:
        rank === 0 ? [`They notice nothing: the floor for everyone is ${code(levelOf(everyone[1]))}.`] : [],
    }),
  ];
}

const shown = (level: Json | undefined): string => (level === undefined ? 'none' : asItStands(level));
