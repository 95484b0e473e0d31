import type { Block } from './block';
import type { Reference } from './expressions';
import type { StackFacts } from './stack-facts';

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

/** Whether a container is a workspace's own: it starts the agent, or knows its token. */
export const runsAgent = (container: Block, stack: StackFacts): boolean =>
  stack.references(container).some(({ thing: [type] }) => type === 'coder_agent');

/** Arguments whose changes Terraform overlooks on purpose: all of them, some, or none. */
export function ignoredChanges(block: Block): 'all' | readonly string[] {
  const lifecycles = [block.get('lifecycle')].flat();
  const ignored = lifecycles.flatMap((lifecycle) =>
    typeof lifecycle === 'object' && lifecycle !== null && 'ignore_changes' in lifecycle
      ? [lifecycle.ignore_changes].flat()
      : [],
  );
  const names = ignored.filter((one) => typeof one === 'string');
  return names.includes('all') ? 'all' : names.map((one) => /^[^.[]*/.exec(one)?.[0] ?? one);
}
