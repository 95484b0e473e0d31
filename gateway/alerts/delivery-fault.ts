/** Why an alert did not arrive, in words that hold no address, no password and nothing of what the other side said. */
import { DELIVERY_LIMIT_MS } from './alert-message';

const BY_CODE: Readonly<Record<string, string>> = {
  ADDRESS_NOT_PUBLIC:
    'has an address that is none of the internet; if it is meant, ALERT_PRIVATE_HOSTS names the host',
  EAUTH: 'did not accept the user and password',
  EENVELOPE: 'did not accept the sender or a receiver',
  EMESSAGE: 'did not accept the message',
  ENOTFOUND: 'has a name that nobody knows',
  EAI_AGAIN: 'has a name that cannot be looked up just now',
  ECONNREFUSED: 'does not listen',
  ECONNRESET: 'ended the connection',
  EPROTOCOL: 'answered with something else than it should',
  UND_ERR_SOCKET: 'ended the connection',
  EREQUIRETLS: 'does not offer TLS',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
};

/** Of a certificate that nobody vouches for. */
const UNTRUSTED = ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_'];

export const TOO_SLOW = `did not answer within ${DELIVERY_LIMIT_MS / 1_000} seconds`;

export function describeDeliveryFault(fault: unknown): string {
  const codes = codesOf(fault);
  const known = codes.find((code) => Object.hasOwn(BY_CODE, code));
  if (codes.some((code) => UNTRUSTED.some((start) => code.startsWith(start))))
    return 'has a certificate that nobody known vouches for; if it is meant, ALERT_CA names the authority';
  if (codes.some((code) => code === 'ETIMEDOUT' || code.includes('TIMEOUT') || code === 'ABORT_ERR'))
    return TOO_SLOW;
  if (known !== undefined) return BY_CODE[known] ?? '';
  // bounded: codes of Node.js, and cut by the expression
  const shown = codes.filter((code) => /^[A-Z][A-Z0-9_]{1,39}$/.test(code))[0];
  return `could not be reached (${shown ?? 'unknown reason'})`;
}

/** The deepest first: libraries put their own around that of the system. */
function codesOf(fault: unknown, depth = 0): readonly string[] {
  if (depth > 4 || typeof fault !== 'object' || fault === null) return [];
  const { code, originalCode, cause, errors } = fault as Partial<
    Record<'code' | 'originalCode' | 'cause' | 'errors', unknown>
  >;
  const inner = Array.isArray(errors) ? (errors as unknown[]).slice(0, 4) : [];
  return [
    ...codesOf(cause, depth + 1),
    ...inner.flatMap((each) => codesOf(each, depth + 1)),
    ...[originalCode, code].filter((each) => typeof each === 'string'),
  ];
}
