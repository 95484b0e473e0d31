/** What a model answered: whole, or as the events of a stream. */
import type { GatewayError } from '../errors';
import type { Usage, UsageFault } from './usage';

export type StopReason = 'end' | 'max_tokens' | 'tool_use' | 'refusal';

export type AnswerBlock =
  | { readonly type: 'text'; readonly text: string }
  /** Why there is no answer: in the model's or its provider's words, or in ours where they have none. */
  | { readonly type: 'refusal'; readonly text: string; readonly isOurs?: boolean }
  /** `signature`: with which the thoughts may be given back; no provider but Anthropic gives one. */
  | { readonly type: 'thinking'; readonly text: string; readonly signature?: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

export interface ModelAnswer {
  readonly id: string;
  readonly blocks: readonly AnswerBlock[];
  readonly stopReason: StopReason;
  /** Undefined: the provider did not say, or nothing that can be read. */
  readonly usage: Usage | undefined;
  /** Why it cannot be read. */
  readonly usageFault?: UsageFault | undefined;
  /** Why it is none for a client, although it was billed. */
  readonly fault?: GatewayError;
  /** Habits of the server's that the reader made up for, by name; never content. */
  readonly mended?: readonly string[];
  /** The whole answer as a provider that speaks Anthropic's Messages API gave it, for clients that speak it too. */
  readonly message?: Readonly<Record<string, unknown>>;
}

/**
 * An event as a provider that speaks Anthropic's Messages API sent it, for clients that speak it too: it holds what the
 * others leave out (numbers of blocks, pings), and comes before those that are read out of it.
 */
export interface MessageEvent {
  readonly type: 'message-event';
  readonly name: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** `event` as JSON on one line. */
  readonly data: string;
}

/** One step of a streamed answer. Tool events belong to the latest `tool-start`. */
export type StreamEvent =
  | MessageEvent
  | { readonly type: 'start'; readonly id: string; readonly usage: Usage }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  /** Why there is no answer, as in a block. */
  | { readonly type: 'refusal'; readonly text: string; readonly isOurs?: boolean }
  /** Of the thoughts that came before it; a thought without one ends with whatever follows. */
  | { readonly type: 'signature'; readonly signature: string }
  | { readonly type: 'redacted-thinking'; readonly data: string }
  | { readonly type: 'tool-start'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-input'; readonly json: string }
  | { readonly type: 'tool-end' }
  /**
   * What all that came so far is billed, for a stream that goes no further. Undefined once there is more of the answer,
   * or when it cannot be read.
   */
  | {
      readonly type: 'usage';
      readonly usage: Usage | undefined;
      readonly usageFault?: UsageFault | undefined;
    }
  /** `usage` is undefined when the provider did not say, or nothing that can be read; `usageFault` says why. */
  | {
      readonly type: 'stop';
      readonly reason: StopReason;
      readonly usage: Usage | undefined;
      readonly usageFault?: UsageFault | undefined;
    }
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly kind: StreamErrorKind; readonly message: string };

/** `broken`: the stream ended or turned unreadable; the others are the provider's own words. */
export type StreamErrorKind = 'overloaded' | 'rate_limited' | 'rejected' | 'failed' | 'broken';

/** Events that put something of the answer before the client; until the first one another deployment may still answer. */
export const isContent = ({ type }: StreamEvent): boolean => !EMPTY.includes(type);

const EMPTY: readonly StreamEvent['type'][] = ['message-event', 'start', 'usage', 'error', 'end'];
