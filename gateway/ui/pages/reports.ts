/** Reports: what each month cost, and when its report goes out by mail. */
import { months, schedule, setSchedule } from '../../admin/month-endpoints';
import { LAST_DAY } from '../../month/month-schedule';
import { monthAt, monthBeside, monthNamed, titleOf } from '../../month/month';
import { MOST_MONTHS } from '../../month/list-months';
import { perform } from '../../admin/endpoint';
import { ask } from '../ask';
import { withQuery } from '../local-path';
import type { Action, Page } from '../page';

const PATH = '/ui/reports';

interface Listed {
  readonly months: readonly {
    readonly month: string;
    readonly calls: number;
    readonly failed_calls: number;
    readonly spend: number;
  }[];
}

interface Schedule {
  readonly day: number | null;
  readonly next_at: string | null;
  readonly last_month: string | null;
  readonly channels: readonly string[];
}

const setDay: Action = {
  role: 'admin',
  async run(sent) {
    const day = sent.sent.words.get('day') ?? '';
    const { services, exchange, session: admin } = sent;
    // A form has no word for none.
    if (day === '') await perform(setSchedule, { services, exchange, admin, input: { day: null } });
    else await ask(sent, setSchedule, { day });
    return { to: PATH };
  },
};

export const reports: Page = {
  path: PATH,
  nav: 'Reports',
  title: 'Reports',
  template: 'reports',
  actions: { day: setDay },
  async load(view) {
    const { documents, now } = view.services;
    const timeZone = documents.current.document.time_zone;
    const newest = monthAt(now(), timeZone);
    const asked = monthNamed(view.query.get('until') ?? '', timeZone) ?? newest;
    const until = asked.name > newest.name ? newest : asked;
    const found = await ask<Listed>(view, months, { until: until.name });
    const set = await ask<Schedule>(view, schedule, {});
    const at = (months: number) =>
      withQuery(PATH, new URLSearchParams(), { until: monthBeside(until, months, timeZone).name });
    return {
      rows: found.months.map((each) => ({
        ...each,
        heading: titleOf({ name: each.month }),
        href: `${PATH}/${each.month}`,
        isUnderWay: each.month === newest.name,
      })),
      older: at(-MOST_MONTHS),
      newer: until.name < newest.name ? at(MOST_MONTHS) : undefined,
      timeZone,
      schedule: set,
      hasMail: set.channels.length > 0,
      channels: set.channels.join(', '),
      days: Array.from({ length: LAST_DAY }, (_, index) => ({
        value: index + 1,
        isChosen: set.day === index + 1,
      })),
    };
  },
};
