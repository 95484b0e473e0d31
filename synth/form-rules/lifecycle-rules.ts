import { nestedIn, type Block } from './block';
import {
  CHANGING_FUNCTIONS,
  changesByBuild,
  ignoredChanges,
  runsAgent,
  tellsTransition,
} from './lifecycle-facts';
import type { Rule } from './rule';
import type { StackFacts } from './stack-facts';

const REPEATING = ['count', 'for_each'];

/** Conditions that stop a build when they do not hold. */
const conditions = (block: Block): { at: string; text: string }[] =>
  nestedIn(block.body, 'lifecycle').flatMap((lifecycle) =>
    ['precondition', 'postcondition'].flatMap((kind) =>
      nestedIn(lifecycle, kind).flatMap(({ condition }) =>
        typeof condition === 'string' ? [{ at: `lifecycle.${kind}`, text: condition }] : [],
      ),
    ),
  );

/** Whether a block is there only while the workspace runs. */
const followsTransition = (block: Block, stack: StackFacts): boolean =>
  stack.references(block, { only: REPEATING }).some(({ thing }) => tellsTransition(thing));

/** What must last beyond a build, and what must not. */
export const LIFECYCLE_RULES: readonly Rule[] = [
  {
    id: 'container/ignored-token',
    about: 'resource docker_container',
    check: (container, stack) => {
      const ignored = ignoredChanges(container);
      const isIgnored = ignored === 'all' || ignored.includes('env');
      return isIgnored && runsAgent(container, stack)
        ? `lifecycle.ignore_changes must not cover env, got ${JSON.stringify(ignored)}: the container would keep the ` +
            'token of an agent that is gone, put what changes by build into a coder_env'
        : undefined;
    },
  },
  {
    id: 'container/outlives-stop',
    about: 'resource docker_container',
    check: (container, stack) => {
      const isFixed = REPEATING.every((argument) => container.get(argument) === undefined);
      return (isFixed || typeof container.get('count') === 'number') && runsAgent(container, stack)
        ? 'count must be data.coder_workspace.me.start_count: the container would start again when the workspace stops'
        : undefined;
    },
  },
  {
    id: 'image/outlives-stop',
    about: 'resource docker_image',
    check: (image, stack) => {
      const isFixed = REPEATING.every((argument) => image.get(argument) === undefined);
      const isUsed = stack
        .ofType('resource', 'docker_container')
        .filter((container) => runsAgent(container, stack))
        .some((container) =>
          stack.references(container, { only: ['image'] }).some(({ thing }) => refersTo(thing, image)),
        );
      return isFixed && isUsed
        ? 'count must be data.coder_workspace.me.start_count: every build looks for the images of the state, and without ' +
            'the image on its host and in its registry the workspace could not be stopped'
        : undefined;
    },
  },
  {
    id: 'volume/replaced',
    about: 'resource docker_volume',
    check: (volume, stack) => {
      const ignored = ignoredChanges(volume);
      if (ignored === 'all') return undefined;
      const without = [...REPEATING, ...ignored];
      const uses = [
        ...stack
          .references(volume, { without })
          // Nobody can give a workspace away, so a volume may be one for each owner.
          .filter(({ thing }) => changesByBuild(thing) && !isOwnerId(thing))
          .map(({ thing, at, through }) => `${at} uses ${thing.join('.')}${through}`),
        ...stack
          .functions(volume, { without })
          .filter(({ thing }) => CHANGING_FUNCTIONS.includes(thing))
          .map(({ thing, at, through }) => `${at} uses ${thing}()${through}`),
      ];
      return [...new Set(uses)].map(
        (use) =>
          `${use}, which can change: a new volume would take the place of this one and what is in it, ` +
          'name it by data.coder_workspace.me.id and set lifecycle.ignore_changes = all',
      );
    },
  },
  {
    id: 'lifecycle/blocks-stop',
    about: 'any',
    check: (block, stack) => {
      const reached = conditions(block).flatMap((template) => {
        const references = stack.references(block, { templates: [template] });
        if (references.some(({ thing }) => tellsTransition(thing))) return [];
        const owner = references.find(({ thing }) => thing[1] === 'coder_workspace_owner');
        return owner ? [`${template.at} uses ${owner.thing.join('.')}${owner.through}`] : [];
      });
      return reached.length === 0 || followsTransition(block, stack)
        ? undefined
        : reached.map(
            (use) =>
              `${use} in every build: when it no longer holds, the workspace cannot be stopped either, ` +
              'let it hold unless data.coder_workspace.me.transition is "start"',
          );
    },
  },
];

const refersTo = ([type, name]: readonly string[], block: Block): boolean =>
  type === block.type && name === block.name;

const isOwnerId = ([, type, , attribute]: readonly string[]): boolean =>
  type === 'coder_workspace_owner' && attribute === 'id';
