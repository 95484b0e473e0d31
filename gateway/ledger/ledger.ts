/**
 * What calls may cost and what they did: reserved at their worst before, booked exactly after.
 *
 * Each half is one statement, so that a budget holds under any concurrency and over several gateway processes.
 */
import type { Database } from '../store/database';
import { isDuplicate } from '../store/database';
import type { NanoDollars } from './money';
import { BOOK, RESERVE } from './statements';
import type { BudgetWindow } from './window';

export interface ReservationRequest {
  readonly requestId: string;
  readonly accountId: string;
  readonly window: BudgetWindow;
  readonly budget: NanoDollars;
  /** Worst cost of the input. */
  readonly inputCost: NanoDollars;
  /** Worst cost of one output token. */
  readonly outputTokenCost: NanoDollars;
  /** Output tokens asked for. */
  readonly maxTokens: number;
  /** Fewest output tokens that are worth a call. */
  readonly minTokens: number;
}

export interface Reservation {
  readonly requestId: string;
  readonly accountId: string;
  readonly amount: NanoDollars;
  /** Output tokens that the budget has room for, at most those asked for. */
  readonly maxTokens: number;
}

/** An account as it was when a reservation was refused. */
export interface Balance {
  readonly spent: NanoDollars;
  readonly reserved: NanoDollars;
}

export type ReservationOutcome =
  | { readonly granted: true; readonly reservation: Reservation }
  | { readonly granted: false; readonly balance: Balance };

/** A row of the ledger. Times in milliseconds; never content. */
export interface CallRecord {
  readonly keyId: string;
  readonly scope: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly templateName: string | null;
  readonly level: string;
  readonly protocol: string;
  readonly model: string;
  readonly modelAsked: string;
  readonly provider: string | null;
  readonly deployment: string | null;
  readonly attempts: number;
  readonly streamed: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  readonly cost: NanoDollars;
  readonly estimated: boolean;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  readonly status: number;
  readonly errorType: string | null;
  readonly client: string;
}

export interface Ledger {
  /** Sets the worst case aside if the account's budget has room for it, with fewer output tokens if need be. */
  reserve(request: ReservationRequest): Promise<ReservationOutcome>;
  /** Books the call and gives its reservation back. Harmless when repeated. */
  settle(reservation: Reservation, window: BudgetWindow, call: CallRecord): Promise<void>;
}

export function createLedger(database: Database): Ledger {
  return {
    async reserve(request) {
      const rows = await database.run<{ spent: string; reserved: string; tokens: string; granted: boolean }>(
        'ledger-reserve',
        RESERVE,
        [
          request.accountId,
          request.window.start,
          request.budget,
          request.inputCost,
          request.outputTokenCost,
          request.maxTokens,
          request.minTokens,
          request.requestId,
        ],
      );
      const row = rows[0];
      if (row === undefined) throw new Error(`account ${request.accountId} is missing`);
      if (!row.granted)
        return { granted: false, balance: { spent: Number(row.spent), reserved: Number(row.reserved) } };
      const maxTokens = Number(row.tokens);
      const amount = request.inputCost + maxTokens * request.outputTokenCost;
      return {
        granted: true,
        reservation: { requestId: request.requestId, accountId: request.accountId, amount, maxTokens },
      };
    },

    async settle(reservation, window, call) {
      try {
        await database.run('ledger-book', BOOK, [
          reservation.requestId,
          reservation.accountId,
          window.start,
          call.cost,
          call.keyId,
          call.scope,
          call.ownerId,
          call.ownerName,
          call.workspaceId,
          call.workspaceName,
          call.templateName,
          call.level,
          call.protocol,
          call.model,
          call.modelAsked,
          call.provider,
          call.deployment,
          call.attempts,
          call.streamed,
          call.inputTokens,
          call.outputTokens,
          call.cacheWriteTokens,
          call.cacheReadTokens,
          call.estimated,
          call.latencyMs,
          call.firstTokenMs,
          call.status,
          call.errorType,
          call.client,
        ]);
      } catch (fault) {
        // The first try was committed although its answer got lost.
        if (!isDuplicate(fault)) throw fault;
      }
    },
  };
}
