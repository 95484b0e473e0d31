/** The models a key may use, under their names and aliases, with what they can do and cost. */
import { GatewayError } from '../errors';
import { sendJson, type Exchange } from '../http/exchange';
import type { Services } from '../services';
import { allowedTo, listedAs, type ListedModel } from './listed-model';
import { describeForAnthropic, pageOf } from './models-anthropic';
import { asksAsAnthropic } from './models-dialect';

/** LiteLLM's constant: clients show the date, and no model has a true one here. */
const CREATED = 1_677_610_602;

export async function listModels(services: Services, exchange: Exchange): Promise<void> {
  const allowed = await allowedTo(services, exchange);
  const listed = allowed.flatMap((model) =>
    [model.name, ...model.aliases].map((id) => listedAs(id, model, services, allowed)),
  );
  const { priced_on } = services.documents.current.document;
  const answer = asksAsAnthropic(exchange.request.headers)
    ? pageOf(
        listed.filter(({ isAvailable }) => isAvailable),
        queryOf(exchange),
      )
    : { data: listed.map(describe), object: 'list', priced_on };
  sendJson(exchange, 200, JSON.stringify(answer));
}

/** The one that the path names, also by the name of a model that is no more. */
export async function showModel(services: Services, exchange: Exchange): Promise<void> {
  const allowed = await allowedTo(services, exchange);
  const id = idOf(exchange);
  const model = services.documents.current.models.get(id);
  if (model === undefined || !allowed.includes(model)) throw new GatewayError('model_not_listed');
  const listed = listedAs(id, model, services, allowed);
  const isAnthropic = asksAsAnthropic(exchange.request.headers);
  if (isAnthropic && !listed.isAvailable) throw new GatewayError('model_not_listed');
  sendJson(exchange, 200, JSON.stringify(isAnthropic ? describeForAnthropic(listed) : describe(listed)));
}

const addressOf = ({ request }: Exchange): URL => new URL(request.url ?? '/', 'http://gateway');

const queryOf = (exchange: Exchange): URLSearchParams => addressOf(exchange).searchParams;

function idOf(exchange: Exchange): string {
  // bounded: a header or an address is no longer than Node takes
  const encoded = addressOf(exchange).pathname.replace(/^(\/v1)?\/models\//, '');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** In OpenAI's shape. Names are LiteLLM's where it has one for the same thing; all prices are US dollars for a million tokens. */
function describe({ id, asked, serving, isAvailable }: ListedModel): Record<string, unknown> {
  const { model, candidates } = serving;
  // Who answers first decides what a call costs as a rule; `admit` reserves for the dearest.
  const deployment = candidates[0]?.deployment ?? model.deployments[0];
  return {
    id,
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
    // One that nobody serves is listed here, because the key may use it.
    available: isAvailable,
  };
}
