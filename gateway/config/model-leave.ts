/**
 * Which models a name in a list of allowed ones gives leave for, in a scope of the policy or in a key.
 *
 * A model's own name: that model and its successors that are no dearer, so that leave outlives the model it was given
 * for, and the end of a cheap model opens no dear one. An alias: the family, that is what the name of the model that
 * has it stands for, and every model whose successor that one is.
 */
import type { GatewayDocument, ModelDocument, PriceDocument } from './document';

/** By name and by alias. */
export type ModelLeave = ReadonlyMap<string, ReadonlySet<ModelDocument>>;

export function modelLeaveOf({ models }: GatewayDocument): ModelLeave {
  const byName = new Map(models.map((model) => [model.name, model]));
  const leave = new Map<string, Set<ModelDocument>>();
  for (const model of models) {
    const opened = [model, ...successorsOf(model, byName).filter((each) => !isDearer(each, model))];
    for (const name of [model.name, ...model.aliases]) leave.set(name, new Set(opened));
  }
  for (const model of models)
    for (const { aliases } of successorsOf(model, byName))
      for (const alias of aliases) leave.get(alias)?.add(model);
  return leave;
}

/** In the order they follow; `checkDocument` has seen that none leads back. */
function successorsOf(
  { successor }: ModelDocument,
  byName: ReadonlyMap<string, ModelDocument>,
): ModelDocument[] {
  const next = successor === undefined ? undefined : byName.get(successor);
  return next === undefined ? [] : [next, ...successorsOf(next, byName)];
}

const KINDS = ['input', 'output', 'cache_write', 'cache_write_1h', 'cache_read'] as const;

/** By the token, of any kind; a model's price is that of its dearest deployment, as when a call is admitted. */
const isDearer = (one: ModelDocument, other: ModelDocument): boolean =>
  KINDS.some((kind) => dearest(one, kind) > dearest(other, kind));

const dearest = ({ deployments }: ModelDocument, kind: keyof PriceDocument): number =>
  deployments.reduce((most, { price }) => Math.max(most, price[kind] ?? price.cache_write), 0);
