/** The models a key may use, under their names and aliases, with what they can do and cost. */
import type { ModelDocument } from '../config/document';
import { sendJson, type Exchange } from '../http/exchange';
import { servingOf } from '../providers/serving';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';
import { currentEntitlement } from '../stages/policy';

/** LiteLLM's constant: clients show the date, and no model has a true one here. */
const CREATED = 1_677_610_602;

export async function listModels(services: Services, exchange: Exchange): Promise<void> {
  const key = await findKey(services, exchange);
  const { models } = currentEntitlement(services, key);
  const data = models.flatMap((model) => {
    const facts = describeModel(services, model, models);
    return [model.name, ...model.aliases].map((id) => ({ id, ...facts }));
  });
  const { priced_on } = services.documents.current.document;
  sendJson(exchange, 200, JSON.stringify({ data, object: 'list', priced_on }));
}

/** Names are LiteLLM's where it has one for the same thing; all prices are US dollars for a million tokens. */
function describeModel(
  { documents, providers, now }: Services,
  asked: ModelDocument,
  allowed: readonly ModelDocument[],
): Record<string, unknown> {
  const { model, candidates } = servingOf(asked, documents.current, providers, now());
  // Who answers first decides what a call costs as a rule; `admit` reserves for the dearest.
  const deployment = candidates[0]?.deployment ?? model.deployments[0];
  return {
    object: 'model',
    created: CREATED,
    owned_by: model.deployments[0]?.provider,
    model: asked.name,
    // Its provider has ended it, and that one answers: what follows is said of the successor.
    ...(model === asked ? {} : { successor: model.name }),
    display_name: model.display_name,
    max_input_tokens: model.context_window,
    max_output_tokens: model.max_output_tokens,
    supports_vision: model.supports_images,
    price_per_million_tokens: deployment?.price,
    // A model nobody here can serve is listed, because the key may use it, but every call of it is refused.
    available: candidates.length > 0 && allowed.includes(model),
  };
}
