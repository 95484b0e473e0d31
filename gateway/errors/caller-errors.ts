/** The part of the table of refusals that concerns the key a caller sends. */
import { FINAL, type ErrorSpec } from './error-spec';

export const CALLER_ERRORS = {
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
      'Authentication Error, Invalid proxy server token passed: this gateway has not issued that key. In a workspace: reload the window, or restart or update the workspace; elsewhere ask an administrator.',
  },
  key_expired: {
    status: 401,
    type: 'expired_key',
    param: 'key',
    message:
      'Authentication Error, this key has expired. Restart the workspace to renew it; elsewhere ask an administrator for a new one.',
  },
  key_revoked: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message:
      'Authentication Error, this key has been revoked. In a workspace: reload the window, or restart or update the workspace; elsewhere ask an administrator.',
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
    message:
      'Authentication Error, an administrator has blocked this key. Ask an administrator to open it again.',
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
    message:
      'Coder says that the person this belongs to is suspended or gone. Ask an administrator of Coder.',
    headers: FINAL,
  },
  master_key_required: {
    status: 401,
    type: 'auth_error',
    param: 'key',
    message:
      'Authentication Error, the admin listener needs the master key or an admin key as "Authorization: Bearer sk-…".',
  },
  too_many_failed_credentials: {
    status: 429,
    type: 'throttling_error',
    param: 'key',
    message:
      'Authentication Error, too many different keys, claims or tokens that are none came from this address. This is none either. Send the current one: what is good is always let through.',
  },
  role_insufficient: {
    status: 403,
    type: 'auth_error',
    param: 'key',
    message:
      'This admin key may only look (role viewer); the action needs the role admin. Use a key that has it.',
    headers: FINAL,
  },
} as const satisfies Record<string, ErrorSpec>;
