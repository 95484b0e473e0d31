/** What the pages of models show: of each model, deployment and provider, what it costs, how it fares and when it ends. */
import type { DeploymentDocument } from '../config/document';
import { hasEnded } from '../config/retirement';
import { toDollars } from '../ledger/money';
import { readDurationsOfDays } from '../ledger/sums/read-hours';
import { readSums, toSum, type Sum } from '../ledger/sums/read-sums';
import { providerKey } from '../providers/provider';
import type { Services } from '../services';
import type { Statements } from '../store/database';
import type { Column } from './column';
import { timeColumns, timesOf, type Times } from './durations-view';
import { withQuery } from './local-path';
import type { Span } from './span';
import { inputOf } from './spend-view';
import { placeOf } from './subject';

export interface ModelFigures {
  readonly name: string;
  /** Of one deployment: its model. @default it is a model */
  readonly model?: string;
  readonly provider?: string;
  readonly sum: Sum;
  /** Dollars of all of them. */
  readonly total: number;
  readonly times: Times;
  /** Calls that another deployment answered than the one that is asked first. */
  readonly failovers?: number;
  /** Of models, of the one that is asked first. */
  readonly deployment: DeploymentDocument | undefined;
  readonly successor: string | undefined;
  readonly isKnown: boolean;
}

const NOTHING = toSum({ by: '', within: '' });

type Knowing = Pick<Services, 'documents' | 'providers' | 'now'>;

/** The deployment of a model that is asked first: of those whose provider is configured and has not ended it. */
function firstOf({ documents, providers, now }: Knowing, model: string): DeploymentDocument | undefined {
  const found = documents.current.document.models.find(({ name }) => name === model);
  const asked = found?.deployments.filter(
    (each) => providers.has(providerKey(each)) && !hasEnded(each, now()),
  );
  return asked?.[0] ?? found?.deployments[0];
}

/** Every model of the document, and those that were called and are no more in it; by name. */
export async function readModels(
  services: Knowing,
  statements: Statements,
  { days }: Span,
): Promise<ModelFigures[]> {
  const { models } = services.documents.current.document;
  const sums = await readSums(statements, { by: 'model', days });
  const split = await readSums(statements, { by: 'model', within: 'deployment', days });
  const durations = await readDurationsOfDays(statements, 'model', days);
  const total = totalOf(sums);
  const names = [...new Set([...models.map(({ name }) => name), ...sums.map(({ by }) => by)])].sort();
  return names.map((name) => {
    const first = firstOf(services, name);
    const others = split.filter(
      ({ by, within }) => by === name && within !== '' && first !== undefined && within !== first.id,
    );
    return {
      name,
      sum: sums.find(({ by }) => by === name) ?? NOTHING,
      total,
      times: timesOf(durations, name),
      failovers: others.reduce((count, { calls }) => count + calls, 0),
      deployment: first,
      successor: models.find((model) => model.name === name)?.successor,
      isKnown: models.some((model) => model.name === name),
    };
  });
}

/** Every deployment that was asked or may be. @param model those of one alone. @default all */
export async function readDeployments(
  { documents }: Pick<Services, 'documents'>,
  statements: Statements,
  { days }: Span,
  model?: string,
): Promise<ModelFigures[]> {
  const filter = model === undefined ? {} : { model };
  const sums = (await readSums(statements, { by: 'deployment', within: 'provider', days, ...filter })).filter(
    ({ by }) => by !== '',
  );
  const durations = await readDurationsOfDays(statements, 'deployment', days, filter);
  const total = totalOf(sums);
  const declared = documents.current.document.models
    .filter(({ name }) => model === undefined || name === model)
    .flatMap((each) => each.deployments.map((deployment) => ({ deployment, model: each })));
  const ids = [...new Set([...declared.map(({ deployment }) => deployment.id), ...sums.map(({ by }) => by)])];
  return ids.sort().flatMap((id) => {
    const known = declared.find(({ deployment }) => deployment.id === id);
    const found = sums.filter(({ by }) => by === id);
    const each = (sum: Sum, provider: string): ModelFigures => ({
      name: id,
      provider,
      ...(known === undefined ? {} : { model: known.model.name }),
      sum,
      total,
      times: timesOf(durations, id),
      deployment: known?.deployment,
      successor: known?.model.successor,
      isKnown: known !== undefined,
    });
    return found.length > 0
      ? found.map((sum) => each(sum, sum.within))
      : [each(NOTHING, known === undefined ? '' : providerKey(known.deployment))];
  });
}

