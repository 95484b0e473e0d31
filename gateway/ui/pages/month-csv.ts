/** The report of one month as a table for a spreadsheet: every row there is. */
import { reportOf } from '../../admin/month-endpoints';
import { monthTable, tableName } from '../../month/month-table';
import { sendCsv } from '../answer';
import type { Download } from '../page';
import { monthIn } from './month';

export const monthCsv: Download = {
  path: '/ui/reports/{month}/report.csv',
  async send(view) {
    const report = await reportOf(view, view.session.name, monthIn(view));
    sendCsv(view.exchange, tableName(report), monthTable(report));
  },
};
