/** Who runs a model, out of the words that LiteLLM knows it by: `anthropic/…`, `bedrock/…`, `openai/…`. */
import type { Deployment } from '../../src/catalog';
import { wordIn, type Entry } from './config-file';

export interface Place {
  readonly provider: Deployment['provider'];
  readonly id: string;
  /** openai-compatible: what /chat/completions is appended to. */
  readonly base?: string;
}

const OPENAI = 'https://api.openai.com/v1';

/** Speak OpenAI's /chat/completions where an api_base says where. */
const LIKE_OPENAI = [
  'openai',
  'openai_like',
  'custom_openai',
  'hosted_vllm',
  'vllm',
  'lm_studio',
  'llamafile',
  'litellm_proxy',
  'deepseek',
  'fireworks_ai',
  'groq',
  'mistral',
  'moonshot',
  'nvidia_nim',
  'openrouter',
  'perplexity',
  'together_ai',
  'xai',
];

/** What to do about providers that are none of these. */
const ADVICE: Readonly<Record<string, string>> = {
  azure:
    "Azure's older addresses are not spoken here. Where the resource offers its v1 API, write the model as openai/… with that api_base.",
  gemini:
    "Google's own protocol is not spoken here. Its OpenAI-compatible address is: write openai/… with that api_base.",
  vertex_ai: "Google's own protocol and sign-in are not spoken here.",
  ollama: "Ollama's own protocol is not spoken here. Its /v1 is: write openai/… with that api_base.",
};

/** Words of LiteLLM's between `bedrock/` and the id. */
const BEDROCK_ROUTES = ['converse', 'invoke', 'converse_like'];
const REGION = /^[a-z]{2}(-[a-z]{1,10}){1,3}-\d{1,2}$/;

/** @returns why not, where it has none here */
export function placeOf(params: Entry): Place | string {
  const model = wordIn(params, 'model');
  if (model === undefined) return 'litellm_params.model names none.';
  if (model.length > 300) return 'litellm_params.model is longer than 300 characters.';
  if (model.includes('*'))
    return 'A pattern stands for models that nobody has named. Here each model is named, with its price: write down those that are used.';
  const [provider, id] = partsOf(model, wordIn(params, 'custom_llm_provider'));
  if (provider === undefined)
    return 'It does not say who runs it: write anthropic/, bedrock/ or openai/ before the id.';
  if (id === '') return `There is no id behind "${provider}/".`;
  if (provider === 'anthropic') return { provider, id };
  if (provider === 'bedrock' || provider === 'bedrock_converse')
    return { provider: 'bedrock', id: bedrockId(id) };
  const base = wordIn(params, 'api_base') ?? wordIn(params, 'base_url');
  if (provider === 'openai') return { provider: 'openai-compatible', id, base: base ?? OPENAI };
  const [family = ''] = provider.split(/[_-]/, 1);
  const advice = ADVICE[provider] ?? ADVICE[family];
  if (advice !== undefined) return advice;
  if (!LIKE_OPENAI.includes(provider))
    return `The provider "${provider.slice(0, 40)}" is not spoken here. If it has an OpenAI-compatible address, write openai/… with that api_base.`;
  if (base === undefined)
    return `It has no api_base. Write the OpenAI-compatible address of ${provider} there: it is not guessed.`;
  return { provider: 'openai-compatible', id, base };
}

function partsOf(model: string, given: string | undefined): [provider: string | undefined, id: string] {
  if (given !== undefined)
    return [given, model.startsWith(`${given}/`) ? model.slice(given.length + 1) : model];
  const slash = model.indexOf('/');
  if (slash > 0) return [model.slice(0, slash), model.slice(slash + 1)];
  if (model.startsWith('claude-')) return ['anthropic', model];
  if (/^(gpt-|chatgpt-|o[1-9](-|$))/.test(model)) return ['openai', model];
  return [undefined, model];
}

/** Without the route and the region that may stand before it. */
function bedrockId(id: string): string {
  let rest = id;
  for (;;) {
    const slash = rest.indexOf('/');
    const first = rest.slice(0, slash);
    if (slash < 0 || !(BEDROCK_ROUTES.includes(first) || REGION.test(first))) return rest;
    rest = rest.slice(slash + 1);
  }
}
