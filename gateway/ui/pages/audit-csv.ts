/** The trail as a table for a spreadsheet: the rows of the page's filter, newest first. */
import { readTrailBefore } from '../../admin/audit-trail';
import { sendCsv } from '../answer';
import { auditFilter, auditWords } from '../audit-filter';
import { csvTable } from '../csv';
import type { Download } from '../page';

const COLUMNS = ['id', 'at', 'actor', 'action', 'target', 'request_id', 'before', 'after'];
/** Rows read at once, and pieces at most: who wants more asks for fewer days. */
const SIZE = 500;
const MOST_PIECES = 20;

export const auditCsv: Download = {
  path: '/ui/audit.csv',
  async send({ services, exchange, query }) {
    const filter = auditFilter(auditWords(query));
    // Written a piece at a time, so that calls are served in between.
    let text = csvTable([COLUMNS]);
    let before: number | undefined;
    for (let piece = 1, isOver = false; !isOver; piece += 1) {
      const { entries, hasMore } = await readTrailBefore(services.database, filter, SIZE, before);
      text += csvTable(entries.map((entry) => COLUMNS.map((column) => entry[column])));
      before = entries.at(-1)?.id;
      isOver = !hasMore || piece === MOST_PIECES;
      if (isOver && hasMore)
        text += csvTable([[`Older rows are left out: these are ${SIZE * MOST_PIECES}. Ask for fewer days.`]]);
    }
    sendCsv(exchange, 'audit.csv', text);
  },
};
