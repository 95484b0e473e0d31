import { literalText, nestedIn, shown } from './block';
import { changesByBuild, CHANGING_FUNCTIONS } from './lifecycle-facts';
import type { Rule } from './rule';

const about = 'resource coder_agent';

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
          .filter(({ thing }) => changesByBuild(thing))
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
    id: 'agent/monitored-once',
    about,
    check: (agent) => {
      const paths = agent
        .nested('resources_monitoring')
        .flatMap(({ body }) => nestedIn(body, 'volume'))
        .flatMap((volume) => literalText(volume.path) ?? []);
      const repeated = new Set(paths.filter((path, i) => paths.indexOf(path) !== i));
      return [...repeated].map(
        (path) =>
          `resources_monitoring.volume.path must be unique, got ${shown(path)} twice: the plan refuses it`,
      );
    },
  },
  {
    id: 'agent/no-tasks',
    about: ['resource coder_ai_task', 'data coder_task'],
    check: (block) => `${block.type} is gone from Coder: remove it, assistants start by a coder_script`,
  },
];
