/** Audit: who did what, newest first. */
import { readTrail } from '../../admin/audit-trail';
import { ENDPOINTS } from '../../admin/catalogue';
import { describeEntry } from '../audit-entry';
import { auditFilter, auditWords, AUDIT_WORDS } from '../audit-filter';
import { findAction, pageOf, pagingOf } from '../filter';
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
    const page = pageOf(query);
    const { entries, total } = await readTrail(services.database, {
      ...auditFilter(words),
      page,
      size: SIZE,
    });
    return {
      entries: entries.map(describeEntry),
      paging: pagingOf(PATH, words, total, page, SIZE),
      filter: Object.fromEntries(words),
      isFiltered: words.size > 0,
      actions: actions(),
      csv: withQuery('/ui/audit.csv', words),
    };
  },
};
