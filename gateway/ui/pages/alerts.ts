/** Alerts: what administrators are told, whether it arrived, and what nobody wants to hear of for a time. */
import { list, silence, test, unsilence, viewAlerts } from '../../admin/alert-endpoints';
import { CURRENT_HOURS, currentIds, readChannels } from '../../alerts/current';
import { KIND_NAMES } from '../../alerts/kinds';
import { ask } from '../ask';
import { findAction, knownWords, pageOf, pagingOf } from '../filter';
import { withQuery } from '../local-path';
import type { Action, Page, View } from '../page';

const PATH = '/ui/alerts';
const SIZE = 50;
const WORDS = ['kind'] as const;
const DONE: ReadonlyMap<string, string> = new Map([
  ['silence', 'That is silenced: nobody is told of it meanwhile. It is still in the list below.'],
  ['unsilence', 'The silence has ended.'],
]);
const SILENCE_FIELDS = ['kind', 'subject', 'duration', 'reason'];

interface Listed {
  readonly channels: readonly { readonly name: string; readonly kind: string }[];
  readonly silences: readonly Record<string, unknown>[];
  readonly alerts: readonly Record<string, unknown>[];
  readonly total_count: number;
}

/** Does it by the admin API's own endpoint. */
const changing = (name: string, definition: typeof silence, fields: readonly string[]): Action => ({
  role: 'admin',
  async run(sent) {
    const words = new URLSearchParams();
    for (const field of fields) words.set(field, (sent.sent.words.get(field) ?? '').trim());
    await ask(sent, definition, words);
    return { to: `${PATH}?done=${name}` };
  },
});

const tryChannel: Action = {
  role: 'admin',
  // It is sent before the store is asked, so that a second click sends a second one: that says no less.
  isHarmless: true,
  async run(sent) {
    const channel = sent.sent.words.get('channel') ?? '';
    const { channels } = await ask<{ channels: readonly Record<string, unknown>[] }>(sent, test, { channel });
    return { title: 'How the test went', template: 'alert-test', data: { channels } };
  },
};

export const alerts: Page = {
  path: PATH,
  nav: 'Alerts',
  title: 'Alerts',
  template: 'alerts',
  actions: {
    find: findAction(PATH, WORDS, 'kind'),
    silence: changing('silence', silence, SILENCE_FIELDS),
    unsilence: changing('unsilence', unsilence, ['id']),
    test: tryChannel,
  },
  async load(view) {
    const { database, documents } = view.services;
    const words = knownWords(view.query, WORDS, 'kind');
    const asked = words.get('kind') ?? '';
    const kind = KIND_NAMES.some((name) => name === asked) ? asked : '';
    const page = pageOf(view.query);
    const found = await ask<Listed>(view, list, { kind, size: SIZE, page });
    const current = await currentIds(database);
    return {
      current: current.length === 0 ? [] : await viewAlerts(database, current),
      currentHours: CURRENT_HOURS,
      channels: await channelsOf(view, found.channels),
      silences: found.silences,
      alerts: found.alerts,
      kinds: KIND_NAMES.map((value) => ({ value, isChosen: value === kind })),
      wanted: wantedOf(view, kind),
      isFiltered: kind !== '',
      paging: pagingOf(PATH, words, found.total_count, page, SIZE),
      done: DONE.get(view.query.get('done') ?? ''),
      values: Object.fromEntries(view.sent?.words ?? []),
      isOpened: view.sent?.action === 'silence',
      here: withQuery(PATH, words),
      timeZone: documents.current.document.time_zone,
    };
  },
};

/** Kinds for the form of a silence, with what was chosen when it came back with a fault. */
const wantedOf = ({ sent }: View, kind: string) =>
  KIND_NAMES.map((value) => ({ value, isChosen: value === (sent?.words.get('kind') ?? kind) }));

/** Those of this process, and those that another one or an older configuration had something for. */
async function channelsOf({ services }: View, configured: Listed['channels']) {
  const standings = new Map((await readChannels(services.database)).map((each) => [each.channel, each]));
  const known = configured.map(({ name, kind }) => ({ name, kind, isOurs: true, ...standings.get(name) }));
  const others = [...standings.values()]
    .filter(({ channel }) => !configured.some(({ name }) => name === channel))
    .map((each) => ({ ...each, name: each.channel, kind: 'not of this gateway process', isOurs: false }));
  return [...known, ...others];
}
