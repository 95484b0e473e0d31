/** Audit: who did what, newest first. */
import { readTrailBefore } from '../../admin/audit-trail';
import { ENDPOINTS } from '../../admin/catalogue';
import { describeEntry } from '../audit-entry';
import { auditFilter, auditWords, AUDIT_WORDS } from '../audit-filter';
import { findAction } from '../filter';
import { withQuery } from '../local-path';
import type { Page } from '../page';

const PATH = '/ui/audit';
const SIZE = 50;
const OF_THE_DASHBOARD = ['ui/sign-in', 'ui/sign-in-refused', 'ui/sign-out', 'ui/session-end'];

/** What the trail may have: everything that a viewer may not do, and what the dashboard notes itself. */
const actions = (): string[] =>
  [
    ...ENDPOINTS.filter(({ role }) => role === 'admin').flatMap(({ paths }) =>
      paths.filter((path) => !path.includes('{')).map((path) => path.slice(1)),
    ),
    ...OF_THE_DASHBOARD,
  ].sort();

export const audit: Page = {
  path: PATH,
  nav: 'Audit',
  title: 'Audit',
  template: 'audit',
  actions: { find: findAction(PATH, AUDIT_WORDS, 'target') },
  async load({ services, query }) {
    const words = auditWords(query);
    const before = idOf(query.get('before'));
    const { entries, hasMore } = await readTrailBefore(services.database, auditFilter(words), SIZE, before);
    return {
      entries: entries.map(describeEntry),
      newest: before === undefined ? undefined : withQuery(PATH, words),
      earlier: hasMore ? withQuery(PATH, words, { before: entries.at(-1)?.id }) : undefined,
      filter: Object.fromEntries(words),
      isFiltered: words.size > 0,
      actions: actions(),
      csv: withQuery('/ui/audit.csv', words),
    };
  },
};

/** What is no number of an entry is left out. */
function idOf(word: string | null): number | undefined {
  const id = Number(word ?? '');
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
