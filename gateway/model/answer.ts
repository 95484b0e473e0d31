/** What a model answered: whole, or as the events of a stream. */
import type { Usage } from './usage';

export type StopReason = 'end' | 'max_tokens' | 'tool_use' | 'refusal';

export type AnswerBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

export interface ModelAnswer {
  readonly id: string;
  readonly blocks: readonly AnswerBlock[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
}

/** One step of a streamed answer. Tool events belong to the latest `tool-start`. */
export type StreamEvent =
  | { readonly type: 'start'; readonly id: string; readonly usage: Usage }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool-start'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-input'; readonly json: string }
  | { readonly type: 'tool-end' }
  | { readonly type: 'stop'; readonly reason: StopReason; readonly usage: Usage }
  | { readonly type: 'end' }
  | { readonly type: 'error'; readonly kind: StreamErrorKind; readonly message: string };

/** `broken`: the stream ended or turned unreadable; the others are the provider's own words. */
export type StreamErrorKind = 'overloaded' | 'rate_limited' | 'failed' | 'broken';

/** Events that put something of the answer before the client; until the first one another deployment may still answer. */
export const isContent = (event: StreamEvent): boolean =>
  event.type !== 'start' && event.type !== 'error' && event.type !== 'end';
