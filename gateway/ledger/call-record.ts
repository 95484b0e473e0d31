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
}

export interface CallRecord extends CallOrigin {
  readonly provider: string | null;
  readonly deployment: string | null;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  readonly cost: NanoDollars;
  /** The usage never arrived: the whole reservation is booked, which is at least what the provider bills. */
  readonly estimated: boolean;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  readonly status: number;
  readonly errorType: string | null;
}

/** What is booked with a record. */
export interface BookedColumns {
  readonly request_id: string;
  readonly account_ids: readonly number[];
  readonly windows: readonly Date[];
  readonly overdrawn: boolean;
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
});

/** Written out, since putting two objects into one takes longer than everything else about a booking. */
export const recordColumns = (record: CallRecord, booked: BookedColumns): Record<string, unknown> => ({
  request_id: booked.request_id,
  account_ids: booked.account_ids,
  windows: booked.windows,
  overdrawn: booked.overdrawn,
  key_id: record.keyId,
  scope: record.scope,
  owner_id: record.ownerId,
  owner_name: record.ownerName,
  workspace_id: record.workspaceId,
  workspace_name: record.workspaceName,
  template_name: record.templateName,
  level: record.level,
  protocol: record.protocol,
  model: record.model,
  model_asked: record.modelAsked,
  streamed: record.streamed,
  client: record.client,
  provider: record.provider,
  deployment: record.deployment,
  attempts: record.attempts,
  input_tokens: record.inputTokens,
  output_tokens: record.outputTokens,
  cache_write_tokens: record.cacheWriteTokens,
  cache_read_tokens: record.cacheReadTokens,
  cost_nano: record.cost,
  estimated: record.estimated,
  latency_ms: record.latencyMs,
  first_token_ms: record.firstTokenMs,
  status: record.status,
  error_type: record.errorType,
});
