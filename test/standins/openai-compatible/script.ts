/** What the stand-in is told to answer, as data. */

export interface ScriptedCall {
  readonly name: string;
  /** Left out: one of the stand-in's own. */
  readonly id?: string;
  /** The arguments as the model wrote them, in the pieces they are streamed in. */
  readonly pieces: readonly string[];
}

export interface ScriptedUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
  /** As gateways in front of Anthropic's models tell it; part of the prompt's. */
  readonly cache_creation_input_tokens?: number;
}

/** A fault after the status line of a stream. */
export interface Interruption {
  /** `start`: after the chunk with the role; `content`: after the first piece; `finish`: after the finish reason. */
  readonly after: 'start' | 'content' | 'finish';
  /** `error`: an error in the stream. `cut`: the socket is destroyed. `end`: a clean end without [DONE]. */
  readonly how: 'error' | 'cut' | 'end';
}

/** What is sent as it stands, behind a status of 200. */
export interface ScriptedBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly (Buffer | string)[];
  /** The socket is destroyed behind them. @default false */
  readonly isCut?: boolean;
}

export interface ScriptedAnswer {
  /** In place of all else. */
  readonly bytes?: ScriptedBytes;
  readonly text?: readonly string[];
  readonly thoughts?: readonly string[];
  /** Why there is no answer, in its own field. */
  readonly refusal?: readonly string[];
  readonly calls?: readonly ScriptedCall[];
  /** @default "tool_calls" with calls, else "stop"; null is never sent in a stream */
  readonly finishReason?: string | null;
  /** Null: none is sent. @default estimated */
  readonly usage?: ScriptedUsage | null;
  /** Sent with each chunk of content, as some servers do. */
  readonly runningUsage?: ScriptedUsage;
  readonly error?: {
    readonly status: number;
    readonly body: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly interruption?: Interruption;
  /** How calls are numbered in a stream: from a number, all by it, or not at all. @default from 0 */
  readonly numbering?: { readonly from: number } | { readonly all: number } | 'none';
  /** Where thoughts are. @default reasoning_content */
  readonly thoughtsField?: 'reasoning_content' | 'reasoning';
  /** What a test waits for before anything is answered. */
  readonly until?: Promise<unknown>;
}

/** Text, streamed in the given pieces. */
export const say = (...text: string[]): ScriptedAnswer => ({ text });

export function call(
  name: string,
  input: Readonly<Record<string, unknown>> = {},
  { id, pieceLength = 9 }: { id?: string; pieceLength?: number } = {},
): ScriptedCall {
  const json = JSON.stringify(input);
  const pieces: string[] = [];
  for (let at = 0; at < json.length; at += pieceLength) pieces.push(json.slice(at, at + pieceLength));
  return { name, pieces, ...(id === undefined ? {} : { id }) };
}

/** An error in OpenAI's shape. `retryAfter` is in seconds. */
export function fail(
  status: number,
  { message = 'scripted error', type = 'server_error', code = null as string | null, retryAfter = 0 } = {},
): ScriptedAnswer {
  return {
    error: {
      status,
      body: { error: { message, type, param: null, code } },
      ...(retryAfter > 0 ? { headers: { 'retry-after': String(retryAfter) } } : {}),
    },
  };
}
