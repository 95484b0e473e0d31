import type { Reference } from './expressions';
import type { Rule } from './rule';

const about = 'resource coder_agent';

/** Facts about the workspace that are the same at every build. */
const LASTING = ['id', 'access_url', 'access_port', 'template_id'];

/** Functions that give another result at each plan. */
const CHANGING_FUNCTIONS = ['plantimestamp', 'timestamp', 'uuid', 'bcrypt'];

function changes([root, type, , attribute]: Reference): boolean {
  if (root !== 'data') return false;
  if (type === 'coder_workspace_owner') return true;
  return type === 'coder_workspace' && attribute !== undefined && !LASTING.includes(attribute);
}

/** Every argument of an agent is fixed: a new value is a new agent, and with its token a new container. */
export const AGENT_RULES: readonly Rule[] = [
  {
    id: 'agent/per-build',
    about,
    check: (agent, stack) => {
      const without = ['count', 'for_each'];
      const uses = [
        ...stack
          .references(agent, { without })
          .filter(({ thing }) => changes(thing))
          .map(({ thing, at, through }) => `${at} uses ${thing.join('.')}${through}`),
        ...stack
          .functions(agent, { without })
          .filter(({ thing }) => CHANGING_FUNCTIONS.includes(thing))
          .map(({ thing, at, through }) => `${at} uses ${thing}()${through}`),
      ];
      return [...new Set(uses)].map(
        (use) =>
          `${use}, which differs by build or owner: it would replace agent and container, put it into a coder_env`,
      );
    },
  },
  {
    id: 'agent/no-tasks',
    about: ['resource coder_ai_task', 'data coder_task'],
    check: (block) => `${block.type} is gone from Coder: remove it, assistants start by a coder_script`,
  },
];
