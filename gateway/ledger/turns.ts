/**
 * Takes what calls want of the ledger to the store by turns: all that begin and all that end at about the same time go
 * together, in one statement. Who ends is booked first, so that a client that goes on at once finds its money and its
 * place free.
 */
import type { Database } from '../store/database';
import { admissionValues, readOutcome } from './admission';
import { bookingValues, type BookingEntry } from './booking';
import { createCollector } from './collector';
import type { GatewayProcess } from './gateway-process';
import type { ReservationOutcome, ReservationRequest } from './reservation';
import { ADMIT, SETTLE, SETTLE_AND_ADMIT } from './statements';

export interface Turns {
  admit(request: ReservationRequest): Promise<ReservationOutcome>;
  book(entry: BookingEntry): Promise<void>;
}

/** Postgres takes some ten calls in a millisecond; more than this would keep other processes waiting. */
const MOST_AT_ONCE = 500;

/** Raised by the statements that admit when this process was declared dead. */
const DECLARED_DEAD = 'GW001';

interface Wish {
  readonly admit?: ReservationRequest;
  readonly book?: BookingEntry;
}

type Decisions = readonly { readonly decision: string }[];

export function createTurns(database: Database, process: GatewayProcess): Turns {
  async function run(
    id: string,
    requests: readonly ReservationRequest[],
    entries: readonly BookingEntry[],
  ): Promise<Decisions> {
    const values = admissionValues(requests);
    if (entries.length === 0) return database.run('ledger-admit', ADMIT, [id, ...values]);
    const all = [...bookingValues(entries), id, ...values];
    return database.run('ledger-settle-and-admit', SETTLE_AND_ADMIT, all);
  }

  async function take(wishes: readonly Wish[]): Promise<readonly (ReservationOutcome | undefined)[]> {
    const requests = wishes.flatMap(({ admit }) => admit ?? []);
    const entries = wishes.flatMap(({ book }) => book ?? []);
    if (requests.length === 0) {
      await database.run('ledger-settle', SETTLE, bookingValues(entries));
      return wishes.map(() => undefined);
    }
    const id = await process.id();
    let decisions: Decisions;
    try {
      decisions = await run(id, requests, entries);
    } catch (fault) {
      if ((fault as { code?: unknown }).code !== DECLARED_DEAD) throw fault;
      await process.renew(id);
      decisions = await run(await process.id(), requests, entries);
    }
    let next = 0;
    return wishes.map(({ admit }) => {
      if (admit === undefined) return undefined;
      const decision = decisions[next++]?.decision;
      if (decision === undefined) throw new Error('the store decided on fewer calls than it was asked about');
      return readOutcome(admit, decision);
    });
  }

  const collect = createCollector(MOST_AT_ONCE, take);
  return {
    async admit(request) {
      const outcome = await collect({ admit: request });
      if (outcome === undefined) throw new Error('the store decided nothing');
      return outcome;
    },
    async book(entry) {
      await collect({ book: entry });
    },
  };
}
