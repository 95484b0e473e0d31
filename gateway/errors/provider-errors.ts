/** The part of the table of refusals that concerns what the provider did. */
import { FINAL, SOON, type ErrorSpec } from './error-spec';

export const PROVIDER_ERRORS = {
  provider_rejected: {
    status: 400,
    type: 'invalid_request_error',
    message: 'The provider refused the request. Change it, or try another model.',
  },
  provider_too_large: {
    status: 413,
    type: 'invalid_request_error',
    message: 'The provider refused the request as too large. Send fewer or shorter messages.',
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
    message: "The provider limits the gateway's request rate just now. Wait as long as retry-after says.",
    headers: { 'retry-after': '5' },
  },
  provider_overloaded: {
    status: 503,
    type: 'provider_overloaded',
    // The provider's status for it, 529, means nothing to proxies and load balancers; clients go by the type.
    anthropicType: 'overloaded_error',
    message: 'The provider is overloaded just now. Try again shortly.',
    headers: { 'retry-after': '5' },
  },
  provider_failed: {
    status: 502,
    type: 'provider_error',
    message: 'The provider failed to answer. Try again shortly.',
    headers: SOON,
  },
  provider_unreachable: {
    status: 503,
    type: 'provider_unreachable',
    message: 'The provider cannot be reached just now. Try again shortly.',
    headers: SOON,
  },
  provider_timeout: {
    status: 504,
    type: 'provider_timeout',
    message: 'The provider did not answer in time. Try again, or ask for a shorter answer.',
  },
  provider_stream_broken: {
    status: 502,
    type: 'provider_error',
    message: "The provider's answer broke off before its end. Try again shortly.",
    headers: SOON,
  },
  answer_interrupted: {
    // For clients that would go round in a loop: their library's own tries would only turn it more slowly.
    status: 503,
    type: 'provider_error',
    message: "The provider's last answer to this client broke off. Try again in a few seconds.",
    headers: { ...FINAL, 'retry-after': '5' },
  },
} as const satisfies Record<string, ErrorSpec>;
