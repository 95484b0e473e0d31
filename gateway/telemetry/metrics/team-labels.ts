/** Which teams have a series of their own: the first that are seen, up to a number; the rest are "other". */
import type { TeamsDocument } from '../../config/document';
import type { KeyRecord } from '../../keys/key-record';
import { OTHER } from './series';

/** The teams of a key that have a budget in the document, as the ledger labels them. */
export type TeamLabels = (key: KeyRecord, teams: TeamsDocument) => ReadonlySet<string>;

/** @param most teams with a series of their own */
export function createTeamLabels(most: number): TeamLabels {
  const named = new Set<string>();
  const labelOf = (team: string): string => {
    if (named.has(team)) return team;
    if (named.size >= most) return OTHER;
    named.add(team);
    return team;
  };
  return ({ templateName, ownerGroups }, { templates, groups }) => {
    const labels = new Set<string>();
    if (templateName !== null && Object.hasOwn(templates, templateName))
      labels.add(labelOf(`template/${templateName}`));
    for (const group of ownerGroups) if (Object.hasOwn(groups, group)) labels.add(labelOf(`group/${group}`));
    return labels;
  };
}
