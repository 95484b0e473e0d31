/** Sessions: where somebody is signed in, and ending it. */
import { endSession, listSessions } from '../session';
import type { Action, Page } from '../page';

/** A viewer sees and ends their own; an admin everybody's. */
const whose = ({ session }: { session: { name: string; role: string } }): string | undefined =>
  session.role === 'admin' ? undefined : session.name;

const ID = /^\d{1,18}$/;

const end: Action = {
  role: 'viewer',
  // What has ended ends no second time.
  isHarmless: true,
  async run(sent) {
    const id = sent.sent.words.get('session') ?? '';
    // bounded: no form is longer than 64 KiB
    if (ID.test(id))
      await sent.services.database.transaction((statements) =>
        endSession(statements, {
          by: sent.session,
          id,
          action: 'ui/session-end',
          requestId: sent.exchange.id,
          name: whose(sent),
        }),
      );
    return { to: '/ui/sessions' };
  },
};

export const sessions: Page = {
  path: '/ui/sessions',
  nav: 'Sessions',
  title: 'Sessions',
  template: 'sessions',
  actions: { end },
  async load(view) {
    const found = await listSessions(view.services, whose(view));
    const { uiIdleSeconds, uiSessionSeconds } = view.services.settings;
    return {
      rows: found.map((each) => ({ ...each, isOwn: each.id === view.session.id })),
      idleMinutes: Math.round(uiIdleSeconds / 60),
      longestHours: Math.round(uiSessionSeconds / 360) / 10,
    };
  },
};
