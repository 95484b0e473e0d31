/**
 * Clients that ask again at once, and without end, when an answer breaks off inside its stream. An ordinary error stops
 * them: they show it and wait for a person, or back off. So the next call after such a break gets one.
 */

/**
 * Families of user agents. Roo Code 3.52.1 was measured: without auto-approval 131 whole requests in 19 seconds after
 * errors inside the stream, none after an error by status. Zoo Code goes on with the same task loop and names itself
 * `ZooCode/<version>`.
 */
const LOOPING_CLIENTS: ReadonlySet<string> = new Set(['RooCode', 'ZooCode']);

/** Milliseconds; a loop asks again within one. */
const REMEMBERED_MS = 5_000;
const MOST_REMEMBERED = 10_000;

export interface InterruptedClients {
  /** An answer to this client broke off after it had begun. */
  note(keyId: string, client: string): void;
  /** Whether that happened a moment ago; true once for each break. */
  take(keyId: string, client: string): boolean;
}

/** @param now a clock in milliseconds that only runs forward */
export function createInterruptedClients(now: () => number = () => performance.now()): InterruptedClients {
  const breaks = new Map<string, number>();
  // Several clients may share a key; only the one whose answer broke off is to be stopped.
  const nameOf = (keyId: string, client: string): string => `${keyId}/${client}`;
  return {
    note(keyId, client) {
      if (!LOOPING_CLIENTS.has(client)) return;
      if (breaks.size >= MOST_REMEMBERED) breaks.clear();
      breaks.set(nameOf(keyId, client), now());
    },
    take(keyId, client) {
      if (breaks.size === 0) return false;
      const name = nameOf(keyId, client);
      const brokeAt = breaks.get(name);
      breaks.delete(name);
      return brokeAt !== undefined && now() - brokeAt < REMEMBERED_MS;
    },
  };
}
