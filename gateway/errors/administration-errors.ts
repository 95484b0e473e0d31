/** The part of the table of refusals that concerns administrators, and people who ask for keys of their own. */
import { FINAL, SOON, type ErrorSpec } from './error-spec';

export const ADMINISTRATION_ERRORS = {
  // Administration
  admin_key_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'name',
    message: 'No admin key has that name. Ask for them all with /admin/key/list.',
  },
  admin_key_exists: {
    status: 400,
    type: 'bad_request_error',
    param: 'name',
    message: 'An admin key of that name is in use. Revoke it first, or take another name.',
  },
  key_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'key',
    message: 'Key not found in database. Ask for all keys with /key/list.',
  },
  key_alias_taken: {
    status: 400,
    type: 'bad_request_error',
    param: 'key_alias',
    message:
      'That key alias already exists. Unique key aliases across all keys are required: take another one.',
  },
  key_not_changeable: {
    status: 400,
    type: 'bad_request_error',
    param: 'key',
    message:
      'That key is revoked or replaced, so nothing about it can be changed. Change the one that took its place.',
  },
  user_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'user_id',
    message: 'No user has that id or name. Ask for them all with /user/list.',
  },
  team_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'team_id',
    message: 'No team has that name: a team is a template that was used or has a budget. See /team/list.',
  },
  user_exists: {
    status: 400,
    type: 'bad_request_error',
    param: 'user_id',
    message: 'A user with that id exists already. Change it with /user/update.',
  },
  budget_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'budget_id',
    message: 'No budget has that id. Ask for them all with /budget/list.',
  },
  budget_id_required: {
    status: 400,
    type: 'bad_request_error',
    param: 'budget_id',
    message: 'budget_id is required: send it (or user_id, to change the budget of a person).',
  },
  budget_exists: {
    status: 400,
    type: 'bad_request_error',
    param: 'budget_id',
    message: 'A budget with that id already exists. Change it with /budget/update, or take another id.',
  },
  budget_in_use: {
    status: 400,
    type: 'bad_request_error',
    param: 'id',
    message: 'Keys or users still have that budget. Give them another one first.',
  },

  // The gateway's document
  document_invalid: {
    status: 400,
    type: 'document_invalid',
    param: 'document',
    message: 'The document breaks a rule, so nothing was changed. Mend it and send it again.',
    headers: FINAL,
  },
  document_changed: {
    status: 409,
    type: 'document_changed',
    param: 'expect',
    message:
      'Another document is in force than the one that this was compared with, so nothing was changed. Ask for it with /document, and compare again.',
    headers: FINAL,
  },
  document_in_file: {
    status: 409,
    type: 'document_in_file',
    message:
      'This gateway reads its document from the file of GATEWAY_CONFIG, so none can be published. Change that file; or start the gateway without GATEWAY_CONFIG, and publish.',
    headers: FINAL,
  },
  document_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'id',
    message: 'No document was published under that number. Ask for them all with /document/list.',
  },

  // Alerts
  silence_not_found: {
    status: 404,
    type: 'not_found_error',
    param: 'id',
    message: 'No silence of that number holds. Ask for those that do with /alerts/list.',
  },

  // Reports
  report_too_slow: {
    // The same report would be as slow once more.
    status: 400,
    type: 'report_too_slow',
    param: 'start_date',
    message: 'The report took too long and was ended. Ask for fewer days, or for one person or key.',
    headers: FINAL,
  },
  report_too_large: {
    status: 413,
    type: 'report_too_large',
    param: 'start_date',
    message: 'The report is too large for one answer. Ask for fewer days, or page through /spend/report.',
    headers: FINAL,
  },
  report_abandoned: {
    // For the log: there is nobody to be told.
    status: 499,
    type: 'report_abandoned',
    message: 'The client left before it had its answer, so the report was ended. Ask again.',
  },
  too_many_reports: {
    status: 429,
    type: 'throttling_error',
    message: 'As many reports as the gateway makes at once are under way, and waiting. Wait for some to end.',
    headers: { 'retry-after': '5' },
  },

  // Self-service: a person's own Coder token for a key
  coder_not_configured: {
    status: 403,
    type: 'coder_not_configured',
    message: 'This gateway gives out no keys by self-service: an administrator sets CODER_URL for it.',
    headers: FINAL,
  },
  coder_token_missing: {
    status: 401,
    type: 'coder_token_missing',
    message:
      'A key of your own is asked for with your Coder token: send it as "Coder-Session-Token: …" or "Authorization: Bearer …".',
  },
  coder_token_refused: {
    status: 401,
    type: 'coder_token_refused',
    message: 'Coder does not accept that token. Log in again (coder login), or make a new one.',
    headers: FINAL,
  },
  groups_unknown: {
    status: 403,
    type: 'groups_unknown',
    message:
      'The policy lays something down for groups, and Coder does not say by this token which ones you are in. Start a workspace once and ask again, or send a token that is not scoped (coder login makes one).',
    headers: FINAL,
  },
  coder_token_too_narrow: {
    status: 403,
    type: 'coder_token_too_narrow',
    message: 'Coder does not tell whose token that is: a scoped token needs the scope user:read.',
    headers: FINAL,
  },
  transport_not_private: {
    status: 403,
    type: 'transport_not_private',
    message:
      "A Coder token opens all of a person's workspaces, so it is taken over TLS or from this machine only. It has been sent in the clear now: log out of it in Coder.",
    headers: FINAL,
  },
  coder_unavailable: {
    status: 503,
    type: 'coder_unavailable',
    message: 'The gateway cannot ask Coder just now. Try again shortly.',
    headers: SOON,
  },
  too_many_own_keys: {
    status: 403,
    type: 'too_many_own_keys',
    message: 'There are too many keys of yours already. Ask for one with a purpose you have used before.',
    headers: FINAL,
  },
} as const satisfies Record<string, ErrorSpec>;
