import type { GatewayDocument } from '../../../gateway/config/document';
import { modelLeaveOf } from '../../../gateway/config/model-leave';
import type { Json } from '../../../synth/hcl/expressions';
import { isNumber, textsOf, type Members } from './members';
import type { Models, ModelView } from './models';
import { PRICE_KINDS } from './price-changes';

/** Successors one after the other; the gateway refuses a circle of them, and a longer chain is no catalog. */
const LONGEST_CHAIN = 50;

/** Which models each name in a list of allowed ones gives leave for. */
export type Leave = (allowed: Json | undefined) => ReadonlySet<string>;

/** By the gateway's own rule; nothing where a document's chains of successors are none it would take. */
export function leaveOf(models: Models): Leave | undefined {
  if ([...models.values()].some((model) => isEndless(model, models))) return undefined;
  const leave = modelLeaveOf(asDocument(models));
  const names = new Set(models.keys());
  return (allowed) =>
    allowed === 'all'
      ? names
      : new Set(textsOf(allowed).flatMap((name) => [...(leave.get(name) ?? [])].map((model) => model.name)));
}

function isEndless(model: ModelView, models: Models): boolean {
  let at: ModelView | undefined = model;
  for (let steps = 0; at !== undefined; steps += 1) {
    if (steps > LONGEST_CHAIN) return true;
    at = at.successor === undefined ? undefined : models.get(at.successor);
  }
  return false;
}

/** What the rule looks at, and nothing else. */
const asDocument = (models: Models): GatewayDocument =>
  ({
    models: [...models.values()].map(({ name, aliases, successor, deployments }) => ({
      name,
      aliases,
      ...(successor === undefined ? {} : { successor }),
      deployments: deployments.map(({ price }) => ({ price: numbersIn(price) })),
    })),
  }) as unknown as GatewayDocument;

const numbersIn = (price: Members): Record<string, number> =>
  Object.fromEntries(
    PRICE_KINDS.flatMap(({ field }) => {
      const value = price.get(field);
      return isNumber(value) ? [[field, value]] : field === 'cache_write_1h' ? [] : [[field, 0]];
    }),
  );
