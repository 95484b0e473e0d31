/**
 * A model call as the gateway thinks of it, whatever protocol it came by.
 *
 * The blocks have the shape of Anthropic's Messages API, the richest of the protocols spoken: what comes in by it
 * passes unchanged, and what goes out to it is written as it stands.
 */

export interface CacheMark {
  readonly type: 'ephemeral';
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
  readonly content?: readonly (TextBlock | ImageBlock)[];
  readonly is_error?: boolean;
}

export type ContentBlock = TextBlock | ImageBlock | ToolUseBlock | ToolResultBlock;

export interface Turn {
  readonly role: 'user' | 'assistant';
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

export interface ModelRequest {
  /** The model's name as the client wrote it. */
  readonly model: string;
  system: TextBlock[];
  turns: Turn[];
  tools: ToolDefinition[];
  toolChoice?: ToolChoice;
  /** Undefined: the client leaves it to the gateway. */
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly stopSequences: readonly string[];
  readonly userId: string | undefined;
  readonly stream: boolean;
  /** Whether a stream ends with a chunk that has the usage. */
  readonly includeUsage: boolean;
  /** Names of fields the client sent that go no further. */
  readonly droppedFields: readonly string[];
}

export interface ImageWeight {
  readonly count: number;
  /** Bytes of base64 text; an image's tokens do not follow from them. */
  readonly base64Bytes: number;
}

/** How many images a request carries, wherever they sit. */
export function weighImages(request: ModelRequest): ImageWeight {
  let count = 0;
  let base64Bytes = 0;
  const weigh = (blocks: readonly ContentBlock[]): void => {
    for (const block of blocks) {
      if (block.type === 'tool_result' && block.content) weigh(block.content);
      if (block.type !== 'image') continue;
      count += 1;
      if (block.source.type === 'base64') base64Bytes += block.source.data.length;
    }
  };
  for (const turn of request.turns) weigh(turn.content);
  return { count, base64Bytes };
}
