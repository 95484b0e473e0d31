/** Calls: what was asked lately, newest first, by whom and what became of it. Never what was said. */
import { goneOf } from '../../http/gone';
import { placeText, readPlace, type CallPlace } from '../../ledger/calls/call-row';
import { readCalls } from '../../ledger/calls/read-calls';
import { CALL_WORDS, callFilter, CALLS_PATH, callWords, listedRow } from '../calls-view';
import { findAction } from '../filter';
import { withQuery } from '../local-path';
import { LIVE_PATH } from '../live/live-stream';
import type { Action, Page } from '../page';

const SIZE = 50;
/** Words that are seldom used are folded away until one of them is. */
const FOLDED = ['workspace', 'key', 'deployment', 'error', 'client', 'session', 'scope', 'from', 'until'];

/** To one call by its id. */
const open: Action = {
  role: 'viewer',
  isHarmless: true,
  run: ({ sent }) => {
    const id = (sent.words.get('request') ?? '').trim().slice(0, 64);
    return Promise.resolve({ to: id === '' ? CALLS_PATH : `${CALLS_PATH}/${encodeURIComponent(id)}` });
  },
};

export const calls: Page = {
  path: CALLS_PATH,
  nav: 'Calls',
  title: 'Calls',
  template: 'calls',
  actions: { find: findAction(CALLS_PATH, CALL_WORDS, 'key'), open },
  load({ services, session, exchange, query }) {
    const words = callWords(query);
    const after = readPlace(query.get('before') ?? '');
    return services.reports.readPage(session.name, goneOf(exchange), async (reader) => {
      const filter = await callFilter(reader, words);
      const page = await readCalls(reader, filter, SIZE, after);
      const status = words.get('status') ?? '';
      return {
        rows: page.calls.map(listedRow),
        filter: Object.fromEntries(words),
        isFiltered: words.size > 0,
        isUnfolded: FOLDED.some((name) => words.has(name)),
        statuses: [
          { value: '', label: 'Any' },
          { value: 'failed', label: 'Failed' },
          { value: 'answered', label: 'Answered' },
        ].map((each) => ({ ...each, isChosen: each.value === status })),
        otherStatus: ['', 'failed', 'answered'].includes(status) ? undefined : status,
        newest: after === undefined ? undefined : withQuery(CALLS_PATH, words),
        earlier: page.next && withQuery(CALLS_PATH, words, { before: placeText(page.next) }),
        lookedBackTo: page.lookedBackTo,
        lookedThrough: page.most,
        csv: withQuery(`${CALLS_PATH}.csv`, words),
        here: withQuery(CALLS_PATH, words),
        live: after === undefined ? liveOf(words, page.calls[0]?.place) : undefined,
      };
    });
  },
};

/** Where the page hears how many calls have come since. */
const liveOf = (words: URLSearchParams, newest: CallPlace | undefined): string =>
  withQuery(LIVE_PATH, words, { since: newest === undefined ? 'none' : placeText(newest) });
