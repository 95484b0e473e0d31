/**
 * Who waits for what calls under way hold of a budget, by account: by turns of the keys, so that one key's many calls keep
 * another's no longer than one of them takes, and those of a key in the order they came, so that a dear call is not kept
 * from its turn by cheap ones. Only the first of an account's queue asks the store; who comes later waits behind it, also
 * where there would be enough for him.
 *
 * The order is kept within this process. The store decides for all of them, so nobody needs to know of the others to stay
 * within a budget.
 */
import { GatewayError } from '../errors';
import type { Refusal } from './reservation';

export interface BudgetQueues {
  /** How many wait. */
  readonly size: number;
  /** The place of a call in the order of all, whether it will ever wait or not. */
  nextOrder(): number;
  /** One of the accounts that somebody waits for who came before. */
  busy<Account extends { readonly id: string }>(
    accounts: readonly Account[],
    order: number,
  ): Account | undefined;
  /**
   * A place for a call that is to wait. Undefined: too many wait already. Throws `shutting_down` when nobody may any more.
   */
  enter(keyAccount: string, order: number): WaitingPlace | undefined;
  /** What the first of the account's queue was told last. */
  lastRefusal(accountId: string): Refusal | undefined;
  /** A call charged to these accounts has ended. */
  noteEnd(accountIds: readonly string[]): void;
  /** Sends everybody away with `shutting_down`. */
  close(): void;
}

export interface WaitingPlace {
  /** Waits in that account's queue from now on. @param refusal what it was told there, if it was */
  moveTo(accountId: string, refusal: Refusal | undefined): void;
  /**
   * Resolves when there is reason to ask: it became the first, a call of the account has ended, or it has been the first for
   * so long; and after `limitMs` in any case. Throws `shutting_down`.
   */
  turn(pauseMs: number, limitMs: number): Promise<'first' | 'ended' | 'paused' | 'late'>;
  /** Whoever waits in `turn` goes on as if it were late. */
  interrupt(): void;
  /** Harmless when repeated. */
  leave(): void;
}

type Reason = 'first' | 'ended' | 'paused' | 'late';

