/** What the stand-in is told to answer, as data. */

export interface Usage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
}

export type ScriptedBlock =
  | { readonly type: 'text'; readonly text: string; readonly pieces: readonly string[] }
  | {
      readonly type: 'tool_use';
      readonly id?: string;
      readonly name: string;
      readonly input: Readonly<Record<string, unknown>>;
      /** The JSON of the input as it is streamed; none for an empty input. */
      readonly pieces: readonly string[];
    }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature?: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded';

/** An error before any content, in the API's shape. */
export interface ScriptedError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent instead of the API's shape: what a proxy in between answers. */
  readonly rawBody?: string;
}

/** A fault after the status line. */
export interface Interruption {
  /**
   * `start`: after message_start; `content`: after the first piece of content; `end`: after all content, before
   * message_delta. A whole answer is cut in the middle of its body whatever the place.
   */
  readonly after: 'start' | 'content' | 'end';
  /** `error`: an error event, then the end. `cut`: the socket is destroyed. `end`: a clean end, too early. */
  readonly how: 'error' | 'cut' | 'end';
  /** Of the error event; overloaded_error when left out. */
  readonly errorType?: string;
  /** Of the error event; some words when left out. */
  readonly errorMessage?: string;
}

export interface ScriptedAnswer {
  readonly content?: readonly ScriptedBlock[];
  /** `tool_use` when there is a tool call, else `end_turn`, when left out. */
  readonly stopReason?: StopReason;
  readonly stopSequence?: string;
  /** Told beside the stop reason, as of a refusal. */
  readonly stopDetails?: Readonly<Record<string, unknown>>;
  /** What is left out is estimated. A given `output_tokens` is used even above max_tokens. */
  readonly usage?: Partial<Usage>;
  readonly error?: ScriptedError;
  /** Milliseconds before the status line; at most 10 s. */
  readonly delayMs?: number;
  /** What a test waits for before it goes on: a whole answer before the status line, a stream after its first event. */
  readonly until?: Promise<unknown>;
  /** Milliseconds between two events; at most 1 s. */
  readonly eventDelayMs?: number;
  readonly interruption?: Interruption;
  /** message_start is sent a second time after the first piece of content. */
  readonly duplicateMessageStart?: boolean;
  /** A larger count than message_start's, sent (and charged) with message_delta. */
  readonly finalInputTokens?: number;
  /** `ping` events after message_start; 1 when left out. */
  readonly pings?: number;
}

/** Text, streamed in the given pieces. */
export function text(...pieces: string[]): ScriptedBlock {
  return { type: 'text', text: pieces.join(''), pieces };
}

/** A tool call. Its input is streamed in pieces of about `pieceLength` characters. */
export function toolCall(
  name: string,
  input: Readonly<Record<string, unknown>> = {},
  { id, pieceLength = 12 }: { id?: string; pieceLength?: number } = {},
): ScriptedBlock {
  const json = Object.keys(input).length === 0 ? '' : JSON.stringify(input);
  const pieces: string[] = [];
  for (let at = 0; at < json.length; at += pieceLength) pieces.push(json.slice(at, at + pieceLength));
  return { type: 'tool_use', name, input, pieces, ...(id === undefined ? {} : { id }) };
}

/** Thinking; the signature is issued by the stand-in unless given. */
export function thinking(content: string, signature?: string): ScriptedBlock {
  return { type: 'thinking', thinking: content, ...(signature === undefined ? {} : { signature }) };
}

/** An answer of one text. */
export function say(...pieces: string[]): ScriptedAnswer {
  return { content: [text(...pieces)] };
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** An error with the type the API gives that status. `retryAfter` is in seconds. */
export function fail(
  status: number,
  { message, retryAfter, rawBody }: { message?: string; retryAfter?: number; rawBody?: string } = {},
): ScriptedAnswer {
  const type = ERROR_TYPES[status] ?? 'api_error';
  return {
    error: {
      status,
      type,
      message: message ?? `scripted ${type}`,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      ...(rawBody === undefined ? {} : { rawBody }),
    },
  };
}
