/**
 * Tells open pages what is new. One reader looks for all of them, a few questions every two seconds however many there
 * are, and none when there is no page; a stream lives no longer than the session it was opened in.
 */
import { GatewayError } from '../../errors';
import type { Exchange } from '../../http/exchange';
import { isAskedFor, type CallFilter } from '../../ledger/calls/call-filter';
import { isBefore, readPlace, type CallPlace, type ListedCall } from '../../ledger/calls/call-row';
import { readNewest } from '../../ledger/calls/read-calls';
import { describeFault } from '../../log';
import type { Services } from '../../services';
import { callFilter, callWords } from '../calls-view';
import type { View } from '../page';
import { Refusal } from '../refusal';
import { livingSessions } from '../session';
import { readFigures } from './live-figures';
import { LiveStream } from './live-stream';

export interface Live {
  /** Throws a Refusal where there are too many. */
  open(view: View): Promise<void>;
  /** Ends every stream, with a word. */
  close(): void;
  /** Streams that are open. */
  readonly size: number;
}

/** Of one session: a browser has six connections to a host, and a tab that is not looked at lets go of its own. */
export const MOST_OF_ONE = 4;
export const MOST_STREAMS = 100;
/** Milliseconds between two looks. */
const LOOK_MS = 2_000;
/** Calls among which is looked for those that a page has not shown yet. */
const MOST_NEWS = 500;
/** As a caller of reports. */
const READER = 'the live figures';

interface Listener {
  readonly stream: LiveStream;
  readonly sessionId: string;
  /** Of a list of calls: which, and the newest that it shows. */
  readonly list?: { readonly filter: CallFilter; readonly since: CallPlace | undefined };
}

export function createLive(services: Services): Live {
  const listeners = new Set<Listener>();
  const closing = new AbortController();
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function open(view: View): Promise<void> {
    const { session, exchange } = view;
    const own = [...listeners].filter(({ sessionId }) => sessionId === session.id).length;
    if (closing.signal.aborted || own >= MOST_OF_ONE || listeners.size >= MOST_STREAMS) throw tooMany();
    const list = await listOf(services, view);
    // It may have gone, or others may have come, while the filter was looked up.
    if (exchange.response.destroyed) return;
    if (closing.signal.aborted || listeners.size >= MOST_STREAMS) throw tooMany();
    exchange.isLogged = true;
    const listener = { stream: new LiveStream(exchange), sessionId: session.id, ...(list && { list }) };
    listeners.add(listener);
    exchange.response.once('close', () => listeners.delete(listener));
    lookSoon(0);
  }

  function lookSoon(ms: number): void {
    if (looking !== undefined || closing.signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      looking = look().finally(() => {
        looking = undefined;
        if (listeners.size > 0) lookSoon(LOOK_MS);
      });
    }, ms);
    timer.unref();
  }

  async function look(): Promise<void> {
    try {
      const ids = [...new Set([...listeners].map(({ sessionId }) => sessionId))];
      const living = await livingSessions(services, ids);
      // Those that came meanwhile were looked at when they came.
      for (const { stream, sessionId } of listeners)
        if (ids.includes(sessionId) && !living.has(sessionId)) stream.end('session');
      const isListed = [...listeners].some(({ list }) => list !== undefined);
      const [figures, newest] = await services.reports.readPage(READER, closing.signal, async (reader) => [
        await readFigures(services, reader),
        isListed ? await readNewest(reader, MOST_NEWS) : [],
      ]);
      for (const { stream, list } of listeners) {
        stream.say('state', { isAway: false });
        stream.say('figures', figures);
        if (list !== undefined) stream.say('news', newsOf(newest, list.filter, list.since));
      }
    } catch (fault) {
      if (closing.signal.aborted) return;
      if (!(fault instanceof GatewayError))
        services.logger.warn('live figures could not be read', { ...describeFault(fault) });
      for (const { stream } of listeners) stream.say('state', { isAway: true });
    }
    for (const { stream } of listeners) stream.breathe();
  }

  return {
    open,
    close() {
      closing.abort(new GatewayError('shutting_down'));
      clearTimeout(timer);
      for (const { stream } of listeners) stream.end('closing');
    },
    get size() {
      return listeners.size;
    },
  };
}

async function listOf(services: Services, { query }: View): Promise<Listener['list']> {
  const since = query.get('since');
  if (since === null) return undefined;
  return { filter: await callFilter(services.database, callWords(query)), since: readPlace(since) };
}

export interface News {
  readonly count: number;
  /** Whether there may be more than were looked at. */
  readonly isMore: boolean;
}

/** How many of the newest calls a page does not show yet. @param newest newest first */
export function newsOf(
  newest: readonly ListedCall[],
  filter: CallFilter,
  since: CallPlace | undefined,
  most = MOST_NEWS,
): News {
  const unseen = newest.filter(({ place }) => since === undefined || isBefore(place, since));
  return {
    count: unseen.filter((call) => isAskedFor(call, filter)).length,
    isMore: unseen.length >= most,
  };
}

const tooMany = (): Refusal =>
  new Refusal(
    503,
    'Too many pages are live',
    'Close other tabs of the dashboard; pages work without as well.',
  );

/** To a page whose session has ended: there is no use in coming back. */
export function sendOver(exchange: Exchange): void {
  exchange.isLogged = true;
  new LiveStream(exchange).end('session');
}
