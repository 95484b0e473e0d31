/** The report of one month: what it cost by team and by model, and what the budgets of teams come to over it. */
import { reportOf, send } from '../../admin/month-endpoints';
import { monthBeside, monthNamed, titleOf, type Month } from '../../month/month';
import { monthView } from '../../month/month-view';
import { ask } from '../ask';
import type { Action, Page, View } from '../page';
import { pageUnknown } from '../refusal';

/** Rows of each table; the CSV has all. */
const MOST_ROWS = 200;

/** @throws Refusal where the address names none */
export function monthIn({ services, parts }: Pick<View, 'services' | 'parts'>): Month {
  const month = monthNamed(parts['month'] ?? '', services.documents.current.document.time_zone);
  if (month === undefined) throw pageUnknown();
  return month;
}

interface Sent {
  readonly channels: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly fault: string | null;
  }[];
}

const mail: Action = {
  role: 'admin',
  async run(sent) {
    const month = monthIn(sent);
    const { channels } = await ask<Sent>(sent, send, { month: month.name });
    return {
      title: 'Sent by mail',
      template: 'month-sent',
      data: { channels, heading: titleOf(month), href: `/ui/reports/${month.name}` },
    };
  },
};

export const month: Page = {
  path: '/ui/reports/{month}',
  title: 'Report of a month',
  template: 'month',
  actions: { mail },
  async load(view) {
    const month = monthIn(view);
    const { services, session } = view;
    const beside = (months: number) => {
      const other = monthBeside(month, months, services.documents.current.document.time_zone);
      return { href: `/ui/reports/${other.name}`, heading: titleOf(other) };
    };
    return {
      ...monthView(await reportOf(view, session.name, month), MOST_ROWS),
      path: `/ui/reports/${month.name}`,
      before: beside(-1),
      after: month.end <= services.now() ? beside(1) : undefined,
      hasMail: services.alerts.channels.some(({ kind }) => kind === 'mail'),
    };
  },
};
