/** One model: what its spend is made of, how long it takes by day, its deployments, and who has to be told when it ends. */
import { goneOf } from '../../http/gone';
import { readDurationsOfDays } from '../../ledger/sums/read-hours';
import type { Statements } from '../../store/database';
import { figureTable } from '../column';
import { timesChart } from '../durations-view';
import { withQuery } from '../local-path';
import { deploymentColumns, readDeployments } from '../model-figures';
import type { Page, View } from '../page';
import { Refusal } from '../refusal';
import { readSubject } from '../subject';

export const model: Page = {
  path: '/ui/models/{model}',
  title: 'Model',
  template: 'model',
  load: (view) =>
    view.services.reports.readPage(view.session.name, goneOf(view.exchange), (reader) => load(view, reader)),
};

async function load({ services, parts, query }: View, reader: Statements) {
  const name = parts['model'] ?? '';
  const { document } = services.documents.current;
  const known = document.models.find((each) => each.name === name);
  const subject = await readSubject(services, reader, query, {
    filter: { model: name },
    ways: ['team', 'person', 'provider', 'client', 'error'],
  });
  if (known === undefined && subject.isIdle)
    throw new Refusal(
      404,
      'There is no model of that name',
      'The document in force names none, and none was called by it in these days.',
      { href: '/ui/models', label: 'Go to the models' },
    );
  const { asked } = subject;
  const durations = await readDurationsOfDays(reader, 'day', asked.days, { model: name });
  const deployments = await readDeployments(services, reader, asked, name);
  const ends = known?.deployments.flatMap(({ retires_on: day }) => (day === undefined ? [] : [day])).sort();
  return {
    name,
    title: name,
    label: known?.display_name,
    known,
    ends: ends && ends.length === known?.deployments.length ? ends.at(-1) : undefined,
    usersHref: withQuery('/ui/spend', new URLSearchParams(), {
      by: 'person',
      model: name,
      days: asked.span,
    }),
    deployments: figureTable(deploymentColumns(asked.span), deployments, { label: 'Deployments' }),
    times: timesChart(
      durations,
      asked.days.map(({ date }) => ({ id: date, name: date })),
      'Day',
    ),
    ...subject,
  };
}
