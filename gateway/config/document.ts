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
  readonly cache_read: number;
}

export interface DeploymentDocument {
  readonly provider: 'anthropic' | 'bedrock';
  readonly id: string;
  readonly price: PriceDocument;
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
  readonly aliases: readonly string[];
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
  /** Gateway model names; "all" allows every model of the document. */
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
  /** IANA name of the time zone at whose midnight budget windows open. */
  readonly time_zone: string;
  /** Days after which single calls become daily sums. */
  readonly retention_days: number;
}
