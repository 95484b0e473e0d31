/**
 * The document that tells the gateway about models and policy: one JSON file, `GATEWAY_CONFIG`.
 *
 * Checked against `document.schema.json`; written by synth beside the template, or by hand.
 */
import type { Level } from '../../src/levels';

/** US dollars per million tokens. At most three decimals, so that a token costs whole nano-dollars. */
export interface PriceDocument {
  readonly input: number;
  readonly output: number;
  readonly cache_write: number;
  /** With a life of an hour. @default that life is not offered */
  readonly cache_write_1h?: number;
  readonly cache_read: number;
}

export interface DeploymentDocument {
  readonly provider: 'anthropic' | 'bedrock' | 'openai-compatible';
  readonly id: string;
  readonly price: PriceDocument;
  /** Day on which the provider ends it, ISO 8601: from then on others are asked. @default none is announced */
  readonly retires_on?: string;
  /** openai-compatible only, required there: its name in OPENAI_COMPATIBLE_ENDPOINTS. */
  readonly endpoint?: string;
  /** openai-compatible only: the field the token limit is sent in. @default 'max_tokens' */
  readonly max_tokens_field?: 'max_tokens' | 'max_completion_tokens';
  /**
   * openai-compatible only: most tokens that one image comes to. @default none is known, so that a call with an image
   * reserves the whole context
   */
  readonly max_image_tokens?: number;
  /**
   * openai-compatible only: the field of the assistant's messages in which the server wants the model's earlier thoughts
   * back. One setting for all deployments of a model at one endpoint. @default none is sent, since servers refuse it
   */
  readonly thoughts_field?: 'reasoning_content' | 'reasoning';
}

export interface ModelDocument {
  readonly name: string;
  readonly display_name: string;
  /** Tokens. */
  readonly context_window: number;
  /** Tokens. */
  readonly max_output_tokens: number;
  /** Tokens; shorter prompts are not cached by the provider. */
  readonly min_cache_tokens: number;
  readonly supports_images: boolean;
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
  readonly structured_outputs?: boolean;
  /** Whether it goes on from an answer that was begun for it. @default true */
  readonly prefill?: boolean;
  /**
   * Whether it takes system messages between the turns.
   * @default false, so that they are text of the user's turn before them
   */
  readonly system_turns?: boolean;
  readonly aliases: readonly string[];
  /** Names of models that are no more and that this one answers for; who uses one is told so. @default none */
  readonly retired_names?: readonly string[];
  /**
   * Name of the model that answers for this one once its providers have ended it. Who may use this one may use that one
   * as well, unless it is dearer.
   * @default its deployments are asked all the same
   */
  readonly successor?: string;
  /** Tried in this order. */
  readonly deployments: readonly DeploymentDocument[];
}

export interface BudgetDocument {
  /** US dollars in one window. */
  readonly max_budget: number;
  readonly budget_duration: '1d' | '7d' | '30d' | 'none';
}

/** Over all gateway processes. */
export interface AllowanceDocument extends BudgetDocument {
  readonly rpm_limit: number;
  /** Uncached input plus output. */
  readonly tpm_limit: number;
  readonly max_parallel_requests: number;
}

export interface ScopeDocument extends AllowanceDocument {
  /** Gateway model names, or aliases, which stand for a family; "all" allows every model of the document. */
  readonly models: readonly string[] | 'all';
  readonly max_age_days: number;
}

export interface FloorsDocument {
  readonly everyone: Level;
  readonly templates: Readonly<Record<string, Level>>;
  readonly groups: Readonly<Record<string, Level>>;
  /** By user id or name; a name's floor stays with everyone who was ever seen with it. */
  readonly people: Readonly<Record<string, Level>>;
}

/** Budgets that many keys share; every one that a key comes under holds. */
export interface TeamsDocument {
  /** By template name. */
  readonly templates: Readonly<Record<string, BudgetDocument>>;
  /** By Coder group name. */
  readonly groups: Readonly<Record<string, BudgetDocument>>;
}

export interface DesignFirstDocument {
  /** Whether tools that change things are kept from the model until there was a proposal. @default true */
  readonly withhold_tools?: boolean;
}

export interface GatewayDocument {
  readonly version: 1;
  /** Date of the prices, ISO 8601. */
  readonly priced_on: string;
  readonly models: readonly ModelDocument[];
  readonly default_level: Level;
  readonly floors: FloorsDocument;
  readonly design_first?: DesignFirstDocument;
  readonly claim_max_age_days: number;
  /** Keyed by scope name: workspace, user, ci, agent:review, agent:write. */
  readonly scopes: Readonly<Record<string, ScopeDocument>>;
  /** Over all keys of one person. */
  readonly owner: AllowanceDocument;
  readonly teams: TeamsDocument;
  /** Output tokens of a call that names no limit, at most what its model can write. @default 32000 */
  readonly default_output_tokens?: number;
  /** Per cent of a budget at which administrators are told, in any order. @default 50, 80 and 100 */
  readonly budget_alerts?: readonly number[];
  /** IANA name of the time zone at whose midnight budget windows open. */
  readonly time_zone: string;
  /** Days after which single calls become daily sums. */
  readonly retention_days: number;
}
