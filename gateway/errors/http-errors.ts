/** The part of the table of refusals that concerns what does not get as far as being a request. */
import type { ErrorSpec } from './error-spec';

export const HTTP_ERRORS = {
  http_malformed: {
    status: 400,
    type: 'invalid_request_error',
    message:
      'The request is no HTTP/1.1 that can be read. Use a client that speaks it, or http where https was meant.',
    headers: { connection: 'close' },
  },
  host_missing: {
    status: 400,
    type: 'invalid_request_error',
    param: 'host',
    message: 'The request has no header Host, which HTTP/1.1 demands. Send one.',
    headers: { connection: 'close' },
  },
  headers_too_large: {
    status: 431,
    type: 'invalid_request_error',
    message: 'The headers of the request are larger than the gateway accepts. Send fewer or shorter ones.',
    headers: { connection: 'close' },
  },
  request_too_slow: {
    status: 408,
    type: 'invalid_request_error',
    message: 'The request did not come in whole within the time the gateway waits. Send it again.',
    headers: { connection: 'close' },
  },
} as const satisfies Record<string, ErrorSpec>;
