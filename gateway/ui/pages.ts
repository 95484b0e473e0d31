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
import { newKey } from './pages/new-key';
import { overview } from './pages/overview';
import { sessions } from './pages/sessions';
import { settings } from './pages/settings';
import { spend } from './pages/spend';
import { spendCsv } from './pages/spend-csv';

export const PAGES: readonly Page[] = [
  overview,
  spend,
  insights,
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
export const DOWNLOADS: readonly Download[] = [auditCsv, callsCsv, spendCsv, insightsCsv];
