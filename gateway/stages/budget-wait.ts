/**
 * A call's wait for what calls under way hold of its budget. Nothing of an answer is sent before it is over, so a refusal
 * after it is still an ordinary one.
 */
import type { CallContext } from '../call-context';
import type { AccountTerms } from '../ledger/account-terms';
import type { WaitingPlace } from '../ledger/budget-queues';
import type { NanoDollars } from '../ledger/money';
import type { Refusal } from '../ledger/reservation';
import { budgetHeld } from './refuse-admission';

/**
 * Milliseconds between two questions of the first in a queue, doubled by each: what this process books it hears of at
 * once, so they are for what others book.
 */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** So that processes do not ask all at once. */
const JITTER = 0.5;
const LEAST_PAUSE_MS = 10;

export class BudgetWait {
  readonly #order: number;
  #place: WaitingPlace | undefined;
  #until: number | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  readonly #leave = (): void => this.#place?.interrupt();

  constructor(readonly call: CallContext) {
    this.#order = call.services.budgetQueues.nextOrder();
  }

  /** Waits as long as somebody who came before waits for one of these accounts, or until the client has gone. */
  async behindOthers(accounts: readonly AccountTerms[], leastCost: NanoDollars): Promise<void> {
    const { budgetQueues } = this.call.services;
    // What costs nothing takes nothing from anybody.
    while (leastCost > 0 && !this.call.isClientGone) {
      const account = budgetQueues.busy(accounts, this.#order);
      if (account === undefined) return;
      await this.#stand(account, budgetQueues.lastRefusal(account.id), leastCost, false);
    }
  }

  /** Waits until there is reason to ask again, or the client has gone. */
  async afterRefusal(refusal: Refusal, leastCost: NanoDollars): Promise<void> {
    await this.#stand(refusal.account, refusal, leastCost, true);
  }

  /** Harmless when repeated, or when nobody waited. */
  end(): void {
    if (this.#place === undefined) return;
    this.call.exchange.response.off('close', this.#leave);
    this.#place.leave();
  }

  async #stand(
    account: AccountTerms,
    refusal: Refusal | undefined,
    leastCost: NanoDollars,
    isNews: boolean,
  ): Promise<void> {
    const { call } = this;
    const { budgetQueues, limits } = call.services;
    const limitMs = Math.min(limits.budgetWaitMs, call.remainingMs);
    this.#until ??= performance.now() + limitMs;
    const place = limitMs > 0 ? (this.#place ?? this.#enter()) : undefined;
    if (place === undefined) throw budgetHeld(refusal, leastCost);
    place.moveTo(account.id, isNews ? refusal : undefined);
    const since = performance.now();
    const reason = await place.turn(this.#pauseFor(account), this.#until - since);
    call.budgetWaitMs += performance.now() - since;
    if (call.isClientGone) return;
    if (reason === 'late') throw budgetHeld(budgetQueues.lastRefusal(account.id) ?? refusal, leastCost);
    this.#pauseMs = reason === 'paused' ? Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
  }

  #enter(): WaitingPlace | undefined {
    const { services, key, exchange } = this.call;
    this.#place = services.budgetQueues.enter(key.accountId, this.#order);
    if (this.#place) exchange.response.once('close', this.#leave);
    return this.#place;
  }

  /** No longer than until the account's window ends. */
  #pauseFor({ window }: AccountTerms): number {
    const pause = this.#pauseMs * (1 - JITTER / 2 + JITTER * Math.random());
    const left = window.end ? window.end.getTime() - this.call.services.now().getTime() : pause;
    return Math.max(LEAST_PAUSE_MS, Math.min(pause, left));
  }
}
