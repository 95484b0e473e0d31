/** Models: what each is used for of all spend, what it costs, how long it takes, how often it fails, when it ends. */
import { goneOf } from '../../http/gone';
import { areSumsWhole } from '../../ledger/sums/read-sums';
import type { ReportReader } from '../../store/report-store';
import { sendCsv } from '../answer';
import { figureTable } from '../column';
import { csvOfView } from '../csv';
import { TIMES_SAID } from '../durations-view';
import { knownWords } from '../filter';
import { withQuery } from '../local-path';
import { deploymentColumns, modelColumns, readDeployments, readModels } from '../model-figures';
import type { Download, Page, View } from '../page';
import { spanAsked, spanChoices } from '../span';
import { readSection } from '../subject';

const PATH = '/ui/models';
const WORDS = ['days', 'by'];

const inTurn = <T>(
  { services, session, exchange }: View,
  work: (reader: ReportReader) => Promise<T>,
): Promise<T> => services.reports.readPage(session.name, goneOf(exchange), work);

export const models: Page = {
  path: PATH,
  nav: 'Models',
  title: 'Models',
  template: 'models',
  load: (view) =>
    inTurn(view, async (reader) => {
      const { services, query } = view;
      const words = knownWords(query, WORDS, 'days');
      const span = spanAsked(services, words);
      const rows = await readModels(services, reader, span);
      const deployments = await readDeployments(services, reader, span);
      const days = new URLSearchParams({ days: String(span.span) });
      return {
        table: figureTable(modelColumns(span.span), rows, { label: 'Models' }),
        deployments: figureTable(deploymentColumns(span.span), deployments, { label: 'Deployments' }),
        provider: await readSection(reader, 'provider', span, {}, rows[0]?.total ?? 0),
        spans: spanChoices(span.span),
        timeZone: span.timeZone,
        said: TIMES_SAID,
        pricedOn: services.documents.current.document.priced_on,
        isWhole: await areSumsWhole(reader),
        csv: withQuery(`${PATH}.csv`, days),
        deploymentsCsv: withQuery(`${PATH}.csv`, days, { by: 'deployment' }),
      };
    }),
};

export const modelsCsv: Download = {
  path: `${PATH}.csv`,
  async send(view) {
    const { services, query, exchange } = view;
    const words = knownWords(query, WORDS, 'days');
    const span = spanAsked(services, words);
    const isOfDeployments = words.get('by') === 'deployment';
    const rows = await inTurn(view, (reader) =>
      isOfDeployments ? readDeployments(services, reader, span) : readModels(services, reader, span),
    );
    const columns = isOfDeployments ? deploymentColumns(span.span) : modelColumns(span.span);
    sendCsv(exchange, `${isOfDeployments ? 'deployments' : 'models'}.csv`, await csvOfView(columns, rows));
  },
};
