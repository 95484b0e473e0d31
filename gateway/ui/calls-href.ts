/** Where single calls are shown, with the filter that a figure is of. */
import { withQuery } from './local-path';
import type { SpendFilter } from './spend-view';

const PATH = '/ui/calls';

/** @param days the first and the last of them, YYYY-MM-DD; days are the policy's */
export const callsHref = (
  { person, team, workspace, model }: SpendFilter,
  [from, until]: readonly [string | undefined, string | undefined],
): string => withQuery(PATH, new URLSearchParams(), { owner: person, team, workspace, model, from, until });
