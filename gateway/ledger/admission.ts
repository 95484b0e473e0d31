/** Reserves for many calls in one statement; migration 0005 has the deciding half of it. */
import type { Database } from '../store/database';
import type { AccountTerms } from './account-terms';
import { arrayOf } from './array-literal';
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

export type Admission = (request: ReservationRequest) => Promise<ReservationOutcome>;

export function createAdmission(database: Database, process: GatewayProcess): Admission {
  return createCollector(MOST_AT_ONCE, async (requests) => {
    const values = valuesOf(requests);
    const ask = async () =>
      database.run<{ decision: string }>('ledger-admit', ADMIT, [await process.id(), ...values]);
    let rows: { decision: string }[];
    try {
      rows = await ask();
    } catch (fault) {
      if ((fault as { code?: unknown }).code !== DECLARED_DEAD) throw fault;
      await process.renew();
      rows = await ask();
    }
    return rows.map(({ decision }, index) =>
      toOutcome(requests[index] as ReservationRequest, readDecision(decision)),
    );
  });
}

/** The statement's values after the process: flat lists, since those cost least to write and to read. */
function valuesOf(requests: readonly ReservationRequest[]): unknown[] {
  const terms: AccountTerms[] = [];
  const places = new Map<string, number>();
  const lasts: number[] = [];
  for (const { accounts } of requests) {
    for (const account of accounts) {
      terms.push(account);
      if (!places.has(account.id)) places.set(account.id, places.size + 1);
    }
    lasts.push(terms.length);
  }
  const starts = new Map<Date, string>();
  const startOf = ({ window: { start } }: AccountTerms): string => {
    const known = starts.get(start) ?? `"${start.toISOString()}"`;
    starts.set(start, known);
    return known;
  };
  return [
    arrayOf([...places.keys()], (id) => id),
    arrayOf(terms, ({ id }) => places.get(id)),
    arrayOf(terms, startOf),
    arrayOf(terms, ({ budget }) => budget),
    arrayOf(terms, ({ limits }) => limits?.requests),
    arrayOf(terms, ({ limits }) => limits?.tokens),
    arrayOf(terms, ({ limits }) => limits?.parallel),
    arrayOf(lasts, (last) => last),
    arrayOf(requests, ({ requestId }) => requestId),
    arrayOf(requests, ({ accounts }) => `"${arrayOf(accounts, ({ id }) => id)}"`),
    arrayOf(requests, ({ inputCost }) => inputCost),
    arrayOf(requests, ({ outputTokenCost }) => outputTokenCost),
    arrayOf(requests, ({ maxTokens }) => maxTokens),
    arrayOf(requests, ({ minTokens }) => minTokens),
    JSON.stringify(requests.map(({ origin }) => originColumns(origin))),
  ];
}

/** What was decided of one call; null where nothing is to be said. */
interface Decision {
  readonly refusal: RefusalReason | null;
  /** Of the account that refused, counted from 1. */
  readonly entry: number | null;
  readonly tokens: number;
  readonly spent: number;
  readonly reserved: number;
  readonly budget: number;
  readonly rate: RateState | undefined;
}

/**
 * Reads a row of `admit_calls` from Postgres's text form of it, `(,,4096,…)`: reading twelve columns takes the driver
 * longer than the rest of the answer. None of them can hold a comma or a quote.
 */
function readDecision(text: string): Decision {
  const columns = text.slice(1, -1).split(',');
  if (columns.length !== DECISION_COLUMNS)
    throw new Error(`the store answered "${text}" instead of a decision`);
  const number = (column: number): number => Number(columns[column]);
  const has = (column: number): boolean => columns[column] !== '';
  return {
    refusal: has(0) ? (columns[0] as RefusalReason) : null,
    entry: has(1) ? number(1) : null,
    tokens: number(2),
    spent: number(3),
    reserved: number(4),
    budget: number(5),
    rate:
      has(6) && has(9)
        ? {
            requestLimit: number(6),
            requestsLeft: number(7),
            requestsResetMs: number(8),
            tokenLimit: number(9),
            tokensLeft: number(10),
            tokensResetMs: number(11),
          }
        : undefined,
  };
}

const DECISION_COLUMNS = 12;

function toOutcome(request: ReservationRequest, decision: Decision): ReservationOutcome {
  const { requestId, accounts, inputCost, outputTokenCost } = request;
  const { refusal: reason, entry, tokens: maxTokens, spent, reserved, budget, rate } = decision;
  if (reason === null) {
    const amount = inputCost + maxTokens * outputTokenCost;
    return { granted: true, reservation: { requestId, accounts, amount, maxTokens }, rate };
  }
  const account = accounts[(entry ?? 1) - 1];
  if (account === undefined) throw new Error('a call was refused by an account that it has not');
  return { granted: false, refusal: { reason, account, spent, reserved, budget }, rate };
}
