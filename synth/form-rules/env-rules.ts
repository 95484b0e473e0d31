import { DOLLAR, DOLLAR_ENTRY, isAsTyped, staysAsTyped } from '../agent-values';
import { isObject, type Json } from '../hcl/expressions';
import { canMeet, literalText, shown, type Block } from './block';
import { runsAgent } from './lifecycle-facts';
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

/** Values of an agent's own variables by argument; all in one where an expression makes them. */
const ownValues = (agent: Block): [string, Json][] => {
  const env = agent.get('env');
  if (env === undefined) return [];
  return isObject(env) ? Object.entries(env).map(([name, value]) => [`env.${name}`, value]) : [['env', env]];
};

/** Whether the agent hands a value on as it is. */
function arrives(value: Json | undefined): boolean {
  if (typeof value !== 'string') return true;
  const text = literalText(value);
  if (text !== undefined) return staysAsTyped(text);
  try {
    return isAsTyped(value);
  } catch {
    // No template at all: another rule says so.
    return true;
  }
}

const expanded = (argument: string, value: Json | undefined): string =>
  `${argument} must be text without "$" or replace(…, "$", "$\${${DOLLAR}}"), got ${shown(value)}: the agent puts the ` +
  'value of any variable in for its name, its own token too, use WorkspaceVariable';

const needsDollar = (stack: StackFacts): boolean =>
  [
    ...stack.ofType('resource', 'coder_env').map((variable) => variable.get('value')),
    ...stack.ofType('resource', 'coder_agent').flatMap((agent) => ownValues(agent).map(([, value]) => value)),
  ].some((value) => typeof value === 'string' && value.includes(DOLLAR));

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
  {
    id: 'env/as-typed',
    about,
    check: (variable) => {
      const value = variable.get('value');
      return arrives(value) ? undefined : expanded('value', value);
    },
  },
  {
    id: 'env/agent-as-typed',
    about: 'resource coder_agent',
    check: (agent) =>
      ownValues(agent)
        .filter(([, value]) => !arrives(value))
        .map(([name, value]) => expanded(name, value)),
  },
  {
    id: 'env/dollar-in-container',
    about: 'resource docker_container',
    check: (container, stack) => {
      if (!runsAgent(container, stack) || !needsDollar(stack)) return undefined;
      const env = container.get('env') ?? [];
      return Array.isArray(env) && !(env as readonly Json[]).includes(DOLLAR_ENTRY)
        ? `env must hold "${DOLLAR_ENTRY}", got ${shown(env)}: variables of the agent write "$" by that name, and without it ` +
            'each "$" in them is lost'
        : undefined;
    },
  },
];
