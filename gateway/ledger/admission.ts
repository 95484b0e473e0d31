/** Reserves for many calls in one statement; migration 0005 has the deciding half of it. */
import type { Database } from '../store/database';
import type { AccountTerms } from './account-terms';
import { originColumns } from './call-record';
import { createCollector } from './collector';
import type { GatewayProcess } from './gateway-process';
import type { RateState } from './rate-state';
import type { RefusalReason, ReservationOutcome, ReservationRequest } from './reservation';
import { ADMIT } from './statements';

/** Postgres decides some forty calls in a millisecond; more than this would keep other processes waiting. */
const MOST_AT_ONCE = 500;

/** Raised by the statement when this process was declared dead. */
const DECLARED_DEAD = 'GW001';

interface Row {
  refusal: RefusalReason | null;
  entry: number | null;
  tokens: string;
  spent: string | null;
  reserved: string | null;
  budget: string | null;
  request_limit: string | null;
  requests_left: string | null;
  requests_reset_ms: number | null;
  token_limit: string | null;
  tokens_left: string | null;
  tokens_reset_ms: number | null;
}

export type Admission = (request: ReservationRequest) => Promise<ReservationOutcome>;

export function createAdmission(database: Database, process: GatewayProcess): Admission {
  return createCollector(MOST_AT_ONCE, async (requests) => {
    const values = valuesOf(requests);
    const ask = async () => database.run<Row>('ledger-admit', ADMIT, [await process.id(), ...values]);
    let rows: Row[];
    try {
      rows = await ask();
    } catch (fault) {
      if ((fault as { code?: unknown }).code !== DECLARED_DEAD) throw fault;
      await process.renew();
      rows = await ask();
    }
    return rows.map((row, index) => toOutcome(requests[index] as ReservationRequest, row));
  });
}

/** The statement's values after the process: flat lists, since those cost least to write and to read. */
function valuesOf(requests: readonly ReservationRequest[]): unknown[] {
  const terms = requests.flatMap(({ accounts }) => accounts);
  const ids = [...new Set(terms.map(({ id }) => id))];
  const places = new Map(ids.map((id, index) => [id, index + 1]));
  let last = 0;
  const entries = (valueOf: (account: AccountTerms) => number | string | undefined) => list(terms, valueOf);
  return [
    list(ids, (id) => id),
    entries(({ id }) => places.get(id)),
    entries(({ window }) => `"${window.start.toISOString()}"`),
    entries(({ budget }) => budget),
    entries(({ limits }) => limits?.requests),
    entries(({ limits }) => limits?.tokens),
    entries(({ limits }) => limits?.parallel),
    list(requests, ({ accounts }) => (last += accounts.length)),
    list(requests, ({ requestId }) => requestId),
    list(requests, ({ accounts }) => `"{${accounts.map(({ id }) => id).join(',')}}"`),
    list(requests, ({ inputCost }) => inputCost),
    list(requests, ({ outputTokenCost }) => outputTokenCost),
    list(requests, ({ maxTokens }) => maxTokens),
    list(requests, ({ minTokens }) => minTokens),
    JSON.stringify(requests.map(({ origin }) => originColumns(origin))),
  ];
}

/** A Postgres array literal; only numbers, ids and quoted times go into it. */
const list = <T>(items: readonly T[], valueOf: (item: T) => number | string | undefined): string =>
  `{${items.map((item) => valueOf(item) ?? 'null').join(',')}}`;

function toOutcome(request: ReservationRequest, row: Row): ReservationOutcome {
  const { requestId, accounts, inputCost, outputTokenCost } = request;
  const rate = toRate(row);
  if (row.refusal === null) {
    const maxTokens = Number(row.tokens);
    const amount = inputCost + maxTokens * outputTokenCost;
    return { granted: true, reservation: { requestId, accounts, amount, maxTokens }, rate };
  }
  const account = accounts[(row.entry ?? 1) - 1];
  if (account === undefined) throw new Error('a call was refused by an account that it has not');
  return {
    granted: false,
    refusal: {
      reason: row.refusal,
      account,
      spent: Number(row.spent),
      reserved: Number(row.reserved),
      budget: Number(row.budget),
    },
    rate,
  };
}

function toRate(row: Row): RateState | undefined {
  if (row.request_limit === null || row.token_limit === null) return undefined;
  return {
    requestLimit: Number(row.request_limit),
    requestsLeft: Number(row.requests_left),
    requestsResetMs: Number(row.requests_reset_ms),
    tokenLimit: Number(row.token_limit),
    tokensLeft: Number(row.tokens_left),
    tokensResetMs: Number(row.tokens_reset_ms),
  };
}
