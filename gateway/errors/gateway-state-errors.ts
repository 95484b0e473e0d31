/** The part of the table of refusals that concerns what the gateway cannot do just now. */
import { FINAL, SOON, type ErrorSpec } from './error-spec';

export const GATEWAY_STATE_ERRORS = {
  prompt_unavailable: {
    status: 503,
    type: 'policy_unavailable',
    message:
      "The enforcement prompt for this key's level cannot be read, so no call at that level is let through. An administrator looks after the file that the log names.",
    headers: SOON,
  },
  provider_not_configured: {
    // No retry mends it, so it is none of the statuses that agents retry.
    status: 400,
    type: 'provider_not_configured',
    param: 'model',
    message:
      'No provider that serves this model is configured on this gateway. Choose another model, or ask an administrator.',
    headers: FINAL,
  },
  count_not_offered: {
    status: 400,
    type: 'invalid_request_error',
    param: 'model',
    message:
      'No provider that serves this model on this gateway counts tokens. Estimate them, or ask about a model that Anthropic serves.',
    headers: FINAL,
  },
  store_unavailable: {
    status: 503,
    type: 'store_unavailable',
    message:
      'The gateway cannot reach its database just now. Nothing is let through uncounted; try again shortly.',
    headers: SOON,
  },
  store_busy: {
    status: 503,
    type: 'store_busy',
    message:
      'Others were changing the same at the same time, again and again. Nothing was changed; try again shortly.',
    headers: SOON,
  },
  bodies_too_large: {
    status: 503,
    type: 'gateway_overloaded',
    anthropicType: 'overloaded_error',
    message:
      'The requests under way take all the memory that this gateway has for their bodies just now. Try again shortly.',
    headers: { 'retry-after': '1' },
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
    message:
      'The gateway failed. Try again; if it stays, give an administrator the request id, which is in the log.',
  },
} as const satisfies Record<string, ErrorSpec>;
