/** The catalog as it is shipped: models, who serves them, prices, dates. */
import { catalog, type Deployment, type Model } from '../../src/catalog';
import { blocks, code, page, table } from '../markdown';
import { reachedFrom, typeSection } from './prop-words';
import type { PropType } from './read-props';

const codes = (names: readonly string[] = []): string => names.map(code).join(', ');
const tokens = (count: number): string => count.toLocaleString('en-US');

const modelRow = (model: Model): string[] => [
  code(model.name),
  model.displayName,
  codes(model.aliases),
  tokens(model.contextWindow),
  tokens(model.maxOutputTokens),
  model.supportsImages ? 'yes' : 'no',
  model.reasoning ?? 'none',
  model.successor === undefined ? '' : code(model.successor),
  codes(model.retiredNames),
];

const priceRow = ({ name }: Model, { provider, endpoint, id, price, retiresOn }: Deployment): string[] => [
  code(name),
  endpoint === undefined ? provider : `${provider} (${endpoint})`,
  code(id),
  ...[price.input, price.output, price.cacheWrite, price.cacheWriteHour, price.cacheRead].map((dollars) =>
    dollars === undefined ? '' : `$${dollars}`,
  ),
  retiresOn ?? '',
];

export function catalogDocument(types: ReadonlyMap<string, PropType>): string {
  const { models, choices } = catalog;
  return page(
    'Catalog',
    '`src/catalog.ts`',
    `Prices were taken from the providers' lists on ${catalog.pricedOn}. Which models there are in a running site: \`GET /v1/models\`. To add one: [which files a change touches](../contributors-map.md).`,
    '## Models',
    table(
      [
        'model',
        'shown as',
        'aliases',
        'context, tokens',
        'longest answer, tokens',
        'images',
        'thinking',
        'successor',
        'retired names it answers for',
      ],
      models.map(modelRow),
    ),
    '## Prices',
    'US dollars for a million tokens. Those who serve a model are asked in this order. From the day on which a provider ends one, others are asked, then the successor.',
    table(
      [
        'model',
        'provider',
        'its id there',
        'input',
        'output',
        'cache written',
        'for an hour',
        'cache read',
        'ends on',
      ],
      models.flatMap((model) => model.deployments.map((deployment) => priceRow(model, deployment))),
    ),
    '## Choices in the workspace form',
    `\`${catalog.defaultChoice}\` holds when nothing is chosen; titles and summaries are written by \`${catalog.smallModel}\`.`,
    table(
      ['value', 'model', 'shown as', 'meaning'],
      choices.map(({ value, model, label, description }) => [code(value), code(model), label, description]),
    ),
    '## Types',
    blocks(...reachedFrom(types, ['Catalog']).map(typeSection('###'))),
  );
}
