import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import OpenAI from 'openai';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { policyFile, type PolicyFile } from '../gateway/support/policy-file';
import { startAnthropicStandin, type AnthropicStandin, type ScriptedAnswer } from '../standins/anthropic';
import { answerTo } from './asked';
import { cases, toChat, toMessages, type Case } from './conversation';
import { startCuttingRelay, type CuttingRelay } from './cutting-relay';
import { askChat, askMessages } from './seen';
import { PROMPT } from './without-sockets';

const CASES = Math.ceil(Number(process.env['DIFFERENTIAL_CASES'] ?? 2_000) / 8);
const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_122);

let standin: AnthropicStandin;
let relay: CuttingRelay;
let document: PolicyFile;
let gateway: TestGateway;
let direct: Anthropic;
let through: OpenAI;
beforeAll(async () => {
  // The SDK tells at each call when a model will retire.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  standin = await startAnthropicStandin();
  relay = await startCuttingRelay(standin.url);
  const budget = { maxBudget: 1_000_000 };
  document = await policyFile({ workspace: budget, owner: budget });
  gateway = await startTestGateway({ standin, env: { ...document.env, ANTHROPIC_BASE_URL: relay.url } });
  direct = new Anthropic({ apiKey: standin.apiKey, baseURL: standin.url, maxRetries: 0 });
  const apiKey = await gateway.workspaceKey();
  through = new OpenAI({ apiKey, baseURL: `${gateway.dataUrl}/v1`, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.close();
  await relay.close();
  await standin.close();
  await document.remove();
});

/** No more than a provider could count: who counts more than was set aside closes the key. */
const bounded = (usage: ScriptedAnswer['usage'], maxTokens: number): ScriptedAnswer['usage'] => ({
  input_tokens: (usage?.input_tokens ?? 0) % 30,
  cache_creation_input_tokens: (usage?.cache_creation_input_tokens ?? 0) % 30,
  cache_read_input_tokens: (usage?.cache_read_input_tokens ?? 0) % 30,
  output_tokens: 1 + ((usage?.output_tokens ?? 0) % maxTokens),
});

test('on real sockets too, both SDKs see the same', async () => {
  const see = async ({ conversation, answer, cuts }: Case): Promise<void> => {
    const { stream, maxTokens } = conversation;
    relay.cuts = cuts;
    const counted = { ...answer, usage: bounded(answer.usage, maxTokens) };
    standin.setDefault(({ body }) => answerTo(body, PROMPT, counted));
    const expected = await askMessages(
      direct,
      toMessages(conversation, 'claude-sonnet-4-5-20250929'),
      stream,
    );
    expect(await askChat(through, toChat(conversation, 'claude-sonnet-4-5'), stream)).toEqual(expected);
  };
  await fc.assert(fc.asyncProperty(cases, see), { seed: SEED, numRuns: CASES });
});
