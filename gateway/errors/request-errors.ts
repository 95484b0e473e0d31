/** The part of the table of refusals that concerns a request as such. */
import type { ErrorSpec } from './error-spec';

export const REQUEST_ERRORS = {
  route_unknown: {
    status: 404,
    type: 'not_found_error',
    message: 'Not found: this gateway serves no such path. See docs/gateway.md for those it does.',
  },
  route_misplaced: {
    status: 404,
    type: 'not_found_error',
    message:
      "There is nothing at this path, which begins with something too much: set the client's base URL to this gateway's address, for OpenAI's clients with /v1 behind it.",
  },
  not_offered: {
    status: 404,
    type: 'not_offered',
    message: 'This gateway does not offer that. See docs/errors.md for what there is instead.',
  },
  route_on_admin_listener: {
    status: 404,
    type: 'not_found_error',
    message:
      'This path is served by the admin listener only. Administrators ask there (GATEWAY_ADMIN_PORT, by default 4001).',
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    message: 'Method not allowed: use one that the header allow names.',
  },
  body_too_large: {
    status: 413,
    type: 'invalid_request_error',
    message: 'The request body is larger than the gateway accepts. Send fewer or shorter messages.',
    headers: { connection: 'close' },
  },
  body_not_json: {
    status: 400,
    type: 'invalid_request_error',
    param: 'request_body',
    message: 'The request body is not valid JSON. Send a JSON object in UTF-8.',
  },
  body_too_deep: {
    status: 400,
    type: 'invalid_request_error',
    param: 'request_body',
    message: 'The request body is nested too deeply. Send what is inside it flatter, or as a string.',
  },
  body_too_many_elements: {
    // The status of a body with too many bytes: clients know to shorten the conversation then.
    status: 413,
    type: 'invalid_request_error',
    param: 'request_body',
    message:
      'The request body holds more JSON elements than the gateway reads. Send fewer messages, tool calls or tools.',
  },
  body_in_too_many_chunks: {
    status: 413,
    type: 'invalid_request_error',
    param: 'request_body',
    message:
      'The request body comes in more chunks than the gateway reads. Send it with a content-length, or in larger chunks.',
    headers: { connection: 'close' },
  },
  body_incomplete: {
    status: 400,
    type: 'invalid_request_error',
    param: 'request_body',
    message: 'The request body ended before it was complete. Send it again.',
  },
  request_invalid: {
    status: 400,
    type: 'invalid_request_error',
    message: 'The request is not valid. Change what the message names.',
  },
} as const satisfies Record<string, ErrorSpec>;
