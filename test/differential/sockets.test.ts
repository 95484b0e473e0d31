import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import OpenAI from 'openai';
import { catalog, type Deployment, type Model } from '../../src/catalog';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { ANTHROPIC, BEDROCK, COMPATIBLE } from '../fuzz/providers';
import { startAnthropicStandin, type AnthropicStandin, type ScriptedAnswer } from '../standins/anthropic';
import { isObject, type Json } from '../standins/anthropic/call';
import { startBedrockStandin, type BedrockStandin } from '../standins/bedrock';
import { startOpenAiCompatibleStandin, type OpenAiCompatibleStandin } from '../standins/openai-compatible';
import { asChatScript, isSilent, SILENT } from './chat-script';
import { cases, toChat, toMessages, type Case } from './conversation';
import { startCuttingRelay, type CuttingRelay } from './cutting-relay';
import { askChat, askMessages } from './seen';
import { bothAsked } from './ways';

const CASES = Math.ceil(Number(process.env['DIFFERENTIAL_CASES'] ?? 2_000) / 12);
/** Milliseconds for a case on a machine with too much to do. */
const CASE_MS = 1_000;
const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_122);

let standin: AnthropicStandin;
let bedrock: BedrockStandin;
let endpoint: OpenAiCompatibleStandin;
let relays: CuttingRelay[];
let document: PolicyFile;
let gateway: TestGateway;
let direct: Anthropic;
let chat: OpenAI;
let messages: Anthropic;

/** A model that each of the providers serves alone. */
function modelsOf(endpointModel: string): Model[] {
  const [model] = catalog.models;
  const [first] = model?.deployments ?? [];
  if (model === undefined || first === undefined) throw new Error('the catalog has lost its models');
  const served = ({ provider }: Deployment): boolean => provider === 'bedrock';
  const own: Deployment = { ...first, provider: 'openai-compatible', endpoint: 'own', id: endpointModel };
  const named = (name: string, deployments: readonly Deployment[]): Model => ({
    ...model,
    name,
    aliases: [],
    deployments,
  });
  return [
    ...catalog.models,
    named('anthropic', [first]),
    named('bedrock', model.deployments.filter(served)),
    named('own', [own]),
  ];
}

beforeAll(async () => {
  // The SDK tells at each call when a model will retire.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  standin = await startAnthropicStandin();
  bedrock = await startBedrockStandin();
  endpoint = await startOpenAiCompatibleStandin();
  relays = await Promise.all(
    [standin.url, bedrock.url, new URL(endpoint.url).origin].map((url) => startCuttingRelay(url)),
  );
  const [toAnthropic = '', toBedrock = '', toEndpoint = ''] = relays.map(({ url }) => url);
  const budget = { maxBudget: 1_000_000 };
  document = await policyFile({ workspace: budget, owner: budget, models: modelsOf(endpoint.model) });
  gateway = await startTestGateway({
    standin,
    env: {
      ...document.env,
      ...bedrock.env,
      ANTHROPIC_BASE_URL: toAnthropic,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: toBedrock,
      OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({
        own: { base_url: `${toEndpoint}/v1`, api_key: endpoint.apiKey },
      }),
    },
  });
  direct = new Anthropic({ apiKey: standin.apiKey, baseURL: standin.url, maxRetries: 0 });
  const apiKey = await gateway.workspaceKey();
  chat = new OpenAI({ apiKey, baseURL: `${gateway.dataUrl}/v1`, maxRetries: 0 });
  messages = new Anthropic({ apiKey, baseURL: gateway.dataUrl, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.close();
  for (const each of [...relays, standin, bedrock, endpoint]) await each.close();
  await document.remove();
});

/** No more than a provider could count: who counts more than was set aside closes the key. */
const bounded = (usage: ScriptedAnswer['usage'], maxTokens: number): ScriptedAnswer['usage'] => ({
  input_tokens: (usage?.input_tokens ?? 0) % 30,
  cache_creation_input_tokens: (usage?.cache_creation_input_tokens ?? 0) % 30,
  cache_read_input_tokens: (usage?.cache_read_input_tokens ?? 0) % 30,
  output_tokens: 1 + ((usage?.output_tokens ?? 0) % maxTokens),
});

/** The provider's stand-in, how it is told what to say, and the model it serves alone. */
const PLACES = [
  {
    model: 'anthropic',
    provider: ANTHROPIC,
    tell: (answer: ScriptedAnswer) => standin.answer(answer),
    requests: () => standin.requests,
  },
  {
    model: 'bedrock',
    provider: BEDROCK,
    tell: (answer: ScriptedAnswer) => bedrock.answer(answer),
    requests: () => bedrock.requests,
  },
  {
    model: 'own',
    provider: COMPATIBLE,
    tell: (answer: ScriptedAnswer) => endpoint.answer(asChatScript(answer)),
    requests: () => endpoint.requests,
  },
] as const;

const bodyOf = (request: { readonly body?: unknown } | undefined): Json =>
  isObject(request?.body) ? request.body : {};

const seeAll = async (): Promise<void> => {
  let turn = 0;
  const see = async ({ conversation, answer, cuts }: Case): Promise<void> => {
    const { stream, maxTokens } = conversation;
    const counted = { ...answer, usage: bounded(answer.usage, maxTokens) };
    for (const relay of relays) relay.cuts = cuts;
    standin.answer(counted);
    const said = toMessages(conversation, 'claude-sonnet-4-5-20250929');
    const expected = await askMessages(direct, said, stream);
    turn += 1;
    const { model, provider, tell, requests } = PLACES[turn % PLACES.length] ?? PLACES[0];
    tell(counted);
    const asking =
      turn % 2 === 0
        ? askChat(chat, toChat(conversation, model), stream)
        : askMessages(messages, toMessages(conversation, model), stream);
    if (provider === COMPATIBLE && isSilent(counted)) return expect(asking).rejects.toThrow(SILENT);
    const seen = await asking;
    const { asked, expected: toAsk } = bothAsked(provider, bodyOf(requests().at(-1)), said);
    expect({ model, seen, asked }).toEqual({ model, seen: expected, asked: toAsk });
  };
  await fc.assert(fc.asyncProperty(cases, see), { seed: SEED, numRuns: CASES });
};

test('on real sockets too, SDKs see the same', seeAll, Math.max(300_000, CASES * CASE_MS));
