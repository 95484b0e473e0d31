/** A row of the ledger: metadata of a call, never content. Times in milliseconds. */
import type { NanoDollars } from './money';

/** What is known of a call before a provider hears of it; kept with its reservation, should this process die. */
export interface CallOrigin {
  readonly keyId: string;
  readonly scope: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly templateName: string | null;
  readonly level: string;
  readonly protocol: string;
  readonly model: string;
  readonly modelAsked: string;
  readonly streamed: boolean;
  readonly client: string;
  /** Id of the conversation, as its client names it. */
  readonly session: string | null;
}

export interface CallRecord {
  readonly origin: CallOrigin;
  readonly provider: string | null;
  readonly deployment: string | null;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  readonly cost: NanoDollars;
  /**
   * The usage never arrived, and what is booked is at least what the provider bills: the input as it was told at the
   * beginning and the output as set aside, or, with no tokens here, the whole reservation.
   */
  readonly estimated: boolean;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  readonly status: number;
  readonly errorType: string | null;
  /** What it went through, as `writeTrail` makes it. @default nobody knows */
  readonly trail?: string;
}

/** Under the names of the table's columns. */
export const originColumns = (origin: CallOrigin): Record<string, unknown> => ({
  key_id: origin.keyId,
  scope: origin.scope,
  owner_id: origin.ownerId,
  owner_name: origin.ownerName,
  workspace_id: origin.workspaceId,
  workspace_name: origin.workspaceName,
  template_name: origin.templateName,
  level: origin.level,
  protocol: origin.protocol,
  model: origin.model,
  model_asked: origin.modelAsked,
  streamed: origin.streamed,
  client: origin.client,
  session: origin.session,
});
