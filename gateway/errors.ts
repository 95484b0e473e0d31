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
import { finalText } from './errors/final-text';

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
  431: 'invalid_request_error',
  504: 'timeout_error',
};

/** `error.type` on Anthropic's paths. */
export const anthropicTypeOf = (code: ErrorCode, status: number = ERRORS[code].status): string =>
  ERRORS[code].anthropicType ?? ANTHROPIC_TYPES[status] ?? 'api_error';

/** Statuses that clients try again by themselves. */
const isTriedAgain = (status: number): boolean =>
  status === 408 || status === 409 || status === 429 || status >= 500;

/** Whether no retry mends it, so that its text must not look as if one did. What a 5xx says, no client looks at. */
export const isFinal = ({ status, headers }: Pick<GatewayError, 'status' | 'headers'>): boolean =>
  !isTriedAgain(status) || (status < 500 && headers['x-should-retry'] === 'false');

/** The provider's word, or ours, that a conversation is too long: clients shorten it when they read so. */
const OVERFLOWS: readonly ErrorCode[] = [
  'provider_rejected',
  'provider_too_large',
  'body_too_large',
  'body_too_many_elements',
  'body_in_too_many_chunks',
];
const READERS: Readonly<Record<ErrorDialect, readonly string[]>> = {
  openai: ['OpenCode'],
  anthropic: ['OpenCode', 'Claude Code'],
};

function textsOf(error: GatewayError, dialect: ErrorDialect): { message: string; param: string | null } {
  const { code, message, param } = error;
  if (!isFinal(error)) return { message, param };
  const options = { mayBeOverflow: OVERFLOWS.includes(code), readers: READERS[dialect] };
  return {
    message: finalText(message, options) ?? ERRORS[code].message,
    param: param === null ? null : (finalText(param) ?? ERRORS[code].param ?? null),
  };
}

/** The body of an error answer, as JSON text. OpenAI's `code` is the status as a string, as LiteLLM has it. */
export function renderErrorBody(error: GatewayError, dialect: ErrorDialect, requestId: string): string {
  const { message, param } = textsOf(error, dialect);
  if (dialect === 'anthropic') {
    return JSON.stringify({
      type: 'error',
      error: { type: anthropicTypeOf(error.code, error.status), message },
      request_id: requestId,
    });
  }
  const { type, status } = error;
  return JSON.stringify({ error: { message, type, param, code: String(status) } });
}
