/** The report of one month for paper: no navigation, black on white, its tables broken where paper ends. */
import { reportOf } from '../../admin/month-endpoints';
import { monthView } from '../../month/month-view';
import type { Page } from '../page';
import { monthIn } from './month';

/** Rows of each table: some tens of sheets. */
const MOST_ROWS = 1_000;

export const monthPaper: Page = {
  path: '/ui/reports/{month}/paper',
  title: 'Report of a month, for paper',
  template: 'month-paper',
  async load(view) {
    const month = monthIn(view);
    return {
      ...monthView(await reportOf(view, view.session.name, month), MOST_ROWS),
      path: `/ui/reports/${month.name}`,
    };
  },
};
