import type { Construct } from 'constructs';
import { LEVELS, LEVEL_TEXTS, type Level } from '../../src/levels';
import type { Floors } from '../../src/policy';
import { literal } from '../../synth/hcl/strings';
import { expression } from '../common/expression';
import { local } from '../common/local';

/** Of the owner's data the form fills in the groups, and only under this name. */
const GROUPS = 'data.coder_workspace_owner.me.groups';

const MAY_ASK = 'Your organisation may ask for a stricter mode than you choose.';

/** What a person reads for whom a level is the least strict one. */
function noticeOf(level: Level): string {
  const rank = LEVELS.indexOf(level);
  // A floor of the person or the template, which no form knows, or a later one of the gateway's.
  if (rank === 0) return MAY_ASK;
  const looser = LEVELS.slice(0, rank).map((one) => `"${LEVEL_TEXTS[one].label}"`);
  const asks = `Your organisation asks for "${LEVEL_TEXTS[level].label}" ${rank === LEVELS.length - 1 ? '' : 'or stricter '}from you`;
  return `${asks}: ${looser.join(' and ')} ${looser.length === 1 ? 'has' : 'have'} no effect.`;
}

/**
 * What the form says about the floors that hold for whoever reads it, as text for a description.
 *
 * By the person's groups alone, since the form knows no more; options are the same for everybody, because a stored one
 * that is gone breaks builds. Without a floor for a group it is plain text, so that nothing has to be worked out.
 */
export function levelNotice(scope: Construct, floors: Floors): string {
  // A rank that is none is said by the floor's own check.
  const rankOf = (level: Level): number => Math.max(0, LEVELS.indexOf(level));
  const groups = Object.entries(floors.groups);
  if (groups.length === 0) return literal(noticeOf(LEVELS[rankOf(floors.everyone)] as Level));
  const notices = local(
    scope,
    'ai_level_notices',
    LEVELS.map((level) => literal(noticeOf(level))),
  );
  const ranks = local(
    scope,
    'ai_group_ranks',
    Object.fromEntries(groups.map(([name, level]) => [literal(name), rankOf(level)])),
  );
  const notice = local(
    scope,
    'ai_level_notice',
    expression`${notices}[max(concat([${String(rankOf(floors.everyone))}], [for name, rank in ${ranks} : rank if contains(${GROUPS}, name)])...)]`,
  );
  return expression`${notice}`;
}
