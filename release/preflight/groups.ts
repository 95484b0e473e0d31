import { isObject, type Json } from '../../synth/hcl/expressions';
import type { Configuration } from '../configuration';
import type { Finding } from './check';

/** Where the template keeps what the policy lays down for groups: floors, and the names of those with a budget. */
const FLOORS = 'local.ai_level_floors';
const TEAMS = 'local.ai_team_groups';

/** Whether the policy's terms for groups need a Coder that has groups. */
export function checkGroups(configuration: Configuration): Finding[] {
  const floors = configuration.find(FLOORS)?.placed.body;
  const names = [
    ...(isObject(floors) && isObject(floors.groups) ? Object.keys(floors.groups) : []),
    ...textsOf(configuration.find(TEAMS)?.placed.body),
  ];
  if (names.length === 0) return [];
  return [
    {
      check: 'groups',
      state: 'note',
      says: 'the policy has floors or budgets for groups, and Coder has groups with a Premium licence only: without it they bind nobody',
      todo: 'without the licence, lay it down for people, templates or everyone; with it, nothing',
      places: [...new Set(names)],
    },
  ];
}

const textsOf = (value: Json | undefined): string[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter((each) => typeof each === 'string') : [];