class Queue {
  /** In the order they came. */
  readonly #places: Place[] = [];
  /** Turns that each key here has had, beginning where the others were when it came. */
  readonly #turns = new Map<string, number>();
  first: Place | undefined;
  lastRefusal: Refusal | undefined;

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  get everybody(): readonly Place[] {
    return [...this.#places];
  }

  join(place: Place): void {
    const { keyAccount, order } = place;
    if (!this.#turns.has(keyAccount)) this.#turns.set(keyAccount, this.first ? this.#turnsOf(this.first) : 0);
    this.#places.splice(this.#places.findLastIndex((other) => other.order < order) + 1, 0, place);
    if (this.first === undefined || this.#isBefore(place, this.first)) this.first = place;
  }

  /** @returns whether another one is the first now */
  part(place: Place): boolean {
    this.#places.splice(this.#places.indexOf(place), 1);
    const { keyAccount } = place;
    if (!this.#places.some((other) => other.keyAccount === keyAccount)) this.#turns.delete(keyAccount);
    else if (this.first === place) this.#turns.set(keyAccount, this.#turnsOf(place) + 1);
    if (this.first !== place) return false;
    this.first = undefined;
    for (const other of this.#places)
      if (this.first === undefined || this.#isBefore(other, this.first)) this.first = other;
    return true;
  }

  #turnsOf = ({ keyAccount }: Place): number => this.#turns.get(keyAccount) ?? 0;

  #isBefore(one: Place, other: Place): boolean {
    const difference = this.#turnsOf(one) - this.#turnsOf(other);
    return difference === 0 ? one.order < other.order : difference < 0;
  }
}

/**
 * @param most places, of all keys together
 * @param mostOfKey the same, of one key
 */
export function createBudgetQueues(most: number, mostOfKey: number): BudgetQueues {
  const office = new Office();
  let order = 0;
  return {
    get size() {
      return office.size;
    },
    nextOrder: () => (order += 1),
    busy(accounts, mine) {
      if (office.queues.size === 0) return undefined;
      return accounts.find(({ id }) => (office.queues.get(id)?.first?.order ?? mine) < mine);
    },
    enter(keyAccount, mine) {
      if (office.isClosed) throw new GatewayError('shutting_down');
      const ofKey = office.byKey.get(keyAccount) ?? 0;
      if (office.size >= most || ofKey >= mostOfKey) return undefined;
      office.size += 1;
      office.byKey.set(keyAccount, ofKey + 1);
      return new Place(office, keyAccount, mine);
    },
    lastRefusal: (accountId) => office.queues.get(accountId)?.lastRefusal,
    noteEnd(accountIds) {
      if (office.queues.size === 0) return;
      for (const id of accountIds) office.queues.get(id)?.first?.tell('ended');
    },
    close() {
      office.isClosed = true;
      for (const { everybody } of office.queues.values()) for (const place of everybody) place.dismiss();
    },
  };
}

class Office {
  readonly queues = new Map<string, Queue>();
  /** Places taken, of each key's account. */
  readonly byKey = new Map<string, number>();
  size = 0;
  isClosed = false;

  join(accountId: string, place: Place): Queue {
    let queue = this.queues.get(accountId);
    if (queue === undefined) this.queues.set(accountId, (queue = new Queue()));
    queue.join(place);
    return queue;
  }

  part(accountId: string, place: Place): void {
    const queue = this.queues.get(accountId);
    if (queue === undefined) return;
    const isNext = queue.part(place);
    if (queue.isEmpty) this.queues.delete(accountId);
    else if (isNext) queue.first?.tell('first');
  }

  giveBack(keyAccount: string): void {
    this.size -= 1;
    const left = (this.byKey.get(keyAccount) ?? 1) - 1;
    if (left > 0) this.byKey.set(keyAccount, left);
    else this.byKey.delete(keyAccount);
  }
}

class Place implements WaitingPlace {
  #accountId: string | undefined;
  #queue: Queue | undefined;
  /** What came up while it was not waiting. */
  #pending: Reason | undefined;
  #resolve: ((reason: Reason) => void) | undefined;
  #reject: ((fault: Error) => void) | undefined;
  #pauseTimer: NodeJS.Timeout | undefined;
  #limitTimer: NodeJS.Timeout | undefined;
  #isGone = false;

  constructor(
    readonly office: Office,
    readonly keyAccount: string,
    readonly order: number,
  ) {}

  get #isFirst(): boolean {
    return this.#queue?.first === this;
  }

  moveTo(accountId: string, refusal: Refusal | undefined): void {
    if (this.#accountId !== accountId) {
      this.#part();
      this.#accountId = accountId;
      this.#queue = this.office.join(accountId, this);
      this.#pending = undefined;
    }
    if (refusal !== undefined && this.#queue !== undefined) this.#queue.lastRefusal = refusal;
  }

  turn(pauseMs: number, limitMs: number): Promise<Reason> {
    if (this.office.isClosed) return Promise.reject(new GatewayError('shutting_down'));
    if (limitMs <= 0) return Promise.resolve('late');
    const pending = this.#isFirst ? this.#pending : undefined;
    this.#pending = undefined;
    if (pending !== undefined) return Promise.resolve(pending);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#limitTimer = setTimeout(() => this.#end('late'), limitMs);
      // Who is overtaken meanwhile by one that came before is told when it is the first again.
      this.#pauseTimer = setTimeout(() => this.tell('paused'), pauseMs);
    });
  }

  tell(reason: Reason): void {
    if (!this.#isFirst) return;
    if (this.#resolve) this.#end(reason);
    else if (reason !== 'paused') this.#pending = reason;
  }

  interrupt(): void {
    this.#end('late');
  }

  dismiss(): void {
    const reject = this.#reject;
    this.#stopWaiting();
    reject?.(new GatewayError('shutting_down'));
  }

  leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#end('late');
    this.#part();
    this.office.giveBack(this.keyAccount);
  }

  #end(reason: Reason): void {
    const resolve = this.#resolve;
    this.#stopWaiting();
    resolve?.(reason);
  }

  #stopWaiting(): void {
    clearTimeout(this.#pauseTimer);
    clearTimeout(this.#limitTimer);
    this.#resolve = undefined;
    this.#reject = undefined;
  }

  #part(): void {
    if (this.#accountId !== undefined) this.office.part(this.#accountId, this);
    this.#accountId = undefined;
    this.#queue = undefined;
  }
}