const totalOf = (sums: readonly Sum[]): number =>
  toDollars(sums.reduce((total, { cost }) => total + cost, 0));

const FIGURES = (span: number, by: 'model' | 'deployment'): readonly Column<ModelFigures>[] => [
  {
    name: 'spend_usd',
    label: 'Spend',
    kind: 'usd',
    of: ({ sum }) => toDollars(sum.cost),
    href: ({ name }) =>
      withQuery('/ui/spend', new URLSearchParams(), {
        by: by === 'model' ? 'person' : 'model',
        [by]: name,
        days: span,
      }),
  },
  {
    name: 'share',
    label: 'Share',
    kind: 'share',
    of: ({ sum, total }) => (total === 0 ? undefined : toDollars(sum.cost) / total),
  },
  { name: 'calls', label: 'Calls', kind: 'count', of: ({ sum }) => sum.calls },
  { name: 'failed_calls', kind: 'count', of: ({ sum }) => sum.failedCalls },
  {
    name: 'failed_share',
    label: 'Failed',
    kind: 'share',
    of: ({ sum }) => (sum.calls === 0 ? undefined : sum.failedCalls / sum.calls),
  },
  {
    name: 'cached_share',
    label: 'Out of a cache',
    kind: 'share',
    of: ({ sum }) => (inputOf(sum) === 0 ? undefined : sum.cacheReadTokens / inputOf(sum)),
  },
];

const PRICES: readonly Column<ModelFigures>[] = [
  {
    name: 'price_input',
    label: 'Input, $ per M',
    kind: 'price',
    of: ({ deployment }) => deployment?.price.input,
  },
  { name: 'price_output', label: 'Output', kind: 'price', of: ({ deployment }) => deployment?.price.output },
  {
    name: 'price_cache_write',
    kind: 'price',
    of: ({ deployment }) => deployment?.price.cache_write,
  },
  {
    name: 'price_cache_read',
    label: 'From a cache',
    kind: 'price',
    of: ({ deployment }) => deployment?.price.cache_read,
  },
];

const ENDS: readonly Column<ModelFigures>[] = [
  { name: 'ends', label: 'Ends', kind: 'day', of: ({ deployment }) => deployment?.retires_on },
  { name: 'successor', label: 'Then', kind: 'text', of: ({ successor }) => successor },
];

const TIMES = timeColumns<ModelFigures>(({ times }) => times);

export const modelColumns = (span: number): readonly Column<ModelFigures>[] => [
  {
    name: 'model',
    label: 'Model',
    kind: 'text',
    of: ({ name }) => name,
    href: ({ name }) => placeOf('model', name, span),
  },
  ...FIGURES(span, 'model'),
  ...TIMES,
  { name: 'failovers', label: 'Failovers', kind: 'count', of: ({ failovers }) => failovers },
  ...PRICES,
  ...ENDS,
];

export const deploymentColumns = (span: number): readonly Column<ModelFigures>[] => [
  {
    name: 'deployment',
    label: 'Deployment',
    kind: 'text',
    of: ({ name }) => name,
    href: ({ name }) => placeOf('deployment', name, span),
  },
  { name: 'provider', label: 'Provider', kind: 'text', of: ({ provider }) => provider },
  { name: 'model', label: 'Model', kind: 'text', of: ({ model }) => model },
  ...FIGURES(span, 'deployment'),
  ...TIMES,
  ...PRICES,
  ...ENDS,
];
