/**
 * The catalog: which models exist, what they can do, who serves them and what they cost.
 *
 * The only place that knows models. The template's options, the assistants' configuration and the
 * gateway's routing and prices are rendered from it.
 */

/** US dollars per million tokens, as the provider lists them for one (provider, id). */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Written to the prompt cache with the default life of five minutes. */
  readonly cacheWrite: number;
  /** Written to it with a life of an hour. @default that life is not offered */
  readonly cacheWriteHour?: number;
  /** Read from the prompt cache. */
  readonly cacheRead: number;
}

/** One place that can answer for a model. A price belongs to it, never to an alias. */
export interface Deployment {
  readonly provider: 'anthropic' | 'bedrock' | 'openai-compatible';
  /** The provider's own model id. */
  readonly id: string;
  readonly price: Price;
  /** Day on which the provider ends it, ISO 8601: from then on others are asked. @default none is announced */
  readonly retiresOn?: string;
  /** openai-compatible only, required there: its name in the gateway's OPENAI_COMPATIBLE_ENDPOINTS. */
  readonly endpoint?: string;
  /** openai-compatible only: the field the token limit is sent in. @default 'max_tokens' */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /**
   * openai-compatible only: most tokens that one image comes to. @default none is known, so that a call with an image
   * reserves the whole context
   */
  readonly maxImageTokens?: number;
  /**
   * openai-compatible only: the field of the assistant's messages in which the server wants the model's earlier thoughts
   * back, as DeepSeek's and Moonshot's do. One for all deployments of a model at one endpoint. @default none is sent
   */
  readonly thoughtsField?: 'reasoning_content' | 'reasoning';
}

export interface Model {
  /** The name clients use at the gateway. */
  readonly name: string;
  readonly displayName: string;
  /** Total context window in tokens. */
  readonly contextWindow: number;
  /** Most output tokens of one answer. */
  readonly maxOutputTokens: number;
  /** Smallest prompt, in tokens, the provider caches. */
  readonly minCacheTokens: number;
  readonly supportsImages: boolean;
  /**
   * How it is told to think. `budget`: by a number of tokens; `effort`: by a word, in a field that is a beta of
   * Anthropic's; `adaptive`: by a word, and it decides itself when. @default 'none'
   */
  readonly reasoning?: 'none' | 'budget' | 'effort' | 'adaptive';
  /**
   * The words it takes, where it is told by a word; `none` and `minimal` are OpenAI's, `max` is Anthropic's.
   * @default low, medium and high; at an openai-compatible endpoint all that OpenAI has
   */
  readonly efforts?: readonly ('none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max')[];
  /**
   * Whether it takes temperature and top_p together, one of the two, or neither.
   * @default 'one'; at an openai-compatible endpoint 'both'
   */
  readonly sampling?: 'both' | 'one' | 'none';
  /** Whether it follows a JSON schema by itself. @default false */
  readonly structuredOutputs?: boolean;
  /** Whether it goes on from an answer that was begun for it. @default true */
  readonly prefill?: boolean;
  /**
   * Whether it takes system messages between the turns, as Claude does from Opus 4.8 on. @default false, so that they
   * are text of the user's turn before them
   */
  readonly systemTurns?: boolean;
  /** Other names the gateway accepts for it; each stands for the family it is the newest of, in the policy as well. */
  readonly aliases: readonly string[];
  /**
   * Names of models that their provider has ended and this one answers for; its own may be among them. Who uses one is
   * told so. @default none
   */
  readonly retiredNames?: readonly string[];
  /**
   * Name of the model that answers for this one once its providers have ended it. Who may use this one may use that one
   * as well, unless it is dearer.
   * @default its deployments are asked all the same
   */
  readonly successor?: string;
  /** In the order they are tried. */
  readonly deployments: readonly Deployment[];
}

/** What a developer picks in the workspace form: `ai_model`. Values are for ever. */
export interface ModelChoice {
  readonly value: string;
  /** Name of the model at the gateway. */
  readonly model: string;
  readonly label: string;
  readonly description: string;
}

export interface Catalog {
  /** Date the prices were taken from the providers' lists, ISO 8601. */
  readonly pricedOn: string;
  readonly models: readonly Model[];
  readonly choices: readonly ModelChoice[];
  /** Value of `ai_model` when nothing is chosen. */
  readonly defaultChoice: string;
  /** Gateway name of the model for titles and summaries. */
  readonly smallModel: string;
}

const anthropic = (id: string, price: Price, retiresOn?: string): Deployment => ({
  provider: 'anthropic',
  id,
  price,
  ...(retiresOn === undefined ? {} : { retiresOn }),
});
const bedrock = (id: string, price: Price): Deployment => ({ provider: 'bedrock', id, price });

const SONNET: Price = { input: 3, output: 15, cacheWrite: 3.75, cacheWriteHour: 6, cacheRead: 0.3 };
const HAIKU: Price = { input: 1, output: 5, cacheWrite: 1.25, cacheWriteHour: 2, cacheRead: 0.1 };
const OPUS: Price = { input: 5, output: 25, cacheWrite: 6.25, cacheWriteHour: 10, cacheRead: 0.5 };

const SONNET_5_5: Price = { input: 2, output: 10, cacheWrite: 2.5, cacheWriteHour: 4, cacheRead: 0.1 };
const OPUS_5_5: Price = { input: 4, output: 20, cacheWrite: 5, cacheWriteHour: 8, cacheRead: 0.2 };

