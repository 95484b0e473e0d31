/** Spend as a table for a spreadsheet: every row of what the page shows. */
import { goneOf } from '../../http/gone';
import { sendCsv } from '../answer';
import { csvTable } from '../csv';
import type { Download } from '../page';
import { readSpend, spendAsked } from '../spend-view';

const COLUMNS = ['id', 'name', 'calls', 'failed_calls', 'input_tokens', 'output_tokens', 'spend_usd'];
const MOST_ROWS = 50_000;
const ROWS_AT_ONCE = 500;

export const spendCsv: Download = {
  path: '/ui/spend.csv',
  async send({ services, exchange, query, session }) {
    const asked = spendAsked(services, query);
    const { rows, rowCount } = await services.reports.readPage(session.name, goneOf(exchange), (reader) =>
      readSpend(reader, asked, MOST_ROWS),
    );
    let text = csvTable([COLUMNS]);
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      text += csvTable(
        rows
          .slice(at, at + ROWS_AT_ONCE)
          .map((row) => [
            row.id,
            row.name,
            row.calls,
            row.failedCalls,
            row.inputTokens,
            row.outputTokens,
            row.spend,
          ]),
      );
      // Calls are served in between.
      await new Promise(setImmediate);
    }
    if (rowCount > rows.length)
      text += csvTable([[`${rowCount - rows.length} rows are left out. Ask for fewer days.`]]);
    sendCsv(exchange, 'spend.csv', text);
  },
};
