/** Every page of the dashboard, in the order of its navigation, and every file that pages offer. */
import type { Download, Page } from './page';
import { audit } from './pages/audit';
import { auditCsv } from './pages/audit-csv';
import { key } from './pages/key';
import { keys } from './pages/keys';
import { month } from './pages/month';
import { monthCsv } from './pages/month-csv';
import { monthPaper } from './pages/month-paper';
import { newKey } from './pages/new-key';
import { overview } from './pages/overview';
import { reports } from './pages/reports';
import { sessions } from './pages/sessions';
import { settings } from './pages/settings';
import { spend } from './pages/spend';
import { spendCsv } from './pages/spend-csv';

export const PAGES: readonly Page[] = [
  overview,
  spend,
  reports,
  month,
  monthPaper,
  keys,
  newKey,
  key,
  audit,
  settings,
  sessions,
];
export const DOWNLOADS: readonly Download[] = [auditCsv, spendCsv, monthCsv];
