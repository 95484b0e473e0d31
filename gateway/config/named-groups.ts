/** The groups of Coder's that a document lays something down for: floors, and budgets of teams. */
import type { GatewayDocument } from './document';

export const namedGroups = ({
  floors,
  teams,
}: Pick<GatewayDocument, 'floors' | 'teams'>): readonly string[] => [
  ...new Set([...Object.keys(floors.groups), ...Object.keys(teams.groups)]),
];
