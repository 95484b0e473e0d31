/** How the store is asked to reserve for many calls at once, and its answers; migration 0005 decides. */
import type { AccountTerms } from './account-terms';
import { arrayOf } from './array-literal';
import { originColumns } from './call-record';
import type { RateState } from './rate-state';
import type { RefusalReason, ReservationOutcome, ReservationRequest } from './reservation';

/** The statement's values after the process: flat lists, since those cost least to write and to read. */
export function admissionValues(requests: readonly ReservationRequest[]): unknown[] {
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

/** @param decision the row about it, as text */
export function readOutcome(request: ReservationRequest, decision: string): ReservationOutcome {
  const { requestId, accounts, inputCost, outputTokenCost } = request;
  const { refusal: reason, entry, tokens: maxTokens, spent, reserved, budget, rate } = readDecision(decision);
  if (reason === null) {
    const amount = inputCost + maxTokens * outputTokenCost;
    return { granted: true, reservation: { requestId, accounts, amount, maxTokens }, rate };
  }
  const account = accounts[(entry ?? 1) - 1];
  if (account === undefined) throw new Error('a call was refused by an account that it has not');
  return { granted: false, refusal: { reason, account, spent, reserved, budget }, rate };
}
