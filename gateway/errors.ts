/**
 * Every refusal the gateway can give, in one table.
 *
 * Statuses are chosen by what clients do with them: agents retry 429 and 5xx, often without end, and stop at
 * 400, 402 and 403; so whatever a retry cannot mend is one of the latter.
 */
import { ADMINISTRATION_ERRORS } from './errors/administration-errors';
import { CALLER_ERRORS } from './errors/caller-errors';
import { CLAIM_ERRORS } from './errors/claim-errors';
import { GATEWAY_STATE_ERRORS } from './errors/gateway-state-errors';
import { HTTP_ERRORS } from './errors/http-errors';
import { PERMISSION_ERRORS } from './errors/permission-errors';
import { PROVIDER_ERRORS } from './errors/provider-errors';
import { REQUEST_ERRORS } from './errors/request-errors';
import type { ErrorSpec } from './errors/error-spec';

export type { ErrorSpec };

const table = {
  ...HTTP_ERRORS,
  ...REQUEST_ERRORS,
  ...CALLER_ERRORS,
  ...CLAIM_ERRORS,
  ...PERMISSION_ERRORS,
  ...GATEWAY_STATE_ERRORS,
  ...PROVIDER_ERRORS,
  ...ADMINISTRATION_ERRORS,
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof table;
export const ERRORS: Readonly<Record<ErrorCode, ErrorSpec>> = table;

export interface ErrorDetail {
  /** Replaces the table's message. */
  readonly message?: string;
  readonly param?: string;
  /** Where the administrator may choose it. */
  readonly status?: number;
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
    this.status = detail.status ?? spec.status;
    this.type = spec.type;
    this.param = detail.param ?? spec.param ?? null;
    this.headers = { ...spec.headers, ...detail.headers };
  }
}

/** Whose error shape a path speaks. */
export type ErrorDialect = 'openai' | 'anthropic';

/** https://platform.claude.com/docs/en/api/errors */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  431: 'request_too_large',
  504: 'timeout_error',
};

/** `error.type` on Anthropic's paths. */
export const anthropicTypeOf = (code: ErrorCode, status: number = ERRORS[code].status): string =>
  ERRORS[code].anthropicType ?? ANTHROPIC_TYPES[status] ?? 'api_error';

/** The body of an error answer, as JSON text. OpenAI's `code` is the status as a string, as LiteLLM has it. */
export function renderErrorBody(error: GatewayError, dialect: ErrorDialect, requestId: string): string {
  if (dialect === 'anthropic') {
    return JSON.stringify({
      type: 'error',
      error: { type: anthropicTypeOf(error.code, error.status), message: error.message },
      request_id: requestId,
    });
  }
  const { message, type, param, status } = error;
  return JSON.stringify({ error: { message, type, param, code: String(status) } });
}
