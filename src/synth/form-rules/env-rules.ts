import { isObject } from '../hcl-expressions';
import { canMeet, shown, type Block } from './block';
import type { Rule } from './rule';
import type { StackFacts } from './stack-facts';
import { tokensOf, usesOf } from './expressions';

const about = 'resource coder_env';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** How a variable joins others of its name on purpose. */
const JOINING = ['append', 'prepend'];

const joins = (variable: Block): boolean => JOINING.includes(variable.text('merge_strategy') ?? '');

/** The agent a block hangs on, where its `agent_id` is a plain reference. */
function agentOf(block: Block, stack: StackFacts): Block | undefined {
  const agentId = block.get('agent_id');
  if (typeof agentId !== 'string') return undefined;
  return usesOf(tokensOf(agentId))
    .references.map((reference) => stack.target(reference))
    .find((one) => one?.type === 'coder_agent');
}

/** Variables in the environment of every process of a workspace. */
export const ENV_RULES: readonly Rule[] = [
  {
    id: 'env/name',
    about,
    check: (variable) => {
      const name = variable.text('name');
      return name === undefined || NAME.test(name)
        ? undefined
        : `name must be letters, digits and underscores and not begin with a digit, got ${shown(name)}`;
    },
  },
  {
    id: 'env/name-unique',
    about,
    check: (variable, stack) => {
      const name = variable.text('name');
      if (name === undefined || joins(variable)) return undefined;
      const other = stack.earlier(
        variable,
        (one) =>
          one.text('name') === name &&
          one.get('agent_id') === variable.get('agent_id') &&
          canMeet(one, variable) &&
          !joins(one),
      );
      return (
        other &&
        `name ${shown(name)} is taken by ${other.path} on the same agent: rename it, or join them by merge_strategy`
      );
    },
  },
  {
    id: 'env/agent-wins',
    about,
    check: (variable, stack) => {
      const name = variable.text('name');
      const agent = agentOf(variable, stack);
      const own = agent?.get('env');
      return name !== undefined && isObject(own) && name in own
        ? `name ${shown(name)} is set by env of ${agent?.address} too, which always wins: drop one of them`
        : undefined;
    },
  },
];
