/** Every page of the dashboard, in the order of its navigation, and every file that pages offer. */
import type { Download, Page } from './page';
import { alerts } from './pages/alerts';
import { audit } from './pages/audit';
import { auditCsv } from './pages/audit-csv';
import { call } from './pages/call';
import { calls } from './pages/calls';
import { callsCsv } from './pages/calls-csv';
import { insights } from './pages/insights';
import { insightsCsv } from './pages/insights-csv';
import { key } from './pages/key';
import { keys } from './pages/keys';
import { model } from './pages/model';
import { models, modelsCsv } from './pages/models';
import { month } from './pages/month';
import { monthCsv } from './pages/month-csv';
import { monthPaper } from './pages/month-paper';
import { newKey } from './pages/new-key';
import { overview } from './pages/overview';
import { people, peopleCsv } from './pages/people';
import { person } from './pages/person';
import { reports } from './pages/reports';
import { sessions } from './pages/sessions';
import { settings } from './pages/settings';
import { spend } from './pages/spend';
import { spendCsv } from './pages/spend-csv';
import { team } from './pages/team';
import { teams, teamsCsv } from './pages/teams';
import { workspace } from './pages/workspace';
import { workspaces, workspacesCsv } from './pages/workspaces';

export const PAGES: readonly Page[] = [
  overview,
  spend,
  insights,
  reports,
  month,
  monthPaper,
  people,
  person,
  teams,
  team,
  workspaces,
  workspace,
  models,
  model,
  calls,
  call,
  keys,
  newKey,
  key,
  alerts,
  audit,
  settings,
  sessions,
];
export const DOWNLOADS: readonly Download[] = [
  auditCsv,
  callsCsv,
  insightsCsv,
  modelsCsv,
  monthCsv,
  peopleCsv,
  spendCsv,
  teamsCsv,
  workspacesCsv,
];
