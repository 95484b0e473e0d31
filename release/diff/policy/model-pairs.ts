import type { Models, ModelView } from './models';

/** Which models are the same in both versions. */
export interface ModelPairs {
  /** By the older name: also those that are called otherwise now. */
  readonly kept: ReadonlyMap<string, readonly [before: ModelView, after: ModelView]>;
  readonly removed: readonly ModelView[];
  readonly added: readonly ModelView[];
}

/** A model that is gone and one that is new are one and the same when the same deployments answer for both. */
export function pairModels(before: Models, after: Models): ModelPairs {
  const kept = new Map<string, readonly [ModelView, ModelView]>();
  for (const [name, model] of before) {
    const now = after.get(name);
    if (now !== undefined) kept.set(name, [model, now]);
  }
  const newOnes = [...after.values()].filter(({ name }) => !before.has(name));
  const byDeployments = new Map(newOnes.map((model) => [signOf(model), model]));
  const taken = new Set<ModelView>();
  const removed: ModelView[] = [];
  for (const [name, model] of before) {
    if (after.has(name)) continue;
    const now = model.deployments.length === 0 ? undefined : byDeployments.get(signOf(model));
    if (now === undefined || taken.has(now)) removed.push(model);
    else {
      taken.add(now);
      kept.set(name, [model, now]);
    }
  }
  return { kept, removed, added: newOnes.filter((model) => !taken.has(model)) };
}

const signOf = ({ deployments }: ModelView): string => JSON.stringify(deployments.map(({ key }) => key));
