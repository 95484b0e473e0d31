/**
 * What figures, traces and alerts are told of a call that has ended: metadata, never key or claim. What was said comes
 * along where content logging is on, for Langfuse alone.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { CallContent } from '../content/call-content';
import type { GatewayError } from '../errors';
import type { KeyRecord } from '../keys/key-record';
import type { NanoDollars } from '../ledger/money';
import type { Session } from '../model/session';
import type { Usage } from '../model/usage';
import type { CallTrace } from './traces/call-trace';

/** One question to a deployment. Times as `performance.now()` has them. */
export interface Attempt {
  readonly provider: string;
  readonly deployment: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Undefined: it answered. */
  readonly error: GatewayError | undefined;
  /** Booked for it by itself, since its provider may bill what it never answered. @default nothing was */
  readonly bookedApart?: NanoDollars;
}

export interface EndedCall {
  readonly requestId: string;
  /** What the client sent: read for ids of conversations and traces only. */
  readonly headers: IncomingHttpHeaders;
  /** Undefined, as what follows may be, where the call was refused before it was known. */
  readonly key: KeyRecord | undefined;
  readonly level: string | undefined;
  readonly protocol: string;
  readonly streamed: boolean | undefined;
  /** The catalog's name. */
  readonly model: string | undefined;
  readonly provider: string | undefined;
  readonly deployment: string | undefined;
  /** In the order they were asked. */
  readonly attempts: readonly Attempt[];
  /** Undefined: nothing was billed, or nobody knows what. */
  readonly usage: Usage | undefined;
  /** What was booked; undefined: nothing was set aside. */
  readonly cost: NanoDollars | undefined;
  readonly isEstimated: boolean;
  /** What the client was told; 499 when it had gone before it could be. */
  readonly status: number;
  readonly error: GatewayError | undefined;
  /** Of the client's family: "RooCode", "opencode". */
  readonly client: string;
  /** The conversation, if the client says which. */
  readonly session: Session | undefined;
  /** Its ids, where a provider was told of them. */
  readonly trace: CallTrace | undefined;
  /** As `performance.now()` has it. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly elapsedMs: number;
  readonly firstTokenMs: number | undefined;
  /** Tokens of the answer, at most, as they were set aside. */
  readonly maxTokens: number | undefined;
  /** The provider's own id of its answer. */
  readonly answerId: string | undefined;
  /** Whoever uses it takes it at once. @default content logging is off for the key */
  readonly content?: CallContent | undefined;
}
