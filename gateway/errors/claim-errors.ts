/**
 * The part of the table of refusals that concerns workspace claims: authenticity is 401 and says nothing about the
 * content, policy is 403.
 */
import { FINAL, type ErrorSpec } from './error-spec';

export const CLAIM_ERRORS = {
  claim_missing: {
    status: 401,
    type: 'claim_missing',
    message:
      'A workspace key is asked for with a workspace claim: "Authorization: Bearer v1.<claim>.<proof>", as the template\'s set-up script sends it.',
  },
  claims_not_configured: {
    status: 403,
    type: 'claims_not_configured',
    message:
      'This gateway gives out no workspace keys: no claim secret is set. An administrator sets WORKSPACE_CLAIM_SECRET to the value of the template variable workspace_claim_secret.',
    headers: FINAL,
  },
  claim_not_authentic: {
    status: 401,
    type: 'claim_not_authentic',
    message:
      "The workspace claim is not authentic: it was changed on its way, or it was signed with a secret this gateway does not know. Restart the workspace; if that does not help, the template variable workspace_claim_secret and the gateway's WORKSPACE_CLAIM_SECRET differ.",
    headers: FINAL,
  },
  claim_wrong_template: {
    status: 401,
    type: 'claim_wrong_template',
    message:
      "The workspace claim is signed with a secret that is not the one of its template. An administrator sets that template's own in WORKSPACE_CLAIM_SECRETS.",
    headers: FINAL,
  },
  claim_malformed: {
    status: 403,
    type: 'claim_malformed',
    message:
      'The workspace claim does not have the fields this gateway knows. Template and gateway do not match: push the current template and restart the workspace.',
    headers: FINAL,
  },
  claim_not_a_start: {
    status: 403,
    type: 'claim_not_a_start',
    message:
      'The workspace claim is not of a start build. Only a starting workspace gets a key: start it again.',
    headers: FINAL,
  },
  claim_of_prebuild: {
    status: 403,
    type: 'claim_of_prebuild',
    message:
      'The workspace claim is of a prebuilt workspace nobody has taken yet. Take it: it gets a key once it has an owner.',
    headers: FINAL,
  },
  claim_expired: {
    status: 403,
    type: 'claim_expired',
    message: 'The workspace claim is too old. Restart the workspace to get a new one.',
    headers: FINAL,
  },
  claim_from_the_future: {
    status: 403,
    type: 'claim_from_the_future',
    message:
      'The workspace claim is dated in the future. The clocks of Coder and of the gateway differ: set the one that is wrong.',
    headers: FINAL,
  },
  claim_superseded: {
    status: 403,
    type: 'claim_superseded',
    message:
      'The workspace has been started again since this claim was made. Only its newest claim is accepted: use that one, or restart the workspace.',
    headers: FINAL,
  },
  claim_used_up: {
    status: 403,
    type: 'claim_used_up',
    message:
      'The workspace was stopped, or its key taken away, after this claim was made. Start the workspace again to get a key.',
    headers: FINAL,
  },
  key_not_of_claim: {
    status: 403,
    type: 'key_not_of_claim',
    message:
      "Only the key that a workspace got at its start is given back here. An administrator ends this one, or its holder's next one takes its place.",
    headers: FINAL,
  },
  claim_rate_limited: {
    status: 429,
    type: 'throttling_error',
    message:
      'This workspace asks for its key too often. Wait as long as retry-after says; its key stays valid.',
    headers: { 'x-should-retry': 'true' },
  },
} as const satisfies Record<string, ErrorSpec>;
