/**
 * A model call as the gateway thinks of it, whatever protocol it came by.
 *
 * The blocks have the shape of Anthropic's Messages API, the richest of the protocols spoken: what comes in by it
 * passes unchanged, and what goes out to it is written as it stands.
 */

import type { Reasoning } from './reasoning';

export interface CacheMark {
  readonly type: 'ephemeral';
  /** @default five minutes */
  readonly ttl?: '1h';
}

interface Markable {
  cache_control?: CacheMark;
}

export interface TextBlock extends Markable {
  readonly type: 'text';
  readonly text: string;
}

export interface ImageBlock extends Markable {
  readonly type: 'image';
  readonly source:
    | { readonly type: 'base64'; readonly media_type: string; readonly data: string }
    | { readonly type: 'url'; readonly url: string };
}

export interface ToolUseBlock extends Markable {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolResultBlock extends Markable {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content?: string | readonly ResultBlock[];
  readonly is_error?: boolean;
}

/** PDF, text or nested content; nested is what only Anthropic's own protocol brings. */
export interface DocumentBlock extends Markable {
  readonly type: 'document';
  readonly source:
    | { readonly type: 'base64' | 'text'; readonly media_type: string; readonly data: string }
    | { readonly type: 'url'; readonly url: string }
    | { readonly type: 'content'; readonly content?: string | readonly (TextBlock | ImageBlock)[] };
  readonly title?: string;
  readonly citations?: unknown;
}

export interface SearchResultBlock extends Markable {
  readonly type: 'search_result';
  readonly content: readonly TextBlock[];
  readonly citations?: unknown;
}

/**
 * The model's own thoughts, given back: valid only with the signature they came with, so never changed. An empty one is
 * that of a model that signs none. They are the assistant's, and only the user's turns get cache marks of ours.
 */
export type ThinkingBlock = Markable &
  (
    | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
    | { readonly type: 'redacted_thinking'; readonly data: string }
  );

/** What a tool may give back. */
export type ResultBlock = TextBlock | ImageBlock | DocumentBlock | SearchResultBlock;

export type ContentBlock = ResultBlock | ToolUseBlock | ToolResultBlock | ThinkingBlock;

export interface Turn {
  /** `system`: text that instructs from there on. Only Anthropic's own protocol brings it, for models that take it. */
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: ContentBlock[];
}

export interface ToolDefinition extends Markable {
  readonly name: string;
  readonly description?: string;
  readonly input_schema: Readonly<Record<string, unknown>>;
}

export type ToolChoice =
  | { readonly type: 'auto' | 'any'; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'tool'; readonly name: string; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'none' };

/** The form the client wants the answer's text in. */
export type AnswerFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly description?: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

export interface ModelRequest {
  /** Whose words the client uses: what came in a provider's own passes to it unchanged. */
  readonly dialect: 'openai' | 'anthropic';
  /** The model's name as the client wrote it. */
  readonly model: string;
  system: TextBlock[];
  turns: Turn[];
  tools: ToolDefinition[];
  toolChoice?: ToolChoice;
  /** Undefined: the client leaves it to the gateway, whose policy says it then. */
  maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly stopSequences: readonly string[];
  readonly userId: string | undefined;
  /** What OpenAI's clients ask; in Anthropic's protocol it is among `ownMembers`. */
  readonly reasoning?: Reasoning;
  /** As `reasoning`. */
  readonly answerFormat?: AnswerFormat;
  /** Tools whose calls the client wants to follow their schema to the letter. */
  readonly strictTools?: readonly string[];
  /** Members that only Anthropic's own protocol has, written as the client sent them. */
  readonly ownMembers: Readonly<Record<string, unknown>>;
  /** Members that only OpenAI's protocol has and that change nothing but the choice of words. */
  readonly chatMembers: Readonly<Record<string, unknown>>;
  /** Beta features of the provider's that the call asks for; only those that cost nothing but tokens. */
  readonly betas: readonly string[];
  /** Fewest output tokens the provider accepts the call with. */
  readonly leastTokens: number;
  readonly stream: boolean;
  /** Whether a stream ends with a chunk that has the usage. */
  readonly includeUsage: boolean;
  /** The client knows calls by OpenAI's older form only: `function_call`, one an answer. @default false */
  readonly callsOneFunction?: boolean;
  /** Names of fields the client sent that go no further. */
  readonly droppedFields: readonly string[];
}

/** The blocks right inside a block. */
export function innerBlocks(block: ContentBlock): readonly ContentBlock[] {
  switch (block.type) {
    case 'tool_result':
      return typeof block.content === 'object' ? block.content : [];
    case 'search_result':
      return block.content;
    case 'document': {
      const { source } = block;
      return source.type === 'content' && typeof source.content === 'object' ? source.content : [];
    }
    default:
      return [];
  }
}
