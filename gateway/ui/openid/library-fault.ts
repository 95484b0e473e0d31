/** What the library found wrong, in our words. Its faults hold the answers they are about: none of that is passed on. */
import { OpenIdRefusal, type RefusalCode } from './refusal';

/** https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1, https://openid.net/specs/openid-connect-core-1_0.html#AuthError */
const OF_THE_CALLBACK: Readonly<Record<string, RefusalCode>> = {
  access_denied: 'denied',
  consent_required: 'denied',
  interaction_required: 'denied',
  login_required: 'denied',
};

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const OF_THE_TOKEN_ENDPOINT: Readonly<Record<string, RefusalCode>> = {
  invalid_client: 'client_refused',
  invalid_grant: 'code_refused',
  unauthorized_client: 'client_refused',
};

const OF_CLAIMS: Readonly<Record<string, RefusalCode>> = {
  aud: 'audience_mismatch',
  azp: 'audience_mismatch',
  iss: 'issuer_mismatch',
  nonce: 'nonce_mismatch',
};

/** Members of the provider's description of itself, and of userinfo. */
const OF_ATTRIBUTES: Readonly<Record<string, RefusalCode>> = {
  issuer: 'issuer_mismatch',
  sub: 'subject_invalid',
};

/** By the library's own codes. */
const BY_CODE: Readonly<Record<string, RefusalCode>> = {
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'clock_off',
  OAUTH_KEY_SELECTION_FAILED: 'signature_invalid',
  OAUTH_WWW_AUTHENTICATE_CHALLENGE: 'client_refused',
};

/** The library has no code for it. */
const BAD_SIGNATURE = 'JWT signature verification failed';
/** Faults that are each the cause of another. */
const DEEPEST = 5;

interface Fault {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly error?: unknown;
  readonly message?: unknown;
  readonly claim?: unknown;
  readonly attribute?: unknown;
  readonly cause?: unknown;
}

/** @returns what is one already, as it is */
export function refusalOf(fault: unknown): OpenIdRefusal {
  const faults = causesOf(fault);
  const known = faults.find((each) => each instanceof OpenIdRefusal);
  if (known !== undefined) return known;
  const { code, error } = faults[0] ?? {};
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') return ofProvider(error, OF_THE_CALLBACK);
  if (code === 'OAUTH_RESPONSE_BODY_ERROR') return ofProvider(error, OF_THE_TOKEN_ENDPOINT);
  const claim = nameIn(faults, 'claim');
  const attribute = nameIn(faults, 'attribute');
  const reason = claim ?? attribute ?? nameIn(faults, 'code') ?? nameIn(faults, 'name');
  return new OpenIdRefusal(meaningOf(faults, claim, attribute) ?? 'provider_answer_invalid', reason);
}

/** Userinfo is asked with a token of the provider's own, which says nothing of the client where it is refused. */
export function refusalByUserInfo(fault: unknown): OpenIdRefusal {
  const refusal = refusalOf(fault);
  return refusal.code === 'client_refused'
    ? new OpenIdRefusal('provider_answer_invalid', 'userinfo refuses the token')
    : refusal;
}

function meaningOf(
  faults: readonly Fault[],
  claim: string | undefined,
  attribute: string | undefined,
): RefusalCode | undefined {
  const code = String(faults[0]?.code);
  if (code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED') return OF_CLAIMS[claim ?? ''];
  if (code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') return OF_ATTRIBUTES[attribute ?? ''];
  if (faults.some(({ message }) => message === BAD_SIGNATURE)) return 'signature_invalid';
  return BY_CODE[code];
}

/** What the library says that the fault is about. */
function nameIn(
  faults: readonly Fault[],
  member: 'claim' | 'attribute' | 'code' | 'name',
): string | undefined {
  const name = faults.map((each) => each[member]).find((each) => typeof each === 'string');
  return typeof name === 'string' ? name.slice(0, 64) : undefined;
}

function causesOf(fault: unknown): Fault[] {
  const faults: Fault[] = [];
  for (
    let each = fault;
    each !== null && typeof each === 'object' && faults.length < DEEPEST;
    each = (each as Fault).cause
  )
    faults.push(each);
  return faults;
}

function ofProvider(error: unknown, codes: Readonly<Record<string, RefusalCode>>): OpenIdRefusal {
  // Whoever writes an address can write one: only what can be a code is taken over.
  // bounded: no longer than a code
  const isCode = typeof error === 'string' && error.length <= 64 && /^[a-z_]+$/.test(error);
  if (!isCode) return new OpenIdRefusal('provider_error');
  return new OpenIdRefusal(
    Object.hasOwn(codes, error) ? (codes[error] ?? 'provider_error') : 'provider_error',
    error,
  );
}
