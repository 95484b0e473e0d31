/** Models as administrators and their tools ask about them. */
import type { ModelDocument } from '../config/document';
import { providerKey } from '../providers/provider';
import { endpoint } from './endpoint';
import { answer, freeObject, input, listOf, string } from './json-schema';

const PER_TOKEN = 1e6;

export const info = endpoint({
  method: 'GET',
  paths: ['/model/info', '/v1/model/info'],
  tag: 'models',
  summary: "Every deployment of every model, with prices and limits; no provider's secret.",
  role: 'viewer',
  input: input({}),
  answer: answer({
    data: listOf(answer({ model_name: string, litellm_params: freeObject, model_info: freeObject })),
  }),
  handle({ services }) {
    const { models } = services.documents.current.document;
    const data = models.flatMap((model) =>
      model.deployments.map((_, index) => describe(model, index, services)),
    );
    return Promise.resolve({ data });
  },
});

function describe(
  model: ModelDocument,
  index: number,
  { providers }: { readonly providers: ReadonlyMap<string, unknown> },
) {
  const deployment = model.deployments[index];
  if (deployment === undefined) throw new Error('no such deployment');
  const { provider, id, price } = deployment;
  return {
    model_name: model.name,
    litellm_params: { model: `${provider}/${id}` },
    model_info: {
      id: `${model.name}/${provider}/${id}`,
      db_model: false,
      key: id,
      mode: 'chat',
      litellm_provider: provider,
      aliases: model.aliases,
      max_tokens: model.max_output_tokens,
      max_input_tokens: model.context_window,
      max_output_tokens: model.max_output_tokens,
      input_cost_per_token: price.input / PER_TOKEN,
      output_cost_per_token: price.output / PER_TOKEN,
      cache_creation_input_token_cost: price.cache_write / PER_TOKEN,
      cache_read_input_token_cost: price.cache_read / PER_TOKEN,
      supports_vision: model.supports_images,
      available: providers.has(providerKey(deployment)),
    },
  };
}
