import type { Block } from './block';
import type { StackFacts } from './stack-facts';

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
