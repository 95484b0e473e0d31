/** Why somebody may not sign in by OpenID Connect: a code that stays, and a sentence for the person at the browser. */

interface RefusalSpec {
  /** HTTP status of the page that says so. */
  readonly status: number;
  readonly message: string;
}

const AGAIN = 'Begin again from the sign-in page.';
const ASK = 'Tell an administrator: the log of the gateway says more.';

const table = {
  not_begun_here: {
    status: 400,
    message: `This sign-in was not begun in this browser, or the browser did not keep its cookie. ${AGAIN}`,
  },
  expired: { status: 400, message: `This sign-in took longer than 10 minutes. ${AGAIN}` },
  state_mismatch: {
    status: 400,
    message: `What came back belongs to another sign-in, of another window or browser. ${AGAIN}`,
  },
  callback_invalid: {
    status: 400,
    message: `What came back from the provider is no answer to a sign-in. ${AGAIN}`,
  },
  busy: { status: 503, message: 'Too many people sign in at this moment. Try again in a few seconds.' },
  denied: {
    status: 403,
    message:
      'The provider did not sign you in: you declined, or you may not use this application there. Ask whoever looks after the provider.',
  },
  provider_error: {
    status: 502,
    message: `The provider answered with an error of its own. Try again; if it stays, tell an administrator: the log of the gateway names it.`,
  },
  code_refused: {
    status: 400,
    message: `The provider does not take this answer any more: it was used already, or came too late. ${AGAIN}`,
  },
  client_refused: {
    status: 502,
    message:
      "The provider does not know the dashboard by its id and secret. Tell an administrator: GATEWAY_OIDC_CLIENT_ID and GATEWAY_OIDC_CLIENT_SECRET must be those of the provider's client.",
  },
  provider_unreachable: {
    status: 503,
    message:
      'The provider did not answer in time. Try again in a minute; an administrator can sign in with a key meanwhile.',
  },
  provider_answer_too_long: {
    status: 502,
    message: `The provider sent more than a sign-in may have. ${ASK}`,
  },
  provider_answer_invalid: {
    status: 502,
    message: `The provider's answer is not one of OpenID Connect. ${ASK}`,
  },
  issuer_mismatch: {
    status: 502,
    message:
      'The answer is of another provider than the one that is set. Tell an administrator: GATEWAY_OIDC_ISSUER_URL must be exactly what the provider calls itself, down to a slash at its end.',
  },
  audience_mismatch: {
    status: 403,
    message: `The provider's answer was meant for another application. ${AGAIN}`,
  },
  nonce_mismatch: {
    status: 400,
    message: `The provider's answer belongs to another sign-in. ${AGAIN}`,
  },
  signature_invalid: {
    status: 502,
    message: `The provider's answer is not signed with one of its keys. ${ASK}`,
  },
  clock_off: {
    status: 502,
    message:
      "The provider's answer is not valid at this time: the clock of the gateway or that of the provider is off. Tell an administrator.",
  },
  subject_invalid: {
    status: 502,
    message: `The provider's answer does not say who you are. ${ASK}`,
  },
  groups_missing: {
    status: 403,
    message:
      'The provider did not say which groups you are in. Tell an administrator: the claim of GATEWAY_OIDC_GROUPS_CLAIM must be in the ID token or in userinfo, and GATEWAY_OIDC_SCOPES must ask for it.',
  },
  groups_left_out: {
    status: 403,
    message:
      'The provider left your groups out because you are in too many. Tell an administrator: the provider should send only the groups that are assigned to the dashboard.',
  },
  groups_too_many: {
    status: 403,
    message:
      'You are in more groups than are looked at. Tell an administrator: the provider should send only the groups that are assigned to the dashboard.',
  },
  groups_invalid: {
    status: 502,
    message: `The provider's list of your groups is no list of names. ${ASK}`,
  },
  not_in_a_group: {
    status: 403,
    message:
      'You are in none of the groups that may open the dashboard. Ask an administrator to put you into one, and sign in again.',
  },
  name_missing: {
    status: 403,
    message:
      'The provider did not say your name. Tell an administrator: the claim of GATEWAY_OIDC_NAME_CLAIM must be in the ID token or in userinfo.',
  },
  name_invalid: {
    status: 403,
    message:
      'The name that the provider gives you cannot be shown as it is: it must have 1 to 128 visible characters. Have it changed there.',
  },
  email_unverified: {
    status: 403,
    message:
      'The provider does not say that your e-mail address is verified. Verify it there, and sign in again.',
  },
} as const satisfies Record<string, RefusalSpec>;

export type RefusalCode = keyof typeof table;
export const REFUSALS: Readonly<Record<RefusalCode, RefusalSpec>> = table;

/**
 * Holds nothing that came from the provider but what `reason` says, which is for the log: no token, no secret, no address.
 * It has no `cause`, since the faults of the library hold the answers they are about.
 */
export class OpenIdRefusal extends Error {
  /** HTTP status of the page that says so. */
  readonly status: number;

  constructor(
    readonly code: RefusalCode,
    /** For the log: a code of the system or of the protocol, or the name of a claim. */
    readonly reason?: string,
    /** Who was refused, where the provider's answer could be trusted so far. */
    readonly subject?: string,
  ) {
    super(REFUSALS[code].message);
    this.name = 'OpenIdRefusal';
    this.status = REFUSALS[code].status;
  }
}
