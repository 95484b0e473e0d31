/** A gateway in front of the stand-in for clients as people have them, and what each may be told by a status. */
import type { Limits } from '../../gateway/services';
import type { Model } from '../../src/catalog';
import { lastingCatalog as catalog } from '../gateway/support/lasting-catalog';
import { policyFile, type PolicyChanges } from '../gateway/support/policy-file';
import { startTestGateway, type TestGateway } from '../gateway/support/gateway';
import { fail, say, text, thinking, toolCall, type ScriptedAnswer } from '../standins/anthropic';
import { isObject, list, type Json } from '../standins/anthropic/call';
import { startOpenAiCompatibleStandin, type OpenAiCompatibleStandin } from '../standins/openai-compatible';

export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

export const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
} as const;

/** A model of one's own, and the name by which Claude Code lists it. */
export const LOCAL = { name: 'local-coder', alias: 'claude-local' };

const localModel = ({ model }: OpenAiCompatibleStandin): Model => ({
  name: LOCAL.name,
  displayName: 'Local coder',
  contextWindow: 200_000,
  maxOutputTokens: 16_000,
  minCacheTokens: 0,
  supportsImages: false,
  reasoning: 'effort',
  efforts: ['low', 'medium', 'high'],
  aliases: [LOCAL.alias],
  deployments: [
    {
      provider: 'openai-compatible',
      endpoint: 'local',
      id: model,
      price: { input: 1, output: 2, cacheWrite: 1, cacheRead: 1 },
    },
  ],
});

export interface ClientGateway extends TestGateway {
  /** Behind the model `LOCAL`. */
  readonly endpoint: OpenAiCompatibleStandin;
  /** A key that works. */
  readonly key: string;
  /** Another one: a key that was refused for its budget is for a while, whatever the policy says by then. */
  newKey(): Promise<string>;
  /** Puts another policy in force at once. */
  policy(changes: PolicyChanges): Promise<void>;
}

export async function startClientGateway(limits: Partial<Limits> = {}): Promise<ClientGateway> {
  const endpoint = await startOpenAiCompatibleStandin({ efforts: ['low', 'medium', 'high'] });
  const models = [...catalog.models, localModel(endpoint)];
  const document = await policyFile({ models });
  const gateway = await startTestGateway({
    env: {
      ...document.env,
      OPENAI_COMPATIBLE_ENDPOINTS: JSON.stringify({
        local: { base_url: endpoint.url, api_key: endpoint.apiKey },
      }),
    },
    limits: { drainMs: 2_000, ...limits },
  });
  let keys = 0;
  const newKey = (): Promise<string> =>
    gateway.workspaceKey({ workspace: { id: `client-${(keys += 1)}`, name: 'dev' } });
  return {
    ...gateway,
    endpoint,
    key: await newKey(),
    newKey,
    async policy(changes) {
      await document.write({ models, ...changes });
      gateway.gateway.services.documents.poll();
    },
    async close() {
      await gateway.close();
      await endpoint.close();
      await document.remove();
    },
  };
}

/** A `fetch` that counts: what an SDK does by itself is one call to whoever uses it. */
export function counted(): { fetch: typeof fetch; tries: () => number } {
  let tries = 0;
  return {
    fetch: (...request) => {
      tries += 1;
      return fetch(...request);
    },
    tries: () => tries,
  };
}

export interface Refused {
  readonly status: number;
  /** How often a client asks that may ask twice again. */
  readonly tries: number;
  readonly message: RegExp;
  /** Brings it about. */
  readonly prepare?: (gateway: ClientGateway) => Promise<void> | void;
  /** In place of the key that works. */
  readonly key?: string;
}

const WHEN_TOLD = { retryAfter: 1 };
const answers = (answer: ScriptedAnswer) => (gateway: ClientGateway) =>
  gateway.standin.setDefault(() => answer);

/** What cannot be mended by asking again is asked once. */
export const REFUSED: readonly Refused[] = [
  {
    status: 400,
    tries: 1,
    message: /messages\.0: no such thing/,
    prepare: answers(fail(400, { message: 'messages.0: no such thing' })),
  },
  { status: 401, tries: 1, message: /Authentication Error/, key: 'sk-nobody-ever-had-this-key' },
  {
    status: 402,
    tries: 1,
    message: /Budget has been exceeded/,
    prepare: (gateway) => gateway.policy({ workspace: { maxBudget: 0.001 } }),
  },
  {
    status: 403,
    tries: 1,
    message: /key not allowed to access model/,
    prepare: (gateway) => gateway.policy({ workspace: { models: ['claude-haiku-4-5'] } }),
  },
  { status: 429, tries: 3, message: /rate/, prepare: answers(fail(429, WHEN_TOLD)) },
  { status: 503, tries: 3, message: /overloaded/, prepare: answers(fail(529, WHEN_TOLD)) },
];

/** Two calls at once in the first answer, then one more, then words. */
export const WEATHER_STEPS: readonly ScriptedAnswer[] = [
  {
    content: [
      text('I look ', 'twice.'),
      toolCall('weather', { city: 'Köln' }, { id: 'toolu_a' }),
      toolCall('weather', { city: '東京' }, { id: 'toolu_b', pieceLength: 1 }),
    ],
  },
  { content: [toolCall('weather', { city: 'Oslo' }, { id: 'toolu_c' })] },
  say('Cold ', 'everywhere.'),
];

export const THOUGHT: ScriptedAnswer = { content: [thinking('It is asked politely.'), text('Yes.')] };

/** The last body that the provider was sent. */
export function lastBody(gateway: ClientGateway): Json {
  const body = gateway.standin.requests.at(-1)?.body;
  return isObject(body) ? body : {};
}

/** The blocks of one kind in the last body's conversation, in order. */
export const sentBlocks = (gateway: ClientGateway, type: string): Json[] =>
  list(lastBody(gateway)['messages'])
    .flatMap((message) => list(isObject(message) ? message['content'] : undefined))
    .filter((block): block is Json => isObject(block) && block['type'] === type);

/** Rules of the provider that were broken by what the gateway sent; none should be. */
export const refusedBy = (gateway: ClientGateway): unknown[] =>
  gateway.standin.requests.flatMap(({ refusedBy: rule }) => rule ?? []);

/** Slow enough to be left in the middle. */
export const SLOW: ScriptedAnswer = {
  ...say(...Array.from({ length: 40 }, () => 'word ')),
  eventDelayMs: 50,
};
