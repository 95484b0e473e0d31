/** The part of the table of refusals that concerns a request as such. */
import type { ErrorSpec } from './error-spec';

export const REQUEST_ERRORS = {
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
} as const satisfies Record<string, ErrorSpec>;
