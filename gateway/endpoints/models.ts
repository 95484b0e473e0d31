/** The models a key may use, under their names and aliases. */
import { sendJson, type Exchange } from '../http-exchange';
import type { Services } from '../services';
import { findKey } from '../stages/authenticate';
import { currentEntitlement } from '../stages/policy';

/** LiteLLM's constant: clients show the date, and no model has a true one here. */
const CREATED = 1_677_610_602;

export async function listModels(services: Services, exchange: Exchange): Promise<void> {
  const key = await findKey(services, exchange);
  const { models } = currentEntitlement(services, key);
  const data = models.flatMap((model) =>
    [model.name, ...model.aliases].map((id) => ({
      id,
      object: 'model',
      created: CREATED,
      owned_by: model.deployments[0]?.provider,
      max_input_tokens: model.context_window,
      max_output_tokens: model.max_output_tokens,
    })),
  );
  sendJson(exchange, 200, JSON.stringify({ data, object: 'list' }));
}