// The geographic ids on Bedrock cost a tenth more than the list price, from the 4.5 generation on.
const SONNET_US: Price = {
  input: 3.3,
  output: 16.5,
  cacheWrite: 4.125,
  cacheWriteHour: 6.6,
  cacheRead: 0.33,
};
const HAIKU_US: Price = { input: 1.1, output: 5.5, cacheWrite: 1.375, cacheWriteHour: 2.2, cacheRead: 0.11 };
const OPUS_US: Price = { input: 5.5, output: 27.5, cacheWrite: 6.875, cacheWriteHour: 11, cacheRead: 0.55 };

// Reading the cache got cheaper at Anthropic on 2026-10-07; for Bedrock nothing is known of it.
const SONNET_5_5_US: Price = {
  input: 2.2,
  output: 11,
  cacheWrite: 2.75,
  cacheWriteHour: 4.4,
  cacheRead: 0.22,
};
const OPUS_5_5_US: Price = { input: 4.4, output: 22, cacheWrite: 5.5, cacheWriteHour: 8.8, cacheRead: 0.22 };

const SONNET_LIMITS = {
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  minCacheTokens: 1024,
  supportsImages: true,
  reasoning: 'budget' as const,
  structuredOutputs: true,
};
const HAIKU_LIMITS = {
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  minCacheTokens: 4096,
  supportsImages: true,
  reasoning: 'budget' as const,
  structuredOutputs: true,
};
const OPUS_LIMITS = {
  contextWindow: 200_000,
  maxOutputTokens: 64_000,
  minCacheTokens: 4096,
  supportsImages: true,
  reasoning: 'effort' as const,
  structuredOutputs: true,
};

/** Of the generation that decides itself when to think; it takes no sampling parameters and no begun answer. */
const LIMITS_5_5 = {
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  supportsImages: true,
  reasoning: 'adaptive' as const,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'] as const,
  sampling: 'none' as const,
  structuredOutputs: true,
  prefill: false,
  systemTurns: true,
};

const SONNET_ON_BEDROCK = bedrock('us.anthropic.claude-sonnet-4-5-20250929-v1:0', SONNET_US);
const HAIKU_ON_BEDROCK = bedrock('us.anthropic.claude-haiku-4-5-20251001-v1:0', HAIKU_US);
const OPUS_ON_BEDROCK = bedrock('us.anthropic.claude-opus-4-5-20251101-v1:0', OPUS_US);

export const catalog: Catalog = {
  pricedOn: '2026-11-20',
  models: [
    {
      name: 'claude-sonnet-4-5',
      displayName: 'Claude Sonnet 4.5',
      ...SONNET_LIMITS,
      aliases: [],
      successor: 'claude-sonnet-5-5',
      deployments: [anthropic('claude-sonnet-4-5-20250929', SONNET, '2026-11-30'), SONNET_ON_BEDROCK],
    },
    {
      name: 'claude-haiku-4-5',
      displayName: 'Claude Haiku 4.5',
      ...HAIKU_LIMITS,
      aliases: ['claude-haiku'],
      deployments: [anthropic('claude-haiku-4-5-20251001', HAIKU), HAIKU_ON_BEDROCK],
    },
    {
      // Anthropic ended Opus 4 on 2026-06-15 and Opus 4.1 on 2026-08-05; the name lives on, served by their successor.
      name: 'claude-opus-4',
      displayName: 'Claude Opus 4.5',
      ...OPUS_LIMITS,
      aliases: ['claude-opus'],
      retiredNames: [
        'claude-opus-4',
        'claude-opus-4-20250514',
        'claude-opus-4-1',
        'claude-opus-4-1-20250805',
      ],
      deployments: [anthropic('claude-opus-4-5-20251101', OPUS), OPUS_ON_BEDROCK],
    },
    {
      name: 'claude-sonnet-5-5',
      displayName: 'Claude Sonnet 5.5',
      ...LIMITS_5_5,
      minCacheTokens: 1024,
      aliases: ['claude-sonnet'],
      deployments: [
        anthropic('claude-sonnet-5-5', SONNET_5_5),
        bedrock('us.anthropic.claude-sonnet-5-5', SONNET_5_5_US),
      ],
    },
    {
      name: 'claude-opus-5-5',
      displayName: 'Claude Opus 5.5',
      ...LIMITS_5_5,
      minCacheTokens: 4096,
      aliases: [],
      deployments: [
        anthropic('claude-opus-5-5', OPUS_5_5),
        bedrock('us.anthropic.claude-opus-5-5', OPUS_5_5_US),
      ],
    },
    {
      name: 'bedrock-claude-sonnet',
      displayName: 'Claude Sonnet 4.5 (AWS Bedrock)',
      ...SONNET_LIMITS,
      aliases: [],
      deployments: [SONNET_ON_BEDROCK],
    },
    {
      name: 'bedrock-claude-haiku',
      displayName: 'Claude Haiku 4.5 (AWS Bedrock)',
      ...HAIKU_LIMITS,
      aliases: [],
      deployments: [HAIKU_ON_BEDROCK],
    },
  ],
  choices: [
    {
      value: 'claude-sonnet',
      model: 'claude-sonnet-5-5',
      label: 'Claude Sonnet 5.5 (balanced)',
      description: 'Good for most coding tasks',
    },
    {
      value: 'claude-haiku',
      model: 'claude-haiku-4-5',
      label: 'Claude Haiku 4.5 (fast)',
      description: 'Quick answers at the lowest cost',
    },
    {
      value: 'claude-opus',
      model: 'claude-opus-4',
      label: 'Claude Opus 4.5 (advanced)',
      description: 'Architecture and hard problems, at the highest cost',
    },
  ],
  defaultChoice: 'claude-sonnet',
  smallModel: 'claude-haiku-4-5',
};
