/** How the gateway and Coder work together: the looks that end keys, and groups that terms name. */
import { fault, note, notChecked, ok, warning, type Check } from '../finding';

/** So many looks may be missed. */
const MISSED = 3;
const LEAST_SECONDS = 60;

export const CODER: readonly Check[] = [
  {
    name: 'looks at Coder',
    needs: ['gateway'],
    find: async (facts) => {
      const { coder } = (await facts.state()).state;
      const consequence = 'keys of stopped workspaces and suspended people hold on to their maximum age';
      if (coder.url === null || coder.has_token !== true)
        return [
          warning(`the gateway does not look at Coder: ${consequence}`, 'set CODER_URL and CODER_TOKEN'),
        ];
      const { standing, looked, done, poll_seconds: every = LEAST_SECONDS } = coder;
      if (standing && standing.state !== 'reached')
        return [fault(`${standing.says}: ${consequence}`, standing.what_to_do)];
      const longest = Math.max(LEAST_SECONDS, MISSED * every);
      if (done == null)
        return [
          looked == null || looked < longest
            ? notChecked('no look is done yet: ask again in a minute')
            : fault(`no look at Coder was ever done: ${consequence}`, 'look into the log of the gateway'),
        ];
      return done > longest + every
        ? [
            fault(
              `the last look at Coder was done ${done} s ago: ${consequence}`,
              'look into the log of the gateway',
            ),
          ]
        : [ok(`the last look at Coder was done ${done} s ago`)];
    },
  },
  {
    name: 'groups',
    needs: ['gateway'],
    find: async (facts) => {
      const { groups, has_groups: has } = (await facts.state()).state.coder;
      if (groups.length === 0) return [ok('no floor and no budget names a group')];
      const named = groups.join(', ');
      if (has === false)
        return [
          fault(
            `floors or budgets name groups (${named}), and this Coder has none: they bind nobody`,
            'lay it down for people, templates or everyone instead; groups are part of the Premium licence',
          ),
        ];
      return has === true
        ? [ok(`this Coder has groups, as floors or budgets name (${named})`)]
        : [note(`floors or budgets name groups (${named}), and Coder does not say whether it has any`)];
    },
  },
];
