/** What tokens would have cost otherwise, by the prices of the document in force. */
import type { GatewayDocument, PriceDocument } from '../../config/document';
import { costOf, type NanoDollars } from '../money';
import type { ModelSum, SizeSum } from './read-figures';
import { DEARER } from './rules';

type Models = GatewayDocument['models'];

/** Of the deployment; of the model's first one where it has left the document. */
function priceOf(models: Models, name: string, deployment?: string): PriceDocument | undefined {
  const model = models.find((each) => each.name === name);
  return (model?.deployments.find(({ id }) => id === deployment) ?? model?.deployments[0])?.price;
}

/** What reading out of caches saved, less what writing to them cost; may be below nothing. */
export function savedByCache(models: Models, sums: readonly ModelSum[]): NanoDollars {
  let saved = 0;
  for (const { model, deployment, cacheWriteTokens, cacheReadTokens } of sums) {
    const price = priceOf(models, model, deployment);
    if (price === undefined) continue;
    const tokens = { input: 0, output: 0, cacheWrite: cacheWriteTokens, cacheRead: cacheReadTokens };
    const plain = { input: cacheWriteTokens + cacheReadTokens, output: 0, cacheWrite: 0, cacheRead: 0 };
    saved += costOf(plain, price) - costOf(tokens, price);
  }
  return saved;
}

export interface Misfit {
  readonly model: string;
  /** That would have done. */
  readonly instead: string;
  readonly calls: number;
  /** Nano-dollars: what was booked, and what it would have been. */
  readonly cost: NanoDollars;
  readonly insteadCost: NanoDollars;
}

/** The cheapest model beside which a model is the dearer one. */
function cheaperThan(
  models: Models,
  name: string,
): { readonly name: string; readonly price: PriceDocument } | undefined {
  const own = priceOf(models, name);
  if (own === undefined) return undefined;
  return models
    .flatMap((model) => {
      const price = model.deployments[0]?.price;
      return price === undefined ? [] : [{ name: model.name, price }];
    })
    .filter(({ price }) => price.input * DEARER <= own.input && price.output * DEARER <= own.output)
    .sort(
      (one, other) =>
        one.price.input + one.price.output - other.price.input - other.price.output ||
        (one.name < other.name ? -1 : 1),
    )[0];
}

/** Small calls of dear models, by model. */
export function misfits(models: Models, sums: readonly SizeSum[]): Misfit[] {
  const found = new Map<string, Misfit>();
  for (const sum of sums) {
    const cheaper = sum.isSmall ? cheaperThan(models, sum.model) : undefined;
    if (cheaper === undefined) continue;
    const before = found.get(sum.model);
    const tokens = {
      input: sum.inputTokens,
      output: sum.outputTokens,
      cacheWrite: sum.cacheWriteTokens,
      cacheRead: sum.cacheReadTokens,
    };
    found.set(sum.model, {
      model: sum.model,
      instead: cheaper.name,
      calls: (before?.calls ?? 0) + sum.calls,
      cost: (before?.cost ?? 0) + sum.cost,
      insteadCost: (before?.insteadCost ?? 0) + costOf(tokens, cheaper.price),
    });
  }
  return [...found.values()].sort(
    (one, other) => other.calls - one.calls || (one.model < other.model ? -1 : 1),
  );
}
