/** Everything the admin API can be asked for. */
import * as adminKeys from './admin-key-endpoints';
import * as alerts from './alert-endpoints';
import * as audit from './audit-endpoints';
import * as budgets from './budget-endpoints';
import * as checks from './check-endpoints';
import * as documents from './document-endpoints';
import type { Endpoint } from './endpoint';
import * as globalSpend from './global-spend-endpoints';
import { insights } from './insight-endpoints';
import { exporters } from './exporter-endpoints';
import { bulkUpdate } from './key-bulk-update';
import * as keys from './key-endpoints';
import { generate } from './key-generation';
import { regenerate } from './key-rotation';
import { update } from './key-update';
import * as contentLogging from './content-logging-endpoints';
import * as logLevel from './log-level-endpoints';
import * as models from './model-endpoints';
import { exportPerson, forget } from './person-endpoints';
import * as months from './month-endpoints';
import { providerDays } from './provider-days';
import * as site from './site-endpoints';
import { rebuild } from './rebuild-endpoint';
import { secrets } from './secret-endpoints';
import * as spend from './spend-endpoints';
import * as reports from './spend-report-endpoints';
import * as spenders from './spender-endpoints';
import * as teams from './team-endpoints';
import * as users from './user-endpoints';

export const ENDPOINTS: readonly Endpoint[] = [
  generate,
  update,
  regenerate,
  bulkUpdate,
  keys.info,
  keys.infos,
  keys.list,
  keys.aliases,
  keys.remove,
  keys.block,
  keys.unblock,
  keys.reset,
  checks.keyHealth,
  users.create,
  users.info,
  users.list,
  users.update,
  users.remove,
  forget,
  exportPerson,
  budgets.create,
  budgets.update,
  budgets.info,
  budgets.list,
  budgets.settings,
  budgets.remove,
  spend.logs,
  spend.sums,
  spenders.keys,
  spenders.users,
  spenders.customer,
  spenders.customers,
  teams.list,
  teams.info,
  globalSpend.global,
  globalSpend.globalLogs,
  globalSpend.globalActivity,
  globalSpend.globalKeys,
  globalSpend.globalModels,
  globalSpend.globalTeams,
  globalSpend.reset,
  reports.nested,
  reports.endUsers,
  spend.activity,
  providerDays,
  insights,
  months.month,
  months.months,
  months.schedule,
  months.setSchedule,
  months.send,
  checks.verify,
  rebuild,
  models.info,
  checks.callbacks,
  site.state,
  site.deployments,
  exporters,
  adminKeys.create,
  adminKeys.list,
  adminKeys.revoke,
  adminKeys.rotate,
  secrets,
  audit.list,
  alerts.list,
  alerts.test,
  alerts.silence,
  alerts.unsilence,
  documents.show,
  documents.list,
  documents.info,
  documents.publish,
  documents.takeBack,
  contentLogging.show,
  contentLogging.set,
  logLevel.show,
  logLevel.set,
];
