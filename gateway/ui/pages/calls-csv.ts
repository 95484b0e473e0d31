/** Calls as a table for a spreadsheet: the rows of the page's filter, newest first. */
import { goneOf } from '../../http/gone';
import { readCalls } from '../../ledger/calls/read-calls';
import type { CallPlace, ListedCall } from '../../ledger/calls/call-row';
import { toDollars } from '../../ledger/money';
import { sendCsv } from '../answer';
import { callFilter, CALLS_PATH, callWords } from '../calls-view';
import { csvTable } from '../csv';
import type { Download } from '../page';

type Cell = string | number | boolean | null;

const COLUMNS: Readonly<Record<string, (call: ListedCall) => Cell>> = {
  request_id: ({ requestId }) => requestId,
  finished_at: ({ finishedAt }) => finishedAt.toISOString(),
  person_id: ({ ownerId }) => ownerId,
  person: ({ ownerName }) => ownerName,
  team: ({ team }) => team,
  workspace_id: ({ workspaceId }) => workspaceId,
  workspace: ({ workspaceName }) => workspaceName,
  key_hash: ({ keyHash }) => keyHash,
  scope: ({ scope }) => scope,
  level: ({ level }) => level,
  protocol: ({ protocol }) => protocol,
  model: ({ model }) => model,
  model_asked: ({ modelAsked }) => modelAsked,
  provider: ({ provider }) => provider,
  deployment: ({ deployment }) => deployment,
  attempts: ({ attempts }) => attempts,
  streamed: ({ streamed }) => streamed,
  status: ({ status }) => status,
  error_type: ({ errorType }) => errorType,
  input_tokens: ({ inputTokens }) => inputTokens,
  output_tokens: ({ outputTokens }) => outputTokens,
  cache_write_tokens: ({ cacheWriteTokens }) => cacheWriteTokens,
  cache_read_tokens: ({ cacheReadTokens }) => cacheReadTokens,
  cost_usd: ({ cost }) => toDollars(cost),
  estimated: ({ estimated }) => estimated,
  first_token_ms: ({ firstTokenMs }) => firstTokenMs,
  latency_ms: ({ latencyMs }) => latencyMs,
  client: ({ client }) => client,
  session: ({ session }) => session,
};
const NAMES = Object.keys(COLUMNS);
const VALUES = Object.values(COLUMNS);
/** Rows read at once, and looks at most: who wants more asks for fewer days. */
const SIZE = 500;
const MOST_LOOKS = 20;

export const callsCsv: Download = {
  path: `${CALLS_PATH}.csv`,
  async send({ services, exchange, session, query }) {
    const words = callWords(query);
    const gone = goneOf(exchange);
    let text = csvTable([NAMES]);
    let after: CallPlace | undefined;
    let backTo: Date | undefined;
    for (let look = 1, isOver = false; !isOver; look += 1) {
      // A turn each, so that pages come in between.
      const page = await services.reports.readPage(session.name, gone, async (reader) =>
        readCalls(reader, await callFilter(reader, words), SIZE, after),
      );
      text += csvTable(page.calls.map((call) => VALUES.map((valueOf) => valueOf(call))));
      after = page.next;
      backTo = page.lookedBackTo ?? page.calls.at(-1)?.finishedAt ?? backTo;
      isOver = after === undefined || look === MOST_LOOKS;
    }
    if (after !== undefined)
      text += csvTable([[`Calls before ${backTo?.toISOString()} are left out. Ask for fewer days.`]]);
    sendCsv(exchange, 'calls.csv', text);
  },
};
