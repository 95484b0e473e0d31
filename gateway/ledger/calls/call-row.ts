/** A call as lists have it: a row of the ledger. */
import type { NanoDollars } from '../money';

/** The place of a call in the order of time: microseconds since 1970, and its id among those of the same one. */
export interface CallPlace {
  readonly micros: bigint;
  readonly requestId: string;
}

export interface ListedCall {
  readonly place: CallPlace;
  readonly requestId: string;
  readonly finishedAt: Date;
  readonly accountId: string;
  readonly keyHash: string;
  readonly scope: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly workspaceId: string | null;
  readonly workspaceName: string | null;
  readonly team: string | null;
  readonly level: string;
  readonly protocol: string;
  readonly model: string;
  readonly modelAsked: string;
  readonly provider: string | null;
  readonly deployment: string | null;
  readonly attempts: number;
  readonly streamed: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  readonly cost: NanoDollars;
  readonly estimated: boolean;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  readonly status: number;
  readonly errorType: string | null;
  readonly client: string;
  readonly session: string | null;
  readonly trail: string | null;
}

/** As the store has it. */
export interface CallRow {
  micros: string;
  request_id: string;
  finished_at: Date;
  account_id: string;
  hash: string | null;
  scope: string;
  owner_id: string;
  owner_name: string;
  workspace_id: string | null;
  workspace_name: string | null;
  template_name: string | null;
  level: string;
  protocol: string;
  model: string;
  model_asked: string;
  provider: string | null;
  deployment: string | null;
  attempts: number;
  streamed: boolean;
  input_tokens: string;
  output_tokens: string;
  cache_write_tokens: string;
  cache_read_tokens: string;
  cost_nano: string;
  estimated: boolean;
  latency_ms: number;
  first_token_ms: number | null;
  status: number;
  error_type: string | null;
  client: string;
  session: string | null;
  trail: string | null;
}

/** Of `calls`, for `CallRow`. */
export const CALL_COLUMNS = `calls.*, (extract(epoch from finished_at) * 1000000)::bigint as micros,
  (select hash from keys where keys.id = key_id) as hash`;

/** Newest first; those of one microsecond in the order of their ids. */
export const CALL_ORDER = 'finished_at desc, request_id';

export const toListedCall = (row: CallRow): ListedCall => ({
  place: { micros: BigInt(row.micros), requestId: row.request_id },
  requestId: row.request_id,
  finishedAt: row.finished_at,
  accountId: row.account_id,
  keyHash: row.hash ?? '',
  scope: row.scope,
  ownerId: row.owner_id,
  ownerName: row.owner_name,
  workspaceId: row.workspace_id,
  workspaceName: row.workspace_name,
  team: row.template_name,
  level: row.level,
  protocol: row.protocol,
  model: row.model,
  modelAsked: row.model_asked,
  provider: row.provider,
  deployment: row.deployment,
  attempts: row.attempts,
  streamed: row.streamed,
  inputTokens: Number(row.input_tokens),
  outputTokens: Number(row.output_tokens),
  cacheWriteTokens: Number(row.cache_write_tokens),
  cacheReadTokens: Number(row.cache_read_tokens),
  cost: Number(row.cost_nano),
  estimated: row.estimated,
  latencyMs: row.latency_ms,
  firstTokenMs: row.first_token_ms,
  status: row.status,
  errorType: row.error_type,
  client: row.client,
  session: row.session,
  trail: row.trail,
});

export const isBefore = (one: CallPlace, other: CallPlace): boolean =>
  one.micros > other.micros || (one.micros === other.micros && one.requestId < other.requestId);

const PLACE = /^(\d{1,18})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Characters of a place as text. */
const LONGEST_PLACE = 55;

export const placeText = ({ micros, requestId }: CallPlace): string => `${micros}-${requestId}`;

/** Undefined where the text is no place. */
export function readPlace(text: string): CallPlace | undefined {
  // bounded: `LONGEST_PLACE`
  const [, micros, requestId] = PLACE.exec(text.slice(0, LONGEST_PLACE)) ?? [];
  return micros === undefined || requestId === undefined ? undefined : { micros: BigInt(micros), requestId };
}
