/** The trail as a table for a spreadsheet: the rows of the page's filter, newest first. */
import { readTrail } from '../../admin/audit-trail';
import { sendCsv } from '../answer';
import { auditFilter, auditWords } from '../audit-filter';
import { csvTable } from '../csv';
import type { Download } from '../page';

const COLUMNS = ['id', 'at', 'actor', 'action', 'target', 'request_id', 'before', 'after'];
/** Rows read at once, and at most: who wants more asks for fewer days. */
const SIZE = 500;
const MOST_PAGES = 20;

export const auditCsv: Download = {
  path: '/ui/audit.csv',
  async send({ services, exchange, query }) {
    // What is done meanwhile would move the rows from one piece to the next.
    const filter = { until: services.now(), ...auditFilter(auditWords(query)) };
    const rows: unknown[][] = [COLUMNS];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { entries, total } = await readTrail(services.database, { ...filter, page, size: SIZE });
      rows.push(...entries.map((entry) => COLUMNS.map((column) => entry[column])));
      if (page * SIZE >= total) break;
      if (page === MOST_PAGES)
        rows.push([`${total - MOST_PAGES * SIZE} older rows are left out: ask for fewer days`]);
    }
    sendCsv(exchange, 'audit.csv', csvTable(rows));
  },
};
