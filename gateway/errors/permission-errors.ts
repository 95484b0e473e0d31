/** The part of the table of refusals that concerns what a caller may do. */
import { FINAL, SOON, type ErrorSpec } from './error-spec';

export const PERMISSION_ERRORS = {
  model_unknown: {
    status: 400,
    type: 'invalid_request_error',
    param: 'model',
    message: 'Invalid model name. Call `/v1/models` to see the models of your key.',
  },
  model_not_listed: {
    status: 404,
    type: 'not_found_error',
    param: 'model',
    message:
      'No such model for this key, or nobody serves it here. Call `/v1/models` to see the models of your key.',
  },
  model_not_allowed: {
    status: 403,
    type: 'key_model_access_denied',
    param: 'model',
    message: 'This key is not allowed to use that model. Call `/v1/models` to see those it may use.',
    headers: FINAL,
  },
  scope_without_policy: {
    status: 403,
    type: 'policy_missing',
    message:
      "The gateway's policy has no entry for keys of this kind, so they may do nothing. An administrator adds one to its scopes.",
    headers: FINAL,
  },
  budget_exceeded: {
    // GATEWAY_BUDGET_STATUS may make it another.
    status: 402,
    type: 'budget_exceeded',
    // The word users of either protocol look for; Anthropic's own would send them to a billing page of theirs.
    anthropicType: 'budget_exceeded',
    message: 'Budget has been exceeded! Wait for its window to end, or ask an administrator to raise it.',
    headers: FINAL,
  },
  budget_held: {
    status: 429,
    type: 'throttling_error',
    message:
      'The budget has room for this call, but calls under way hold it. Wait for some of them to end, as long as retry-after says.',
    headers: { 'x-should-retry': 'true', 'retry-after': '5' },
  },
  run_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'x-gateway-run',
    message: 'No such run of this key. Open one by POST /v1/runs, and send its id in x-gateway-run.',
    headers: FINAL,
  },
  run_ended: {
    status: 403,
    type: 'run_ended',
    param: 'x-gateway-run',
    message: 'This run has ended: it was opened for a time. Open another one by POST /v1/runs.',
    headers: FINAL,
  },
  run_budget_exceeded: {
    status: 402,
    type: 'run_budget_exceeded',
    anthropicType: 'budget_exceeded',
    message:
      'The cap of this run has no room for the call. Open another run, with a higher max_cost_usd if need be.',
    headers: FINAL,
  },
  too_many_runs: {
    status: 429,
    type: 'throttling_error',
    message:
      'This key has opened too many runs in the last hour. Use one that has not ended, or wait as long as retry-after says.',
    headers: { 'retry-after': '60' },
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
    message: 'Rate limit exceeded. Wait as long as retry-after says.',
    // It passes within a minute, and clients that wait as long as told need nobody's help.
    headers: { 'x-should-retry': 'true' },
  },
  key_bodies_too_large: {
    status: 429,
    type: 'throttling_error',
    message:
      "The bodies of this key's requests under way take all the memory that one key may have on this gateway. Wait for some of them to end.",
    headers: { 'retry-after': '1' },
  },
  too_many_refused: {
    status: 429,
    type: 'throttling_error',
    message:
      'Too many requests of this key were read and refused. Change what the refusals named; the next is read after as long as retry-after says.',
  },
  counts_rate_limited: {
    status: 429,
    type: 'throttling_error',
    message: 'This key asks for token counts too often. Wait as long as retry-after says.',
  },
  too_many_counts: {
    status: 429,
    type: 'throttling_error',
    message: 'This key has too many token counts under way. Wait for some of them to end.',
    headers: SOON,
  },
} as const satisfies Record<string, ErrorSpec>;
