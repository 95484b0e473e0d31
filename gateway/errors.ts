/**
 * Every refusal the gateway can give, in one table.
 *
 * Statuses are chosen by what clients do with them: agents retry 429 and 5xx, often without end, and stop at
 * 400, 402 and 403; so whatever a retry cannot mend is one of the latter.
 */
import { ADMINISTRATION_ERRORS } from './administration-errors';
import { FINAL, SOON, type ErrorSpec } from './error-spec';

export type { ErrorSpec };

const table = {
  ...ADMINISTRATION_ERRORS,

  // The request itself
  route_unknown: { status: 404, type: 'not_found_error', message: 'Not found.' },
  route_on_admin_listener: {
    status: 404,
    type: 'not_found_error',
    message: 'This path is served by the admin listener only (GATEWAY_ADMIN_PORT, by default 4001).',
  },
  method_not_allowed: { status: 405, type: 'invalid_request_error', message: 'Method not allowed.' },
  body_too_large: {
    status: 413,
    type: 'invalid_request_error',
    message: 'The request body is larger than the gateway accepts.',
    headers: { connection: 'close' },
  },
  body_not_json: {
    status: 400,
    type: 'invalid_request_error',
    param: 'request_body',
    message: 'The request body is not valid JSON.',
  },
  body_too_deep: {
    status: 400,
    type: 'invalid_request_error',
    param: 'request_body',
    message: 'The request body is nested too deeply.',
  },
  body_too_many_elements: {
    // The status of a body with too many bytes: clients know to shorten the conversation then.
    status: 413,
    type: 'invalid_request_error',
    param: 'request_body',
    message: 'The request body holds more JSON elements than the gateway reads.',
  },
  body_incomplete: {
    status: 400,
    type: 'invalid_request_error',
    param: 'request_body',
    message: 'The request body ended before it was complete.',
  },
  request_invalid: { status: 400, type: 'invalid_request_error', message: 'The request is not valid.' },

  // Who is calling
  key_missing: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message: 'Authentication Error, no key was sent. Send it as "Authorization: Bearer sk-…" or "x-api-key".',
  },
  key_malformed: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message: "Authentication Error, the key sent is not one of this gateway: expected to start with 'sk-'.",
  },
  key_unknown: {
    status: 401,
    type: 'token_not_found_in_db',
    param: 'key',
    message:
      'Authentication Error, Invalid proxy server token passed: this gateway has not issued that key, or it has been replaced. Restart the workspace, or run ai-setup in it, to get the current one.',
  },
  key_expired: {
    status: 401,
    type: 'expired_key',
    param: 'key',
    message: 'Authentication Error, this key has expired. Restart the workspace to renew it.',
  },
  key_revoked: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message: 'Authentication Error, this key has been revoked. Restart the workspace to get the current one.',
  },
  not_ones_own: {
    status: 403,
    type: 'auth_error',
    param: 'key',
    message:
      'Here a key is told about itself and its owner only. Administrators ask on the admin listener (GATEWAY_ADMIN_PORT, by default 4001).',
    headers: FINAL,
  },
  key_blocked: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message: 'Authentication Error, an administrator has blocked this key.',
    headers: FINAL,
  },
  key_paused: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message: "Authentication Error, this key's workspace is stopped. Start the workspace to use it again.",
  },
  owner_suspended: {
    status: 403,
    type: 'owner_suspended',
    message: 'Coder says that the person this belongs to is suspended or gone.',
    headers: FINAL,
  },
  master_key_required: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message:
      'Authentication Error, the admin listener needs the master key or an admin key as "Authorization: Bearer sk-…".',
  },
  role_insufficient: {
    status: 403,
    type: 'auth_error',
    param: 'key',
    message: 'This admin key may only look (role viewer); the action needs the role admin.',
    headers: FINAL,
  },

  // Workspace claims: authenticity is 401 and says nothing about the content; policy is 403
  claim_missing: {
    status: 401,
    type: 'claim_missing',
    message:
      'A workspace key is asked for with a workspace claim: "Authorization: Bearer v1.<claim>.<proof>", as the template\'s set-up script sends it.',
  },
  claims_not_configured: {
    status: 403,
    type: 'claims_not_configured',
    message:
      'This gateway gives out no workspace keys: no claim secret is set. An administrator sets WORKSPACE_CLAIM_SECRET to the value of the template variable workspace_claim_secret.',
    headers: FINAL,
  },
  claim_not_authentic: {
    status: 401,
    type: 'claim_not_authentic',
    message:
      "The workspace claim is not authentic: it was changed on its way, or it was signed with a secret this gateway does not know. Restart the workspace; if that does not help, the template variable workspace_claim_secret and the gateway's WORKSPACE_CLAIM_SECRET differ.",
    headers: FINAL,
  },
  claim_wrong_template: {
    status: 401,
    type: 'claim_wrong_template',
    message:
      "The workspace claim is signed with a secret that is not the one of its template (WORKSPACE_CLAIM_SECRETS holds each template's own).",
    headers: FINAL,
  },
  claim_malformed: {
    status: 403,
    type: 'claim_malformed',
    message:
      'The workspace claim does not have the fields this gateway knows. Template and gateway do not match.',
    headers: FINAL,
  },
  claim_not_a_start: {
    status: 403,
    type: 'claim_not_a_start',
    message: 'The workspace claim is not of a start build. Only a starting workspace gets a key.',
    headers: FINAL,
  },
  claim_of_prebuild: {
    status: 403,
    type: 'claim_of_prebuild',
    message:
      'The workspace claim is of a prebuilt workspace nobody has taken yet. It gets a key once it has an owner.',
    headers: FINAL,
  },
  claim_expired: {
    status: 403,
    type: 'claim_expired',
    message: 'The workspace claim is too old. Restart the workspace to get a new one.',
    headers: FINAL,
  },
  claim_from_the_future: {
    status: 403,
    type: 'claim_from_the_future',
    message: 'The workspace claim is dated in the future. The clocks of Coder and of the gateway differ.',
    headers: FINAL,
  },
  claim_superseded: {
    status: 403,
    type: 'claim_superseded',
    message:
      'The workspace has been started again since this claim was made. Only its newest claim is accepted.',
    headers: FINAL,
  },
  claim_used_up: {
    status: 403,
    type: 'claim_used_up',
    message:
      'The workspace was stopped, or its key taken away, after this claim was made. Start the workspace again to get a key.',
    headers: FINAL,
  },
  workspace_revoked: {
    status: 403,
    type: 'workspace_revoked',
    message: "An administrator has taken this workspace's access away.",
    headers: FINAL,
  },

  // What the caller may do
  model_unknown: {
    status: 400,
    type: 'invalid_request_error',
    param: 'model',
    message: 'Invalid model name.',
  },
  model_not_allowed: {
    status: 403,
    type: 'key_model_access_denied',
    param: 'model',
    message: 'This key is not allowed to use that model.',
    headers: FINAL,
  },
  scope_without_policy: {
    status: 403,
    type: 'policy_missing',
    message: "The gateway's policy has no entry for keys of this kind, so they may do nothing.",
    headers: FINAL,
  },
  budget_exceeded: {
    status: 402,
    type: 'budget_exceeded',
    message: 'Budget has been exceeded!',
    headers: FINAL,
  },
  key_closed: {
    status: 403,
    type: 'key_closed',
    message:
      'This key is closed: a call of it cost more than had been set aside for it. An administrator has to look into it and open the key again.',
    headers: FINAL,
  },
  rate_limited: {
    status: 429,
    type: 'throttling_error',
    message: 'Rate limit exceeded.',
    // It passes within a minute, and clients that wait as long as told need nobody's help.
    headers: { 'x-should-retry': 'true' },
  },
  too_many_counts: {
    status: 429,
    type: 'throttling_error',
    message: 'This key has too many token counts under way. Wait for some of them to end.',
    headers: SOON,
  },

  // What the gateway cannot do just now
  prompt_unavailable: {
    status: 503,
    type: 'policy_unavailable',
    message:
      "The enforcement prompt for this key's level cannot be read, so no call at that level is let through.",
    headers: SOON,
  },
  provider_not_configured: {
    // No retry mends it, so it is none of the statuses that agents retry.
    status: 400,
    type: 'provider_not_configured',
    param: 'model',
    message: 'No provider that serves this model is configured on this gateway.',
    headers: FINAL,
  },
  store_unavailable: {
    status: 503,
    type: 'store_unavailable',
    message:
      'The gateway cannot reach its database just now. Nothing is let through uncounted; try again shortly.',
    headers: SOON,
  },
  shutting_down: {
    status: 503,
    type: 'shutting_down',
    message: 'The gateway is shutting down. Try again shortly.',
    headers: { ...SOON, connection: 'close' },
  },
  internal_error: {
    status: 500,
    type: 'internal_error',
    message: 'The gateway failed. Its log has the request id.',
  },

  // What the provider did
  provider_rejected: {
    status: 400,
    type: 'invalid_request_error',
    message: 'The provider refused the request.',
  },
  provider_too_large: {
    status: 413,
    type: 'invalid_request_error',
    message: 'The provider refused the request as too large.',
  },
  provider_credentials: {
    status: 502,
    type: 'provider_error',
    message: "The provider did not accept the gateway's own credentials. An administrator has to check them.",
    headers: FINAL,
  },
  provider_model_missing: {
    status: 502,
    type: 'provider_error',
    message:
      'The provider does not serve this model to the gateway. An administrator has to check the catalog.',
    headers: FINAL,
  },
  provider_rate_limited: {
    status: 429,
    type: 'throttling_error',
    message: "The provider limits the gateway's request rate just now.",
    headers: { 'retry-after': '5' },
  },
  provider_overloaded: {
    status: 503,
    type: 'provider_overloaded',
    message: 'The provider is overloaded just now.',
    headers: { 'retry-after': '5' },
  },
  provider_failed: {
    status: 502,
    type: 'provider_error',
    message: 'The provider failed to answer.',
    headers: SOON,
  },
  provider_unreachable: {
    status: 503,
    type: 'provider_unreachable',
    message: 'The provider cannot be reached just now.',
    headers: SOON,
  },
  provider_timeout: {
    status: 504,
    type: 'provider_timeout',
    message: 'The provider did not answer in time.',
  },
  provider_stream_broken: {
    status: 502,
    type: 'provider_error',
    message: "The provider's answer broke off before its end.",
    headers: SOON,
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof table;
export const ERRORS: Readonly<Record<ErrorCode, ErrorSpec>> = table;

export interface ErrorDetail {
  /** Replaces the table's message. */
  readonly message?: string;
  readonly param?: string;
  /** Added to the table's headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only. */
  readonly cause?: unknown;
}

/** A refusal with an entry in the table; anything else that is thrown is a fault of ours and answered with 500. */
export class GatewayError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ErrorCode,
    detail: ErrorDetail = {},
  ) {
    const spec = ERRORS[code];
    super(detail.message ?? spec.message, { cause: detail.cause });
    this.status = spec.status;
    this.type = spec.type;
    this.param = detail.param ?? spec.param ?? null;
    this.headers = { ...spec.headers, ...detail.headers };
  }
}

/** Whose error shape a path speaks. */
export type ErrorDialect = 'openai' | 'anthropic';

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
};

/** Where the status alone does not say it. */
const ANTHROPIC_TYPES_BY_CODE: Partial<Readonly<Record<ErrorCode, string>>> = {
  // The word users of either protocol look for; Anthropic's own would send them to a billing page of theirs.
  budget_exceeded: ERRORS.budget_exceeded.type,
  // The provider's status for it, 529, means nothing to proxies and load balancers; clients go by the type.
  provider_overloaded: 'overloaded_error',
};

/** The body of an error answer, as JSON text. OpenAI's `code` is the status as a string, as LiteLLM has it. */
export function renderErrorBody(error: GatewayError, dialect: ErrorDialect, requestId: string): string {
  if (dialect === 'anthropic') {
    const type = ANTHROPIC_TYPES_BY_CODE[error.code] ?? ANTHROPIC_TYPES[error.status] ?? 'api_error';
    return JSON.stringify({
      type: 'error',
      error: { type, message: error.message },
      request_id: requestId,
    });
  }
  const { message, type, param, status } = error;
  return JSON.stringify({ error: { message, type, param, code: String(status) } });
}
