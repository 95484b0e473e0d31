import type { Reference } from './expressions';

/** Facts about the workspace that are the same at every build. */
const LASTING = ['id', 'access_url', 'access_port', 'template_id'];

/** Data sources that follow who the owner is, or what the owner got since the last build. */
const OF_THE_OWNER = ['coder_workspace_owner', 'coder_external_auth', 'coder_secret'];

/** Functions that give another result at each plan. */
export const CHANGING_FUNCTIONS = ['plantimestamp', 'timestamp', 'uuid', 'bcrypt'];

/** Whether a value may differ between two builds of one workspace: a prebuild changes its owner too. */
export function changesByBuild([root, type, , attribute]: Reference): boolean {
  if (root !== 'data' || type === undefined) return false;
  if (OF_THE_OWNER.includes(type)) return true;
  return type === 'coder_workspace' && attribute !== undefined && !LASTING.includes(attribute);
}

/** Whether a value tells a start from a stop. */
export const tellsTransition = ([root, type, , attribute]: Reference): boolean =>
  root === 'data' &&
  type === 'coder_workspace' &&
  ['start_count', 'transition', 'prebuild_count'].includes(attribute ?? '');
